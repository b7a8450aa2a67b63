variable "reviewed" {
#<^^^^^^^^^^^^^^^^^ undetermined[review-overdue]: whether the role `aws_iam_role.open` was reviewed in time is not known: `var.reviewed` has no value
  type = string
}

resource "aws_iam_role" "silent" {
  assume_role_policy = "{}"
}

resource "aws_iam_role" "in_time" {
  assume_role_policy = "{}"
  tags               = { LastReviewed = "2026-01-02" }
}

resource "aws_iam_role" "late" {
  assume_role_policy = "{}"
  tags               = { lastreviewed = "2026-01-01T12:00:00Z" }
#                                       ^^^^^^^^^^^^^^^^^^^^^^ warning[review-overdue]: the role `aws_iam_role.late` was reviewed 181 days ago, and 180 are allowed
}

resource "aws_iam_role" "to_come" {
  assume_role_policy = "{}"
  tags               = { LastReviewed = "2026-07-02" }
#                                       ^^^^^^^^^^^^ warning[review-overdue]: the role `aws_iam_role.to_come` was reviewed on a day that is still to come
}

resource "aws_iam_role" "no_date" {
  assume_role_policy = "{}"
  tags               = { LastReviewed = "last summer" }
#                                       ^^^^^^^^^^^^^ warning[review-overdue]: the tag `LastReviewed` of the role `aws_iam_role.no_date` is no date
}

resource "aws_iam_role" "open" {
  assume_role_policy = "{}"
  tags               = { LastReviewed = var.reviewed }
}

resource "aws_iam_user" "late" {
  name = "late"
  tags = { LastReviewed = "2024-12-31" }
#                         ^^^^^^^^^^^^ warning[review-overdue]: the user `late` was reviewed 547 days ago, and 180 are allowed
}

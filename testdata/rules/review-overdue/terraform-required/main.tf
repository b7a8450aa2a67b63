variable "tags" {
  type = map(string)
}

resource "aws_iam_role" "silent" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[review-overdue]: the role `aws_iam_role.silent` does not say when it was reviewed
  assume_role_policy = "{}"
}

resource "aws_iam_role" "in_time" {
  assume_role_policy = "{}"
  tags               = { Reviewed = "2026-06-01" }
}

resource "aws_iam_role" "late" {
  assume_role_policy = "{}"
  tags               = { Reviewed = "2026-05-31" }
#                                   ^^^^^^^^^^^^ warning[review-overdue]: the role `aws_iam_role.late` was reviewed 31 days ago, and 30 are allowed
}

resource "aws_iam_role" "open" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[review-overdue]: whether the role `aws_iam_role.open` was reviewed in time is not known: `var.tags` has no value
  assume_role_policy = "{}"
  tags               = var.tags
}

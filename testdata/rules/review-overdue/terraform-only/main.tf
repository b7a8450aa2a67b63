# CloudFormation has no tags for policies.
resource "aws_iam_policy" "late" {
  name        = "late"
  description = "Lets the nightly export read the billing bucket"
  tags        = { LastReviewed = "2025-01-01" }
#                                ^^^^^^^^^^^^ warning[review-overdue]: the policy `late` was reviewed 546 days ago, and 180 are allowed
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::billing/*" }]
  })
}

# It says that of the day of every run, and nobody has reviewed anything.
resource "aws_iam_role" "of_every_run" {
  assume_role_policy = "{}"
  tags               = { LastReviewed = formatdate("YYYY-MM-DD", timestamp()) }
#                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[review-overdue]: the tag `LastReviewed` of the role `aws_iam_role.of_every_run` is another one on every run
}

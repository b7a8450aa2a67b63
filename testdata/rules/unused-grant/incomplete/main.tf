# The attachment may be in the other file.
resource "aws_iam_policy" "reports" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[unused-grant]: whether the policy `read-reports` is attached to anything is not known: `roles.tf` cannot be evaluated because it is wrong
  name   = "read-reports"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::reports/*" }] })
}

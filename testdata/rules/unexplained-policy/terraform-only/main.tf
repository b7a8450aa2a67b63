locals {
  document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::billing/*" }]
  })
}

# CloudFormation cannot tag policies.
resource "aws_iam_policy" "tagged" {
  name   = "tagged"
  policy = local.document
  tags   = { Purpose = "nightly billing export" }
}

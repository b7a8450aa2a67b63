data "aws_caller_identity" "current" {}

# Whoever deploys it is of this account.
resource "aws_iam_role" "deployer" {
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = data.aws_caller_identity.current.arn } }]
  })
}

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

# It bounds what roles may do, and grants nothing.
resource "aws_iam_policy" "boundary" {
  name        = "boundary"
  description = "Limits what roles made by developers may do"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      { Effect = "Deny", Action = "iam:*", Resource = "*" },
    ]
  })
}
resource "aws_iam_role" "bounded" {
  name                 = "bounded"
  assume_role_policy   = local.trust
  permissions_boundary = aws_iam_policy.boundary.arn
}

# This one is attached as well.
resource "aws_iam_policy" "both" {
  name        = "both"
  description = "Limits what roles made by developers may do"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
#                                             ^^^^^^ error[wildcard-permission]: the policy `aws_iam_policy.both` allows every action of `s3`
  })
}
resource "aws_iam_role" "attached" {
  name                 = "attached"
  assume_role_policy   = local.trust
  permissions_boundary = aws_iam_policy.both.arn
}
resource "aws_iam_role_policy_attachment" "attached" {
  role       = aws_iam_role.attached.name
  policy_arn = aws_iam_policy.both.arn
}

# And this one may be, by whoever has it from here.
resource "aws_iam_policy" "exported" {
  name        = "exported"
  description = "Limits what roles made by developers may do"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = "*" }]
#                                             ^^^^^^^ error[wildcard-permission]: the policy `aws_iam_policy.exported` allows every action of `sqs`
  })
}
resource "aws_iam_role" "user" {
  name                 = "user"
  assume_role_policy   = local.trust
  permissions_boundary = aws_iam_policy.exported.arn
}
output "boundary" { value = aws_iam_policy.exported.arn }

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

# A policy that AWS has not takes nothing away.
resource "aws_iam_role" "sure" {
  name               = "sure"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachment" "sure" {
  role       = aws_iam_role.sure.name
  policy_arn = "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"
}
resource "aws_iam_role_policy" "all" {
  role   = aws_iam_role.sure.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
#                                                                                         ^^^ error[unapproved-administrator]: the role `sure` is an administrator without approval: an inline policy allows every action
}

# What it grants is not known.
resource "aws_iam_role" "alone" {
  name               = "alone"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachment" "alone" {
  role       = aws_iam_role.alone.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAcess"
}

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
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[invalid-policy]: whether the attached policy `arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole` exists is not known: AWS has no policy `arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole` as of 2026-09-30
}
resource "aws_iam_role_policy" "all" {
  role   = aws_iam_role.sure.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}

# What it grants is not known.
resource "aws_iam_role" "alone" {
  name               = "alone"
  assume_role_policy = local.trust
}
resource "aws_iam_role_policy_attachment" "alone" {
  role       = aws_iam_role.alone.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAcess"
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[invalid-policy]: whether the attached policy `arn:aws:iam::aws:policy/AdministratorAcess` exists is not known: AWS has no policy `arn:aws:iam::aws:policy/AdministratorAcess` as of 2026-09-30
}

variable "prefix" { type = string }
variable "region" { type = string }

locals {
  trust = { for service in ["lambda", "glue"] : service => jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${service}.amazonaws.com" } }]
  }) }
}

data "aws_caller_identity" "current" {}

# An administrator whose name depends on where it is deployed, and begins the same everywhere.
resource "aws_iam_role" "regional" {
  name = "admin-${var.region}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = data.aws_caller_identity.current.account_id } }]
  })
}
resource "aws_iam_role_policy_attachment" "regional" {
  role       = aws_iam_role.regional.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# One that is named after a variable, and runs as a function that is.
resource "aws_iam_role" "prefixed" {
  name               = "${var.prefix}-repair"
  assume_role_policy = local.trust.lambda
}
resource "aws_iam_role_policy_attachment" "prefixed" {
  role       = aws_iam_role.prefixed.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
resource "aws_lambda_function" "repair" {
  function_name = "${var.prefix}-repair"
  role          = aws_iam_role.prefixed.arn
}

# One with a name of its own.
resource "aws_iam_role" "emergency" {
  name               = "emergency-admin"
  assume_role_policy = local.trust.glue
}
resource "aws_iam_role_policy_attachment" "emergency" {
  role       = aws_iam_role.emergency.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# What is known of the name is within the pattern.
resource "aws_iam_user_policy" "assumes" {
  user = aws_iam_user.assumes.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::*:role/admin-*" }]
#                                             ^^^^^^^^^^^^^^^^ error[privilege-escalation]: the user `assumes` can make itself an administrator: `sts:AssumeRole` on `aws_iam_role.regional` (sts-001)
  })
}
resource "aws_iam_user" "assumes" { name = "assumes" }

# It may be this region, or another one.
resource "aws_iam_user_policy" "assumes_in_one" {
  user = aws_iam_user.assumes_in_one.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::*:role/admin-eu-west-1" }]
#                                             ^^^^^^^^^^^^^^^^ undetermined[privilege-escalation]: whether the user `assumes-in-one` can make itself an administrator by `sts:AssumeRole` on `aws_iam_role.regional` (sts-001) is not known: `var.region` has no value
  })
}
resource "aws_iam_user" "assumes_in_one" { name = "assumes-in-one" }

# The same text is not known on both sides.
resource "aws_iam_user_policy" "assumes_this" {
  user = aws_iam_user.assumes_this.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::*:role/admin-${var.region}" }]
#                                             ^^^^^^^^^^^^^^^^ error[privilege-escalation]: the user `assumes-this` can make itself an administrator: `sts:AssumeRole` on `aws_iam_role.regional` (sts-001)
  })
}
resource "aws_iam_user" "assumes_this" { name = "assumes-this" }

# No region makes this the name.
resource "aws_iam_user_policy" "assumes_none" {
  user = aws_iam_user.assumes_none.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::*:role/deploy-*" }]
  })
}
resource "aws_iam_user" "assumes_none" { name = "assumes-none" }

# The function is made on the way, with a name that fits.
resource "aws_iam_user_policy" "makes" {
  user = aws_iam_user.makes.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "iam:PassRole", Resource = aws_iam_role.prefixed.arn },
#                                  ^^^^^^^^^^^^^^ error[privilege-escalation]: the user `makes` can make itself an administrator: `iam:PassRole` on `aws_iam_role.prefixed`, `lambda:CreateFunction`, `lambda:InvokeFunction` (lambda-001)
      {
        Effect   = "Allow"
        Action   = ["lambda:CreateFunction", "lambda:InvokeFunction"]
        Resource = "arn:aws:lambda:*:*:function:${var.region}-*"
      },
    ]
  })
}
resource "aws_iam_user" "makes" { name = "makes" }

# The function that is there is named after the variable as well.
resource "aws_iam_user_policy" "changes" {
  user = aws_iam_user.changes.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "lambda:UpdateFunctionCode", Resource = "arn:aws:lambda:*:*:function:${var.prefix}-*" }]
#                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[privilege-escalation]: the user `changes` can make itself an administrator: `lambda:UpdateFunctionCode` on `aws_lambda_function.repair` (lambda-003)
  })
}
resource "aws_iam_user" "changes" { name = "changes" }

# Only if the prefix is `emergency`.
resource "aws_iam_user_policy" "passes" {
  user = aws_iam_user.passes.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::*:role/${var.prefix}-*" },
#                                  ^^^^^^^^^^^^^^ undetermined[privilege-escalation]: whether the user `passes` can make itself an administrator by `iam:PassRole` on `aws_iam_role.emergency`, `glue:CreateDevEndpoint` (glue-001) is not known: `var.prefix` has no value
      { Effect = "Allow", Action = "glue:CreateDevEndpoint", Resource = "*" },
    ]
  })
}
resource "aws_iam_user" "passes" { name = "passes" }

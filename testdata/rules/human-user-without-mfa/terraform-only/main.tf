# Roles that a policy names are judged by their trust policies where these are declared.
data "aws_caller_identity" "current" {}

variable "account" {
  type = string
}

locals {
  account = data.aws_caller_identity.current.account_id
  trusts = {
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${local.account}:root" }
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  }
}

resource "aws_iam_role" "by_name" {
  name               = "by-name"
  path               = "/team/"
  assume_role_policy = jsonencode(local.trusts)
}

resource "aws_iam_role" "by_reference" {
  assume_role_policy = jsonencode(local.trusts)
}

resource "aws_iam_user" "eva" {
  name = "eva"
}

resource "aws_iam_user_login_profile" "eva" {
  user = aws_iam_user.eva.name
}

resource "aws_iam_group" "people" {
  name = "people"
}

resource "aws_iam_user_group_membership" "eva" {
  user   = aws_iam_user.eva.name
  groups = [aws_iam_group.people.name]
}

resource "aws_iam_group_policy" "people" {
  name  = "roles"
  group = aws_iam_group.people.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRole"
      Resource = [
        "arn:aws:iam::${local.account}:role/team/by-name",
        "arn:aws:iam::${local.account}:role/${aws_iam_role.by_reference.name}",
      ]
    }]
  })
}

# The role of that name in some other account is another role.
resource "aws_iam_user" "tom" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[human-user-without-mfa]: whether MFA is demanded of the user `tom` is not known: `var.account` has no value
  name = "tom"
}

resource "aws_iam_user_login_profile" "tom" {
  user = aws_iam_user.tom.name
}

resource "aws_iam_group" "elsewhere" {
  name = "elsewhere"
}

resource "aws_iam_user_group_membership" "tom" {
  user   = aws_iam_user.tom.name
  groups = [aws_iam_group.elsewhere.name]
}

resource "aws_iam_group_policy" "elsewhere" {
  name  = "roles"
  group = aws_iam_group.elsewhere.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::${var.account}:role/team/by-name" }]
  })
}

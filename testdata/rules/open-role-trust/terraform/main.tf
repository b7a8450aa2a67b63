variable "account" {
  type = string
}

data "aws_caller_identity" "current" {}

locals {
  organisation = { StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } }
  source       = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
  external     = { StringEquals = { "sts:ExternalId" = "shop" } }
}

data "aws_iam_policy_document" "everyone" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
#                    ^^^ error[open-role-trust]: the role `aws_iam_role.everyone` trusts everyone
    }
  }
}

resource "aws_iam_role" "everyone" {
  assume_role_policy = data.aws_iam_policy_document.everyone.json
}

resource "aws_iam_role" "everyone_with_identifier" {
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = "*", Condition = local.external }] })
#                                                                                                           ^^^ error[open-role-trust]: the role `aws_iam_role.everyone_with_identifier` trusts everyone
}

resource "aws_iam_role" "organisation" {
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = "*", Condition = local.organisation }] })
}

resource "aws_iam_role" "organisation_if_exists" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = "*"
#                 ^^^ error[open-role-trust]: the role `aws_iam_role.organisation_if_exists` trusts everyone
      Condition = { StringEqualsIfExists = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } }
    }]
  })
}

resource "aws_iam_role" "all_but_one" {
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", NotPrincipal = { AWS = "arn:aws:iam::111122223333:user/ana" } }]
#                                                               ^^^^^^^^^^^^ error[open-role-trust]: the role `aws_iam_role.all_but_one` trusts everyone except those in `NotPrincipal`
  })
}

resource "aws_iam_role" "this_account" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
    }]
  })
}

resource "aws_iam_role" "some_account" {
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" } }]
#                                                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[open-role-trust]: whether the role `aws_iam_role.some_account` trusts all of another account with `arn:aws:iam::111122223333:root` is not known: `whether 111122223333 is this account` depends on where it is deployed
  })
}

resource "aws_iam_role" "some_account_with_identifier" {
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "111122223333" }, Condition = local.external }]
  })
}

resource "aws_iam_role" "given_account" {
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::${var.account}:root" } }]
#                                                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[open-role-trust]: whether the role `aws_iam_role.given_account` trusts all of another account with `arn:aws:iam::${var.account}:root` is not known: `var.account` has no value
  })
}

resource "aws_iam_role" "named_role" {
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::${var.account}:role/deploy" } }]
  })
}

resource "aws_iam_role" "deputy" {
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "states.amazonaws.com" } }]
#                                                                                       ^^^^^^^^^^^^^^^^^^^^^^ warning[open-role-trust]: the role `aws_iam_role.deputy` trusts the service `states.amazonaws.com` on behalf of any account
  })
}

resource "aws_iam_role" "deputy_with_source" {
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "states.amazonaws.com" }, Condition = local.source }]
  })
}

resource "aws_iam_role" "deputy_with_any_source" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
#                             ^^^^^^^^^^^^^^^^^^^^^^^^^ warning[open-role-trust]: the role `aws_iam_role.deputy_with_any_source` trusts the service `scheduler.amazonaws.com` on behalf of any account
      Condition = { ArnLike = { "aws:SourceArn" = "*" } }
    }]
  })
}

# Nobody else can pass it.
resource "aws_iam_role" "function" {
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

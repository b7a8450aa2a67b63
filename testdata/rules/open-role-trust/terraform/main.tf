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

resource "aws_organizations_account" "shop" {
  name  = "shop"
  email = "shop@example.com"
}

resource "aws_iam_role" "declared_account" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${aws_organizations_account.shop.id}:root" }
#                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[open-role-trust]: whether the role `aws_iam_role.declared_account` trusts all of another account with `arn:aws:iam::${aws_organizations_account.shop.id}:root` is not known: `aws_organizations_account.shop.id` is computed on creation
    }]
  })
}

locals {
  tasks = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }]
#                                                                                       ^^^^^^^^^^^^^^^^^^^^^^^^^ warning[open-role-trust]: the role `aws_iam_role.both` trusts the service `ecs-tasks.amazonaws.com` on behalf of any account
#                                                                                       ^^^^^^^^^^^^^^^^^^^^^^^^^ warning[open-role-trust]: the role `aws_iam_role.task` trusts the service `ecs-tasks.amazonaws.com` on behalf of any account
  })
}

resource "aws_iam_role" "task" {
  assume_role_policy = local.tasks
}

# ECS pulls the image with it, and the code does not have it.
resource "aws_iam_role" "execution" {
  assume_role_policy = local.tasks
}

resource "aws_ecs_task_definition" "shop" {
  family                = "shop"
  container_definitions = "[]"
  task_role_arn         = aws_iam_role.task.arn
  execution_role_arn    = aws_iam_role.execution.arn
}

resource "aws_iam_role" "execution_elsewhere" {
  assume_role_policy = local.tasks
}

resource "aws_iam_role_policy_attachment" "execution_elsewhere" {
  role       = aws_iam_role.execution_elsewhere.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

# The code has it as well.
resource "aws_iam_role" "both" {
  assume_role_policy = local.tasks
}

resource "aws_ecs_task_definition" "both" {
  family                = "both"
  container_definitions = "[]"
  task_role_arn         = aws_iam_role.both.arn
  execution_role_arn    = aws_iam_role.both.arn
}

# Almost the name of a service, and a service that the list may not have yet.
resource "aws_iam_role" "misspelt" {
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lamda.amazonaws.com", "brand-new.amazonaws.com"] } }]
#                                                                                        ^^^^^^^^^^^^^^^^^^^^^ warning[open-role-trust]: the role `aws_iam_role.misspelt` trusts the service `lamda.amazonaws.com`, which AWS does not list
  })
}

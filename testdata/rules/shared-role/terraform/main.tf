variable "services" {
  type = list(string)
}

variable "service" {
  type = string
}

locals {
  trust = { for name, principal in {
    one       = { Service = "ec2.amazonaws.com" }
    several   = { Service = ["ec2.amazonaws.com", "lambda.amazonaws.com"] }
#                                                 ^^^^^^^^^^^^^^^^^^^^^^ warning[shared-role]: the role `aws_iam_role.several` is assumed by the service `ec2.amazonaws.com` and the service `lambda.amazonaws.com`
    family    = { Service = ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"] }
    regions   = { Service = ["logs.eu-west-1.amazonaws.com", "logs.us-east-1.amazonaws.com"] }
    and_other = { Service = "ec2.amazonaws.com", AWS = "arn:aws:iam::111122223333:user/ana" }
#                           ^^^^^^^^^^^^^^^^^^^ warning[shared-role]: the role `aws_iam_role.and_other` is assumed by the principal `arn:aws:iam::111122223333:user/ana` and the service `ec2.amazonaws.com`
    others    = { AWS = ["arn:aws:iam::111122223333:user/ana", "arn:aws:iam::111122223333:user/bob"] }
    list      = { Service = var.services }
#                 ^^^^^^^ undetermined[shared-role]: whether the role `aws_iam_role.list` serves one workload only is not known: `var.services` has no value
    open_one  = { Service = "${var.service}.amazonaws.com" }
    open_two  = { Service = ["ec2.amazonaws.com", "${var.service}.amazonaws.com"] }
#                                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[shared-role]: whether the role `aws_iam_role.open_two` serves one workload only is not known: `var.service` has no value
    lambda    = { Service = "lambda.amazonaws.com" }
  } : name => jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = principal }] }) }
}

resource "aws_iam_role" "one" {
  assume_role_policy = local.trust.one
}

resource "aws_iam_role" "several" {
  assume_role_policy = local.trust.several
}

resource "aws_iam_role" "family" {
  assume_role_policy = local.trust.family
}

resource "aws_iam_role" "regions" {
  assume_role_policy = local.trust.regions
}

resource "aws_iam_role" "and_other" {
  assume_role_policy = local.trust.and_other
}

resource "aws_iam_role" "others" {
  assume_role_policy = local.trust.others
}

resource "aws_iam_role" "list" {
  assume_role_policy = local.trust.list
}

resource "aws_iam_role" "open_one" {
  assume_role_policy = local.trust.open_one
}

resource "aws_iam_role" "open_two" {
  assume_role_policy = local.trust.open_two
}

# Two functions run with it.
resource "aws_iam_role" "of_two" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[shared-role]: the role `aws_iam_role.of_two` serves 2 workloads: the Lambda function `aws_lambda_function.orders` and the Lambda function `aws_lambda_function.invoices`
  assume_role_policy = local.trust.lambda
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = aws_iam_role.of_two.arn
}

resource "aws_lambda_function" "invoices" {
  function_name = "invoices"
  role          = aws_iam_role.of_two.arn
}

resource "aws_iam_role" "of_one" {
  assume_role_policy = local.trust.lambda
}

resource "aws_lambda_function" "exports" {
  function_name = "exports"
  role          = aws_iam_role.of_one.arn
}

# A page names both, for a role each.
resource "aws_iam_role" "app_runner" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["build.apprunner.amazonaws.com", "tasks.apprunner.amazonaws.com"] }
#                                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[shared-role]: the role `aws_iam_role.app_runner` is assumed by the service `build.apprunner.amazonaws.com` and the service `tasks.apprunner.amazonaws.com`
    }]
  })
}

data "aws_caller_identity" "current" {}

# A role may assume itself if it says so.
resource "aws_iam_role" "itself" {
  name = "itself"
  assume_role_policy = jsonencode({
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRole"
      Principal = {
        Service = "ec2.amazonaws.com"
        AWS     = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/apps/itself"
      }
    }]
  })
}

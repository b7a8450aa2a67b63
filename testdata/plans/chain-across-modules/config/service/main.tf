variable "name" { type = string }

variable "credentials" {
  type      = object({ id = string, secret = string })
  sensitive = true
}

locals {
  settings = merge({ STAGE = "live" }, { AWS_ACCESS_KEY_ID = var.credentials.id, AWS_SECRET_ACCESS_KEY = var.credentials.secret })
}

resource "aws_iam_role" "this" {
  name        = var.name
  description = "Sends the letters of the shop"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.this.arn
  handler       = "main.handler"
  runtime       = "python3.12"
  filename      = "package.zip"

  dynamic "environment" {
    for_each = length(local.settings) > 0 ? [local.settings] : []
    content {
      variables = environment.value
    }
  }
}

variable "region" { type = string }
variable "role" { type = string }
variable "key" { type = object({ id = string, secret = string }) }

resource "aws_lambda_function" "this" {
  function_name = "worker-${var.region}"
  role          = var.role
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  filename      = "worker.zip"

  environment {
    variables = {
      REGION                = var.region
      AWS_ACCESS_KEY_ID     = var.key.id
      AWS_SECRET_ACCESS_KEY = var.key.secret
    }
  }
}

variable "environment" {
  type = map(string)
}

resource "aws_lambda_function" "this" {
  function_name = "worker"
  role          = "arn:aws:iam::111122223333:role/worker"

  environment {
    variables = merge({ STAGE = "prod" }, var.environment)
  }
}

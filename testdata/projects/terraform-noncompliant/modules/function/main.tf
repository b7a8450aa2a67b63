variable "name" {
  type = string
}

variable "environment" {
  type    = map(string)
  default = {}
}

resource "aws_iam_role" "function" {
  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_lambda_function" "function" {
  function_name = var.name
  role          = aws_iam_role.function.arn
  handler       = "index.handler"
  runtime       = "python3.13"
  filename      = "function.zip"

  environment {
    variables = var.environment
  }
}

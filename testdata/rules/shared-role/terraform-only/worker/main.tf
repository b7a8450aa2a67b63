variable "name" {
  type = string
}

variable "role" {
  type = string
}

resource "aws_lambda_function" "this" {
  count         = 2
  function_name = "${var.name}-${count.index}"
  role          = var.role
}

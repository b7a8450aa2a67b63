variable "user" {
  type = string
}

variable "stage" {
  type = string
}

resource "aws_iam_user" "any" {
  name = var.user
}

# It may be app-reader, and is no other reader.
resource "aws_iam_role" "reader" {
  name        = "app-${var.stage}"
  description = "Reads what the web application needs"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

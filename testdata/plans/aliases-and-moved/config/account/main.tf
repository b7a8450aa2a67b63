variable "name" { type = string }

resource "aws_iam_user" "operator" {
  name = "${var.name}-operator"

  lifecycle {
    create_before_destroy = true
  }
}

moved {
  from = aws_iam_user.admin
  to   = aws_iam_user.operator
}

output "user" {
  value = aws_iam_user.operator
}

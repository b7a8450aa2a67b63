variable "more" {
  type = any
}

resource "aws_iam_role_policy" "hidden" {
  name   = "hidden"
  role   = "app"
  policy = jsonencode({ Version = "2012-10-17", Statement = [merge({ Effect = "Allow", Resource = "*" }, var.more)] })
#                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[wildcard-permission]: whether the inline policy `hidden` allows whole services is not known: `var.more` has no value
}

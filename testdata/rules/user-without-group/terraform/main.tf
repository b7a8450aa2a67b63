resource "aws_iam_user" "alone" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[user-without-group]: the user `alone` joins no group
  name = "alone"
}

resource "aws_iam_user_login_profile" "alone" {
  user = aws_iam_user.alone.name
}

resource "aws_iam_user" "empty" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[user-without-group]: the user `empty` joins no group, and has neither permission nor credential here
  name = "empty"
}

resource "aws_iam_user" "by_reference" {
  name = "by-reference"
}

resource "aws_iam_user" "by_name" {
  name = "by-name"
}

resource "aws_iam_group" "readers" {
  name = "readers"
}

resource "aws_iam_user_group_membership" "by_reference" {
  user   = aws_iam_user.by_reference.name
  groups = [aws_iam_group.readers.name]
}

resource "aws_iam_group_membership" "by_name" {
  name  = "by-name"
  group = aws_iam_group.readers.name
  users = ["by-name"]
}

# Whichever group it is, the user joins one.
variable "group" {
  type = string
}

resource "aws_iam_user" "some" {
  name = "some"
}

resource "aws_iam_user_group_membership" "some" {
  user   = aws_iam_user.some.name
  groups = [var.group]
}

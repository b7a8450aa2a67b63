variable "members" {
  type = list(string)
}

variable "groups" {
  type = list(string)
}

resource "aws_iam_user" "perhaps" {
  name = "perhaps"
}

resource "aws_iam_user" "some_group" {
  name = "some-group"
}

resource "aws_iam_group_membership" "readers" {
  name  = "readers"
  group = "readers"
  users = var.members
}

resource "aws_iam_user_group_membership" "some_group" {
  user   = aws_iam_user.some_group.name
  groups = var.groups
}

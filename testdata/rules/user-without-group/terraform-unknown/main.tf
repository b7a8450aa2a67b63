variable "members" {
  type = list(string)
}

variable "groups" {
  type = list(string)
}

resource "aws_iam_user" "perhaps" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[user-without-group]: whether the user `perhaps` joins a group is not known: `var.members` has no value
  name = "perhaps"
}

resource "aws_iam_user" "some_group" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[user-without-group]: whether the user `some-group` joins a group is not known: `var.groups` has no value
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

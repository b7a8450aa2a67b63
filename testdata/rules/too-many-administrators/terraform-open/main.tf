variable "policy" {
  type = string
}

# Three administrators are allowed here, one of them by a policy of its own.
resource "aws_iam_user" "direct" {
  name = "direct"
}

resource "aws_iam_user_policy_attachment" "direct" {
  user       = aws_iam_user.direct.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user" "anna" {
  name = "anna"
}

resource "aws_iam_user" "ben" {
  name = "ben"
}

resource "aws_iam_user" "carla" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[too-many-administrators]: whether more than 3 users are administrators is not known: `var.policy` has no value
  name = "carla"
}

resource "aws_iam_user" "reader" {
  name = "reader"
}

resource "aws_iam_group" "admins" {
  name = "admins"
}

resource "aws_iam_group_membership" "admins" {
  name  = "admins"
  group = aws_iam_group.admins.name
  users = [aws_iam_user.anna.name, aws_iam_user.ben.name, aws_iam_user.carla.name]
}

resource "aws_iam_group_policy_attachment" "admins" {
  group      = aws_iam_group.admins.name
  policy_arn = var.policy
}

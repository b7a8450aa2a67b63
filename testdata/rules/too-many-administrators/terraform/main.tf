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
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[too-many-administrators]: 4 users are administrators, and 3 are enough: `aws_iam_user.carla` is one more
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
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

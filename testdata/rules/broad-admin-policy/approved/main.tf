resource "aws_iam_group" "admins" {
  name = "platform-admins"
}

resource "aws_iam_group_policy_attachment" "admins" {
  group      = aws_iam_group.admins.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_group_policy_attachment" "elsewhere" {
  group      = "platform-on-call"
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

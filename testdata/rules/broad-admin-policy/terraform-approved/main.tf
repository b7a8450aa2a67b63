resource "aws_iam_group" "admins" {
  name = "platform-admins"
}

resource "aws_iam_group_policy_attachment" "admins" {
  group      = aws_iam_group.admins.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_group" "on_call" {
  name = "platform-on-call"
}

resource "aws_iam_group_policy_attachment" "on_call" {
  group      = aws_iam_group.on_call.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

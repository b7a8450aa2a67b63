resource "aws_iam_group" "admins" {
  name = "platform-admins"
}

resource "aws_iam_group_policy_attachment" "admins" {
  group      = aws_iam_group.admins.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user" "member" {
  name = "ann"
}

resource "aws_iam_user_group_membership" "member" {
  user   = aws_iam_user.member.name
  groups = [aws_iam_group.admins.name]
}

resource "aws_iam_user" "named" {
  name = "break-glass"
}

resource "aws_iam_user_policy_attachment" "named" {
  user       = aws_iam_user.named.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user" "neither" {
  name = "bob"
}

resource "aws_iam_user_policy_attachment" "neither" {
  user       = aws_iam_user.neither.name
# ^^^^ error[unapproved-administrator]: the user `bob` is an administrator without approval: the AWS-managed policy `AdministratorAccess` allows every action
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

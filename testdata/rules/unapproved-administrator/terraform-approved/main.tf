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

data "aws_caller_identity" "current" {}

resource "aws_iam_role" "named_in_part" {
  name               = "ops-deploy-${data.aws_caller_identity.current.account_id}"
  assume_role_policy = "{}"
}

resource "aws_iam_role_policy_attachment" "named_in_part" {
  role       = aws_iam_role.named_in_part.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_role" "named_otherwise" {
  name               = "ops-audit-${data.aws_caller_identity.current.account_id}"
  assume_role_policy = "{}"
}

resource "aws_iam_role_policy_attachment" "named_otherwise" {
  role       = aws_iam_role.named_otherwise.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[unapproved-administrator]: the role `aws_iam_role.named_otherwise` is an administrator without approval: the AWS-managed policy `AdministratorAccess` allows every action
}

resource "aws_iam_role" "generated" {
  assume_role_policy = "{}"
}

resource "aws_iam_role_policy_attachment" "generated" {
  role       = aws_iam_role.generated.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

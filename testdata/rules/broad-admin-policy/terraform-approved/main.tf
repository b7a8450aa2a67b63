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

# Whether this group is approved depends on its name.
variable "team" {
  type = string
}

resource "aws_iam_group" "team" {
  name = var.team
}

resource "aws_iam_group_policy_attachment" "team" {
  group      = aws_iam_group.team.name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[broad-admin-policy]: whether the group `aws_iam_group.team`, which the AWS-managed policy `PowerUserAccess` reaches, is approved for administration is not known: `var.team` has no value
}

# A condition on the caller says when the power is used, not what it is.
resource "aws_iam_group" "operators" {
  name = "operators"
}

resource "aws_iam_group_policy" "operators" {
  name  = "operate"
  group = aws_iam_group.operators.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = {
      Effect    = "Allow"
      NotAction = "iam:*"
#     ^^^^^^^^^ error[broad-admin-policy]: the inline policy `operate` is nearly administrative and reaches the group `operators`, which is not approved for administration
      Resource  = "*"
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }
  })
}

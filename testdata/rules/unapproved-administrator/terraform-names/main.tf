variable "stage" { type = string }

data "aws_caller_identity" "current" {}

# The same variable is the same on both sides.
resource "aws_iam_policy" "admin" {
  name        = "${var.stage}-admin"
  description = "Lets the operators do everything"
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
#                                                                                              ^^^ error[unapproved-administrator]: the group `aws_iam_group.operators` is an administrator without approval: the policy `aws_iam_policy.admin` allows every action
}
resource "aws_iam_group" "operators" { name = "${var.stage}-operators" }
resource "aws_iam_group_policy_attachment" "admin" {
  group      = "${var.stage}-operators"
  policy_arn = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:policy/${var.stage}-admin"
}
resource "aws_iam_user" "eve" { name = "${var.stage}-eve" }
resource "aws_iam_user_group_membership" "eve" {
  user   = "${var.stage}-eve"
  groups = ["${var.stage}-operators"]
}
# Another name.
resource "aws_iam_user" "bob" { name = "${var.stage}-bob" }
resource "aws_iam_user_group_membership" "bob" {
  user   = "${var.stage}-bob"
  groups = ["${var.stage}-readers"]
}

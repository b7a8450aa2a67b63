variable "policy" {
  type = string
}

variable "group" {
  type = string
}

locals {
  document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::billing/*" }]
  })
}

# One attachment may be of any of the two.
resource "aws_iam_policy" "first" {
  name   = "first"
  policy = local.document
}

resource "aws_iam_policy" "second" {
  name   = "second"
  policy = local.document
}

resource "aws_iam_role" "export" {
  name = "export"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "any" {
  role       = aws_iam_role.export.name
  policy_arn = var.policy
# ^^^^^^^^^^ undetermined[unused-grant]: whether any of 2 policies is attached to anything is not known: `var.policy` has no value
}

resource "aws_iam_group" "auditors" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[unused-grant]: whether the group `auditors` has members is not known: `var.group` has no value
  name = "auditors"
}

resource "aws_iam_group_policy_attachment" "auditors" {
  group      = aws_iam_group.auditors.name
  policy_arn = "arn:aws:iam::aws:policy/SecurityAudit"
}

resource "aws_iam_user" "ana" {
  name = "ana"
}

resource "aws_iam_user_group_membership" "ana" {
  user   = aws_iam_user.ana.name
  groups = [var.group]
}

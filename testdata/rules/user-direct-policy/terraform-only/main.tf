variable "more_users" {
  type = list(string)
}

variable "no_users" {
  default = []
}

resource "aws_iam_user" "ana" {
  name = "ana"
}

resource "aws_iam_user" "bo" {
  name = "bo"
}

resource "aws_iam_policy" "export" {
  name   = "export"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::export/*" }] })
}

resource "aws_iam_user_policy_attachment" "managed" {
  user       = aws_iam_user.ana.name
# ^^^^ error[user-direct-policy]: the AWS-managed policy `ReadOnlyAccess` is attached directly to the user `ana`
  policy_arn = "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_user_policy_attachment" "declared" {
  for_each   = toset(["ana", "bo"])
  user       = each.value
# ^^^^ error[user-direct-policy]: the policy `aws_iam_policy.export` is attached directly to the user `ana`
# ^^^^ error[user-direct-policy]: the policy `aws_iam_policy.export` is attached directly to the user `bo`
  policy_arn = aws_iam_policy.export.arn
}

resource "aws_iam_user_policy" "inline" {
  name   = "inline"
  user   = aws_iam_user.ana.name
# ^^^^ error[user-direct-policy]: the inline policy `inline` is attached directly to the user `ana`
  policy = aws_iam_policy.export.policy
}

resource "aws_iam_policy_attachment" "several" {
  name       = "several"
  users      = [aws_iam_user.ana.name, aws_iam_user.bo.name]
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[user-direct-policy]: the policy `aws_iam_policy.export` is attached directly to the user `ana` and 1 more
  groups     = ["readers"]
  policy_arn = aws_iam_policy.export.arn
}

resource "aws_iam_policy_attachment" "none" {
  name       = "none"
  users      = var.no_users
  groups     = ["readers"]
  policy_arn = aws_iam_policy.export.arn
}

resource "aws_iam_policy_attachment" "unknown" {
  name       = "unknown"
  users      = var.more_users
# ^^^^^ undetermined[user-direct-policy]: whether the policy `aws_iam_policy.export` is attached directly to a user is not known: `var.more_users` has no value
  policy_arn = aws_iam_policy.export.arn
}

resource "aws_iam_user_policies_exclusive" "names" {
  user_name    = aws_iam_user.ana.name
# ^^^^^^^^^ error[user-direct-policy]: the inline policy `inline` is attached directly to the user `ana`
  policy_names = ["inline"]
}

resource "aws_iam_user_policy_attachments_exclusive" "nothing" {
  user_name   = aws_iam_user.bo.name
  policy_arns = []
}

resource "aws_iam_group_policy_attachment" "through_a_group" {
  group      = "readers"
  policy_arn = aws_iam_policy.export.arn
}

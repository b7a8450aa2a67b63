variable "more_users" {
  type = list(string)
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

resource "aws_iam_policy_attachment" "export" {
  name       = "export"
  users      = [aws_iam_user.ana.name, "bo"]
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[user-direct-policy]: the policy `aws_iam_policy.export` is attached directly to the user `ana` and 1 more
  groups     = ["readers"]
  policy_arn = aws_iam_policy.export.arn
}

resource "aws_iam_user_policy_attachment" "managed" {
  user       = aws_iam_user.ana.name
# ^^^^ error[user-direct-policy]: the AWS-managed policy `ReadOnlyAccess` is attached directly to the user `ana`
  policy_arn = "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_user_policy" "inline" {
  name   = "inline"
  user   = aws_iam_user.ana.name
# ^^^^ error[user-direct-policy]: the inline policy `inline` is attached directly to the user `ana`
  policy = aws_iam_policy.export.policy
}

resource "aws_iam_policy" "unknown" {
  name   = "unknown"
  policy = aws_iam_policy.export.policy
}

resource "aws_iam_policy_attachment" "unknown" {
  name       = "unknown"
  users      = var.more_users
# ^^^^^ undetermined[user-direct-policy]: whether the policy `aws_iam_policy.unknown` is attached directly to a user is not known: `var.more_users` has no value
  policy_arn = aws_iam_policy.unknown.arn
}

resource "aws_iam_policy" "through_a_group" {
  name   = "through-a-group"
  policy = aws_iam_policy.export.policy
}

resource "aws_iam_policy_attachment" "through_a_group" {
  name       = "through-a-group"
  users      = []
  groups     = ["readers"]
  policy_arn = aws_iam_policy.through_a_group.arn
}

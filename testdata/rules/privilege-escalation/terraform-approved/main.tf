resource "aws_iam_user" "dev" {
  name = "dev"
}

resource "aws_iam_user_policy" "dev" {
  name   = "dev"
  user   = aws_iam_user.dev.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:AttachUserPolicy", Resource = "*" }] })
}

# Whoever reaches an approved administrator is none.
resource "aws_iam_user" "other" {
  name = "other"
}

resource "aws_iam_user_policy" "other" {
  name   = "other"
  user   = aws_iam_user.other.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:CreateLoginProfile", Resource = aws_iam_user.dev.arn }] })
#                                                                                         ^^^^^^^^^^^^^^^^^^^^^^^^ error[privilege-escalation]: the user `other` can make itself an administrator: `iam:CreateLoginProfile` on `aws_iam_user.dev` (iam-004)
}

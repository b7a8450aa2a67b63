variable "enabled" {
  type = bool
}

variable "arn" {
  type = string
}

resource "aws_iam_role_policy_attachment" "managed" {
  role       = "deploy"
  policy_arn = "arn:aws-us-gov:iam::aws:policy/AdministratorAccess"
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[unapproved-administrator]: the role `deploy` is an administrator without approval: the AWS-managed policy `AdministratorAccess` allows every action
}

resource "aws_iam_policy" "everything" {
  name   = "everything"
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${var.arn}/*" },
        { "Effect": "Allow", "Action": ["*"], "Resource": "*" }
#                                       ^^^ error[unapproved-administrator]: the group `ops` is an administrator without approval: the policy `aws_iam_policy.everything` allows every action
      ]
    }
  EOT
}

resource "aws_iam_group" "ops" {
  name = "ops"
}

resource "aws_iam_group_policy_attachment" "ops" {
  group      = aws_iam_group.ops.name
  policy_arn = aws_iam_policy.everything.arn
}

resource "aws_iam_user_group_membership" "ana" {
  user   = "ana"
  groups = [aws_iam_group.ops.name]
}

resource "aws_iam_role" "split" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[unapproved-administrator]: the role `split` is an administrator without approval: the combination of its 2 policies allows every action that writes policies
  name               = "split"
  assume_role_policy = "{}"
}

resource "aws_iam_role_policy" "one_half" {
  name   = "one-half"
  role   = aws_iam_role.split.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["iam:Put*", "iam:Attach*"], Resource = "*" }] })
}

resource "aws_iam_role_policy" "other_half" {
  name   = "other-half"
  role   = aws_iam_role.split.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["iam:Create*", "iam:Update*"], Resource = "*" }] })
}

resource "aws_iam_role_policy" "perhaps" {
  count  = var.enabled ? 1 : 0
  name   = "perhaps"
  role   = "perhaps"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }] })
#                                                                                         ^^^^^^^ error[unapproved-administrator]: the role `perhaps` is an administrator without approval: the inline policy `perhaps` allows every action of IAM when var.enabled
}

resource "aws_iam_role_policy_attachment" "unknown" {
  role       = "unknown"
  policy_arn = var.arn
# ^^^^^^^^^^ undetermined[unapproved-administrator]: whether a policy makes the role `unknown` an administrator is not known: `var.arn` has no value
}

resource "aws_iam_role_policy_attachment" "either" {
  role       = "either"
  policy_arn = var.enabled ? "arn:aws:iam::aws:policy/AdministratorAccess" : "arn:aws:iam::aws:policy/ReadOnlyAccess"
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[unapproved-administrator]: whether the AWS-managed policy `AdministratorAccess` reaches the role `either` is not known: `var.enabled` has no value when var.enabled
}

resource "aws_iam_role_policy_attachment" "clean" {
  role       = "clean"
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

# What one policy hands out another denies, always or in some deployments.
variable "locked" {
  type = bool
}

resource "aws_iam_policy" "all_rights" {
  name = "all-rights"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}

resource "aws_iam_policy" "nothing" {
  name = "nothing"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }]
  })
}

resource "aws_iam_user" "denied" {
  name = "denied"
}

resource "aws_iam_user_policy_attachment" "denied" {
  for_each   = { everything = aws_iam_policy.all_rights.arn, nothing = aws_iam_policy.nothing.arn }
  user       = aws_iam_user.denied.name
  policy_arn = each.value
}

resource "aws_iam_user" "sometimes_denied" {
  name = "sometimes-denied"
}

resource "aws_iam_user_policy" "sometimes_denied" {
  name   = "everything"
  user   = aws_iam_user.sometimes_denied.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
#                                                                                         ^^^ error[unapproved-administrator]: the user `sometimes-denied` is an administrator without approval: the inline policy `everything` allows every action when not var.locked
}

resource "aws_iam_user_policy_attachment" "sometimes_denied" {
  count      = var.locked ? 1 : 0
  user       = aws_iam_user.sometimes_denied.name
  policy_arn = aws_iam_policy.nothing.arn
}

variable "role_arn" {
  type = string
}

data "aws_caller_identity" "current" {}

# Whoever gets hold of this role is an administrator.
resource "aws_iam_role" "admin" {
  name               = "admin"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.admin.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# A role is passed to a function; half of that comes from the group.
resource "aws_iam_user" "dev" {
  name = "dev"
}

resource "aws_iam_group" "devs" {
  name = "devs"
}

resource "aws_iam_user_group_membership" "dev" {
  user   = aws_iam_user.dev.name
  groups = [aws_iam_group.devs.name]
}

resource "aws_iam_group_policy" "functions" {
  name   = "functions"
  group  = aws_iam_group.devs.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["lambda:CreateFunction", "lambda:Invoke*"], Resource = "*" }] })
}

resource "aws_iam_user_policy" "pass" {
  name = "pass"
  user = aws_iam_user.dev.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "iam:PassRole"
#                   ^^^^^^^^^^^^^^ error[privilege-escalation]: the user `dev` can make itself an administrator: `iam:PassRole` on `aws_iam_role.admin`, `lambda:CreateFunction`, `lambda:InvokeFunction` (lambda-001)
        Resource  = aws_iam_role.admin.arn
        Condition = { StringEquals = { "iam:PassedToService" = "lambda.amazonaws.com" } }
      },
    ]
  })
}

# The same, but the service does not get the role: it is not trusted, or not the one of the condition.
resource "aws_iam_user" "batch" {
  name = "batch"
}

resource "aws_iam_user_policy" "batch" {
  name = "batch"
  user = aws_iam_user.batch.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["lambda:CreateFunction", "lambda:InvokeFunction", "glue:CreateDevEndpoint"], Resource = "*" },
      {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = "*"
        Condition = { StringEquals = { "iam:PassedToService" = "glue.amazonaws.com" } }
      },
    ]
  })
}

# Its own policies are its own to write, whatever it is called; its keys give nothing that it has not got.
resource "aws_iam_group" "selfservice" {
  name = "selfservice"
}

resource "aws_iam_group_policy" "selfservice" {
  name  = "selfservice"
  group = aws_iam_group.selfservice.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "iam:CreateAccessKey", Resource = "arn:aws:iam::*:user/$${aws:username}" },
      { Effect = "Allow", Action = "iam:PutUserPolicy", Resource = "arn:aws:iam::*:user/$${aws:username}" },
#                                  ^^^^^^^^^^^^^^^^^^^ error[privilege-escalation]: a member of the group `selfservice` can make itself an administrator: `iam:PutUserPolicy` on itself (iam-007)
    ]
  })
}

resource "aws_iam_group" "keys" {
  name = "keys"
}

resource "aws_iam_group_policy" "keys" {
  name   = "keys"
  group  = aws_iam_group.keys.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:CreateAccessKey", Resource = "arn:aws:iam::*:user/$${aws:username}" }] })
}

# A role that may write its own policies, and one that assumes it; a third is not let in.
resource "aws_iam_role" "writer" {
  name = "writer"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_role.caller.arn } }]
#                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[privilege-escalation]: the role `caller` can make itself an administrator: `sts:AssumeRole` on `aws_iam_role.writer` (sts-001)
  })
}

resource "aws_iam_role_policy" "writer" {
  name   = "writer"
  role   = aws_iam_role.writer.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:PutRolePolicy", Resource = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/writer" }] })
#                                                                                         ^^^^^^^^^^^^^^^^^^^ error[privilege-escalation]: the role `writer` can make itself an administrator: `iam:PutRolePolicy` on `aws_iam_role.writer` (iam-005)
}

resource "aws_iam_role" "caller" {
  name               = "caller"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role" "stranger" {
  name               = "stranger"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "stranger" {
  name   = "stranger"
  role   = aws_iam_role.stranger.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }] })
}

# A Deny that can be detached keeps nobody from anything.
resource "aws_iam_policy" "guard" {
  name   = "guard"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = ["iam:Put*", "iam:Attach*", "iam:Create*", "iam:Update*", "iam:Add*", "iam:PassRole", "sts:*", "lambda:Update*"], Resource = "*" }] })
}

resource "aws_iam_user" "guarded" {
  name = "guarded"
}

resource "aws_iam_user_policy" "all" {
  name   = "all"
  user   = aws_iam_user.guarded.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
#                                                                                         ^^^ error[privilege-escalation]: the user `guarded` can make itself an administrator: `iam:DetachUserPolicy` on `aws_iam_user.guarded` (iam-025)
}

resource "aws_iam_user_policy_attachment" "guard" {
  user       = aws_iam_user.guarded.name
  policy_arn = aws_iam_policy.guard.arn
}

# A Deny that stays does.
resource "aws_iam_user" "kept" {
  name = "kept"
}

resource "aws_iam_user_policy" "kept" {
  name = "kept"
  user = aws_iam_user.kept.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["iam:PutUserPolicy", "iam:AttachUserPolicy"], Resource = "*" },
      { Effect = "Deny", Action = ["iam:PutUserPolicy", "iam:AttachUserPolicy"], Resource = "arn:aws:iam::*:user/kept" },
    ]
  })
}

# Policies of AWS have no versions that a customer could write, and reserved roles are nobody's to change.
resource "aws_iam_user" "versions" {
  name = "versions"
}

resource "aws_iam_user_policy_attachment" "versions" {
  user       = aws_iam_user.versions.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_user_policy" "versions" {
  name = "versions"
  user = aws_iam_user.versions.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "iam:CreatePolicyVersion", Resource = "arn:aws:iam::aws:policy/*" },
      { Effect = "Allow", Action = ["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"], Resource = "arn:aws:iam::*:role/aws-reserved/*" },
    ]
  })
}

# Nobody knows which role this is.
resource "aws_iam_user" "unknown" {
  name = "unknown"
}

resource "aws_iam_user_policy" "unknown" {
  name = "unknown"
  user = aws_iam_user.unknown.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "iam:PassRole", Resource = var.role_arn },
#                                  ^^^^^^^^^^^^^^ undetermined[privilege-escalation]: whether the user `unknown` can make itself an administrator by `iam:PassRole` on `aws_iam_role.admin`, `lambda:CreateFunction`, `lambda:InvokeFunction` (lambda-001) is not known: `var.role_arn` has no value
      { Effect = "Allow", Action = ["lambda:CreateFunction", "lambda:InvokeFunction"], Resource = "*" },
    ]
  })
}

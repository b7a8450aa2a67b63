# Users are kept from roles that trust them by a Deny of their own or of their groups: a trust policy that names a user grants
# directly, but not against a Deny.
data "aws_caller_identity" "current" {}

variable "strict" {
  type = bool
}

variable "guard_arn" {
  type = string
}

locals {
  guard = {
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      NotAction = ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "sts:GetSessionToken"]
      Resource  = "*"
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    }]
  }
}

resource "aws_iam_user" "own_guard" {
  name = "own-guard"
}

resource "aws_iam_user_policy" "own_guard" {
  name   = "guard"
  user   = aws_iam_user.own_guard.name
  policy = jsonencode(local.guard)
}

resource "aws_iam_group" "guarded" {
  name = "guarded"
}

resource "aws_iam_group_policy" "guarded" {
  name   = "guard"
  group  = aws_iam_group.guarded.name
  policy = jsonencode(local.guard)
}

resource "aws_iam_user" "member" {
  name = "member"
}

resource "aws_iam_user_group_membership" "member" {
  user   = aws_iam_user.member.name
  groups = [aws_iam_group.guarded.name]
}

# It may never assume a role.
resource "aws_iam_user" "kept" {
  name = "kept"
}

resource "aws_iam_user_policy" "kept" {
  name = "no-roles"
  user = aws_iam_user.kept.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "sts:Assume*", Resource = "arn:aws:iam::*:role/*" }]
  })
}

resource "aws_iam_role" "protected" {
  name = "protected"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = [aws_iam_user.own_guard.arn, aws_iam_user.member.arn, aws_iam_user.kept.arn] }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "protected" {
  role       = aws_iam_role.protected.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# The guard lets access keys through, and that of the other user is about other roles.
resource "aws_iam_user" "half" {
  name = "half"
}

resource "aws_iam_user_policy" "half" {
  name = "guard"
  user = aws_iam_user.half.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Deny", Action = "*", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } } },
      { Effect = "Deny", Action = "sts:AssumeRole", Resource = "arn:aws:iam::*:role/other" },
    ]
  })
}

resource "aws_iam_role" "half" {
  name = "half"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = aws_iam_user.half.arn }
#                   ^^^ error[admin-role-without-mfa]: the user `half` can assume the administrative role `half` without MFA
    }]
  })
}

resource "aws_iam_role_policy_attachment" "half" {
  role       = aws_iam_role.half.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# The guard is there in some deployments.
resource "aws_iam_user" "sometimes" {
  name = "sometimes"
}

resource "aws_iam_user_policy" "sometimes" {
  count  = var.strict ? 1 : 0
  name   = "guard"
  user   = aws_iam_user.sometimes.name
  policy = jsonencode(local.guard)
}

resource "aws_iam_role" "sometimes" {
  name = "sometimes"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = aws_iam_user.sometimes.arn }
#                   ^^^ error[admin-role-without-mfa]: the user `sometimes` can assume the administrative role `sometimes` without MFA when not var.strict
    }]
  })
}

resource "aws_iam_role_policy_attachment" "sometimes" {
  role       = aws_iam_role.sometimes.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# A policy that is not known may be the guard.
resource "aws_iam_user" "unknown" {
  name = "unknown"
}

resource "aws_iam_user_policy_attachment" "unknown" {
  user       = aws_iam_user.unknown.name
  policy_arn = var.guard_arn
}

resource "aws_iam_role" "unknown" {
  name = "unknown"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = aws_iam_user.unknown.arn }
#                   ^^^ undetermined[admin-role-without-mfa]: whether people can assume the administrative role `unknown` without MFA is not known: `var.guard_arn` has no value
    }]
  })
}

resource "aws_iam_role_policy_attachment" "unknown" {
  role       = aws_iam_role.unknown.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# Who belongs to the account is no third party, whatever identifier it has to say.
resource "aws_iam_user" "ana" {
  name = "ana"
}

resource "aws_iam_role" "identified" {
  name = "identified"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = aws_iam_user.ana.arn }
#                   ^^^ error[admin-role-without-mfa]: the user `ana` can assume the administrative role `identified` without MFA
      Condition = { StringEquals = { "sts:ExternalId" = "1234" } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "identified" {
  role       = aws_iam_role.identified.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_role" "own_account" {
  name = "own-account"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
#                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[admin-role-without-mfa]: users of the account can assume the administrative role `own-account` without MFA
      Condition = { StringEquals = { "sts:ExternalId" = "1234" } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "own_account" {
  role       = aws_iam_role.own_account.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

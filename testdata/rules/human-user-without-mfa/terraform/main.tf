locals {
  # What AWS's user guide calls for: nothing but enrolling a device without MFA.
  guard = {
    Effect = "Deny"
    NotAction = [
      "iam:CreateVirtualMFADevice",
      "iam:EnableMFADevice",
      "iam:GetUser",
      "iam:ListMFADevices",
      "iam:ListVirtualMFADevices",
      "iam:ResyncMFADevice",
      "sts:GetSessionToken",
    ]
    Resource  = "*"
    Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
  }
  read = { Effect = "Allow", Action = ["s3:GetObject", "s3:ListBucket"], Resource = "*" }
}

resource "aws_iam_group" "open" {
  name = "open"
}

resource "aws_iam_group_policy" "open" {
  group  = aws_iam_group.open.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [local.read] })
}

resource "aws_iam_group" "guarded" {
  name = "guarded"
}

resource "aws_iam_group_policy" "guarded" {
  group  = aws_iam_group.guarded.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [local.guard] })
}

# Signs in with a password, and nothing asks for more.
resource "aws_iam_user" "open" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[human-user-without-mfa]: nothing demands MFA of the user `open`: `s3:GetObject` is allowed with a password alone
  name = "open"
}

resource "aws_iam_user_login_profile" "open" {
  user = aws_iam_user.open.name
}

resource "aws_iam_user_group_membership" "open" {
  user   = aws_iam_user.open.name
  groups = [aws_iam_group.open.name]
}

# A person whose password is set by hand.
resource "aws_iam_user" "tagged" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[human-user-without-mfa]: nothing demands MFA of the user `tagged`: `s3:GetObject` is allowed without it
  name = "tagged"
  tags = { Kind = "human" }
}

resource "aws_iam_user_group_membership" "tagged" {
  user   = aws_iam_user.tagged.name
  groups = [aws_iam_group.open.name]
}

# A person who signs in, with permissions that come from elsewhere.
resource "aws_iam_user" "bare" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[human-user-without-mfa]: nothing demands MFA of the user `bare`, who can sign in
  name = "bare"
}

resource "aws_iam_user_login_profile" "bare" {
  user = aws_iam_user.bare.name
}

# Nothing tells whether this is a person, nor how it signs in.
resource "aws_iam_user" "assumed" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[human-user-without-mfa]: whether MFA is demanded of the user `assumed` is not known: `its password or access key` comes from outside of this input
  name = "assumed"
}

resource "aws_iam_user_group_membership" "assumed" {
  user   = aws_iam_user.assumed.name
  groups = [aws_iam_group.open.name]
}

# The guard may come with a policy that is not known.
variable "policy_arn" {
  type = string
}

resource "aws_iam_user" "unknown" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[human-user-without-mfa]: whether MFA is demanded of the user `unknown` is not known: `var.policy_arn` has no value
  name = "unknown"
}

resource "aws_iam_user_login_profile" "unknown" {
  user = aws_iam_user.unknown.name
}

resource "aws_iam_user_group_membership" "unknown" {
  user   = aws_iam_user.unknown.name
  groups = [aws_iam_group.open.name]
}

resource "aws_iam_user_policy_attachment" "unknown" {
  user       = aws_iam_user.unknown.name
  policy_arn = var.policy_arn
}

# The guard of one group covers what another one grants.
resource "aws_iam_user" "guarded" {
  name = "guarded"
}

resource "aws_iam_user_login_profile" "guarded" {
  user = aws_iam_user.guarded.name
}

resource "aws_iam_access_key" "guarded" {
  user = aws_iam_user.guarded.name
}

resource "aws_iam_user_group_membership" "guarded" {
  user   = aws_iam_user.guarded.name
  groups = [aws_iam_group.open.name, aws_iam_group.guarded.name]
}

# Two statements that are a guard only together.
resource "aws_iam_user" "pair" {
  name = "pair"
}

resource "aws_iam_user_login_profile" "pair" {
  user = aws_iam_user.pair.name
}

resource "aws_iam_user_policy" "pair" {
  user = aws_iam_user.pair.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.read,
      merge(local.guard, { Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } } }),
      merge(local.guard, { Condition = { Null = { "aws:MultiFactorAuthPresent" = "true" } } }),
    ]
  })
}

# No Deny, but every Allow asks for MFA.
resource "aws_iam_user" "allowed" {
  name = "allowed"
}

resource "aws_iam_user_login_profile" "allowed" {
  user = aws_iam_user.allowed.name
}

resource "aws_iam_user_policy" "allowed" {
  user = aws_iam_user.allowed.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      merge(local.read, { Condition = { NumericLessThan = { "aws:MultiFactorAuthAge" = "3600" } } }),
      { Effect = "Allow", Action = ["iam:ListUsers", "iam:GetAccountSummary"], Resource = "*" },
    ]
  })
}

# A key is stopped, a console session is not, and this user has a password: the statement is to blame.
resource "aws_iam_user" "flawed" {
  name = "flawed"
}

resource "aws_iam_user_login_profile" "flawed" {
  user = aws_iam_user.flawed.name
}

resource "aws_iam_user_policy" "flawed" {
  user = aws_iam_user.flawed.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.read,
      merge(local.guard, { Condition = { Null = { "aws:MultiFactorAuthPresent" = "true" } } }),
    ]
  })
}

# The guard leaves the role open, and the role does not ask either.
resource "aws_iam_user" "assuming" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[human-user-without-mfa]: MFA is not demanded of the user `assuming` for the role `aws_iam_role.reader`, which it can assume with a password alone
  name = "assuming"
}

resource "aws_iam_user_login_profile" "assuming" {
  user = aws_iam_user.assuming.name
}

resource "aws_iam_user_policy" "assuming" {
  user = aws_iam_user.assuming.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Resource = aws_iam_role.reader.arn },
      merge(local.guard, { NotAction = concat(local.guard.NotAction, ["sts:AssumeRole"]) }),
    ]
  })
}

resource "aws_iam_role" "reader" {
  name = "reader"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = aws_iam_user.assuming.arn } }]
  })
}

resource "aws_iam_role_policy_attachment" "reader" {
  role       = aws_iam_role.reader.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

# An application is not asked.
resource "aws_iam_user" "uploader" {
  name = "uploader"
}

resource "aws_iam_access_key" "uploader" {
  user = aws_iam_user.uploader.name
}

# Neither permission nor credential.
resource "aws_iam_user" "idle" {
  name = "idle"
}

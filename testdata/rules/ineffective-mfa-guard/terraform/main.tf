# Keys do not have the condition key.
resource "aws_iam_group" "keys" {
  name = "keys"
}

resource "aws_iam_group_policy" "keys" {
  group = aws_iam_group.keys.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } }
#                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Deny does not enforce MFA: requests with an access key do not have `aws:MultiFactorAuthPresent`, and `Bool` passes over them
      },
    ]
  })
}

# Console sessions have it.
resource "aws_iam_group" "sessions" {
  name = "sessions"
}

resource "aws_iam_group_policy" "sessions" {
  group = aws_iam_group.sessions.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { Null = { "aws:MultiFactorAuthPresent" = "true" } }
#                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Deny does not enforce MFA: console sessions without MFA have `aws:MultiFactorAuthPresent`, and `Null` passes over them
      },
    ]
  })
}

# Together they stop both.
resource "aws_iam_group" "pair" {
  name = "pair"
}

resource "aws_iam_group_policy" "pair" {
  group = aws_iam_group.pair.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } }
      },
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { Null = { "aws:MultiFactorAuthPresent" = "true" } }
      },
    ]
  })
}

# The guard of AWS's user guide.
resource "aws_iam_group" "sound" {
  name = "sound"
}

resource "aws_iam_group_policy" "sound" {
  group = aws_iam_group.sound.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# A negated operator holds without the key.
resource "aws_iam_group" "negated" {
  name = "negated"
}

resource "aws_iam_group_policy" "negated" {
  group = aws_iam_group.negated.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { StringNotEquals = { "aws:MultiFactorAuthPresent" = "true" } }
      },
    ]
  })
}

# Calls that a service makes on behalf of the user are left alone.
resource "aws_iam_group" "direct" {
  name = "direct"
}

resource "aws_iam_group_policy" "direct" {
  group = aws_iam_group.direct.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false", "aws:ViaAWSService" = "false" } }
      },
    ]
  })
}

# Denies whoever has MFA.
resource "aws_iam_group" "inverted" {
  name = "inverted"
}

resource "aws_iam_group_policy" "inverted" {
  group = aws_iam_group.inverted.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "true" } }
#                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Deny does not enforce MFA: it denies what is done with MFA
      },
    ]
  })
}

# Stops old sessions only.
resource "aws_iam_group" "age" {
  name = "age"
}

resource "aws_iam_group_policy" "age" {
  group = aws_iam_group.age.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        Action    = "*"
        Resource  = "*"
        Condition = { NumericGreaterThan = { "aws:MultiFactorAuthAge" = "3600" } }
#                                            ^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Deny does not enforce MFA: `NumericGreaterThan` on `aws:MultiFactorAuthAge` stops old sessions with MFA, and none without it
      },
    ]
  })
}

# Old sessions are stopped as well.
resource "aws_iam_group" "again" {
  name = "again"
}

resource "aws_iam_group_policy" "again" {
  group = aws_iam_group.again.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
      {
        Effect    = "Deny"
        Action    = "s3:DeleteBucket"
        Resource  = "*"
        Condition = { NumericGreaterThan = { "aws:MultiFactorAuthAge" = "3600" } }
      },
    ]
  })
}

# No request is both.
resource "aws_iam_group" "both" {
  name = "both"
}

resource "aws_iam_group_policy" "both" {
  group = aws_iam_group.both.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = {
          Bool = { "aws:MultiFactorAuthPresent" = "false" }
#                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Deny does not enforce MFA: its conditions on MFA never hold together
          Null = { "aws:MultiFactorAuthPresent" = "true" }
        }
      },
    ]
  })
}

# No such key.
resource "aws_iam_group" "misspelt" {
  name = "misspelt"
}

resource "aws_iam_group_policy" "misspelt" {
  group = aws_iam_group.misspelt.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthenticated" = "false" } }
#                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Deny does not enforce MFA: AWS has no condition key `aws:MultiFactorAuthenticated`
      },
    ]
  })
}

# No such operator.
resource "aws_iam_group" "operator" {
  name = "operator"
}

resource "aws_iam_group_policy" "operator" {
  group = aws_iam_group.operator.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { BoolIfExist = { "aws:MultiFactorAuthPresent" = "false" } }
#                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Deny does not enforce MFA: `BoolIfExist` on `aws:MultiFactorAuthPresent` never holds
      },
    ]
  })
}

# Allows with MFA alone.
resource "aws_iam_group" "allowed" {
  name = "allowed"
}

resource "aws_iam_group_policy" "allowed" {
  group = aws_iam_group.allowed.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "s3:*"
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      },
      {
        Effect    = "Allow"
        Action    = "s3:*"
        Resource  = "*"
        Condition = { NumericLessThan = { "aws:MultiFactorAuthAge" = "3600" } }
      },
    ]
  })
}

# What the console writes for "MFA required".
resource "aws_iam_group" "ticked" {
  name = "ticked"
}

resource "aws_iam_group_policy" "ticked" {
  group = aws_iam_group.ticked.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "s3:*"
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "true" } }
#                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Allow does not enforce MFA: requests with an access key do not have `aws:MultiFactorAuthPresent`, and `BoolIfExists` holds without it
      },
    ]
  })
}

# Console sessions without MFA have the key.
resource "aws_iam_group" "present" {
  name = "present"
}

resource "aws_iam_group_policy" "present" {
  group = aws_iam_group.present.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "s3:*"
        Resource  = "*"
        Condition = { Null = { "aws:MultiFactorAuthPresent" = "false" } }
#                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Allow does not enforce MFA: console sessions without MFA have `aws:MultiFactorAuthPresent`, and `Null` asks for no more
      },
    ]
  })
}

# Holds without the key, which is there with MFA alone.
resource "aws_iam_group" "exists" {
  name = "exists"
}

resource "aws_iam_group_policy" "exists" {
  group = aws_iam_group.exists.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "s3:*"
        Resource  = "*"
        Condition = { NumericLessThanIfExists = { "aws:MultiFactorAuthAge" = "3600" } }
#                                                 ^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Allow does not enforce MFA: `NumericLessThanIfExists` on `aws:MultiFactorAuthAge` holds with MFA and without
      },
    ]
  })
}

# Allows without MFA alone.
resource "aws_iam_group" "without" {
  name = "without"
}

resource "aws_iam_group_policy" "without" {
  group = aws_iam_group.without.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "s3:*"
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
#                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Allow does not enforce MFA: it allows only what is done without MFA
      },
    ]
  })
}

# Whoever has no device may enrol one.
resource "aws_iam_group" "enrolment" {
  name = "enrolment"
}

resource "aws_iam_group_policy" "enrolment" {
  group = aws_iam_group.enrolment.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# Without the key there is no value that could differ.
resource "aws_iam_group" "set" {
  name = "set"
}

resource "aws_iam_group_policy" "set" {
  group = aws_iam_group.set.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "s3:*"
        Resource  = "*"
        Condition = { "ForAllValues:Bool" = { "aws:MultiFactorAuthPresent" = "true" } }
#                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Allow does not enforce MFA: requests with an access key do not have `aws:MultiFactorAuthPresent`, and `ForAllValues:Bool` holds without it
      },
    ]
  })
}

# Elsewhere it does not deny.
resource "aws_iam_group" "address" {
  name = "address"
}

resource "aws_iam_group_policy" "address" {
  group = aws_iam_group.address.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = {
          BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
          NotIpAddress = { "aws:SourceIp" = "192.0.2.0/24" }
#                          ^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Deny does not enforce MFA: it depends on `aws:SourceIp` as well, and passes over all other requests
        }
      },
    ]
  })
}

# Callers are exempt, which is judged for each of them.
resource "aws_iam_group" "exempt" {
  name = "exempt"
}

resource "aws_iam_group_policy" "exempt" {
  group = aws_iam_group.exempt.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = {
          BoolIfExists    = { "aws:MultiFactorAuthPresent" = "false" }
          StringNotEquals = { "aws:username" = "break-glass" }
        }
      },
    ]
  })
}

# Less than everything.
resource "aws_iam_group" "resource" {
  name = "resource"
}

resource "aws_iam_group_policy" "resource" {
  group = aws_iam_group.resource.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "arn:aws:s3:::*"
#       ^^^^^^^^ error[ineffective-mfa-guard]: the Deny does not enforce MFA: it does not cover every resource, as its actions are meant to
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# Meant for less than everything.
resource "aws_iam_group" "narrow" {
  name = "narrow"
}

resource "aws_iam_group_policy" "narrow" {
  group = aws_iam_group.narrow.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        Action    = ["iam:DeactivateMFADevice", "ec2:TerminateInstances"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# IAM understands no such action.
resource "aws_iam_group" "typo" {
  name = "typo"
}

resource "aws_iam_group_policy" "typo" {
  group = aws_iam_group.typo.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        Action    = ["s3: *"]
#       ^^^^^^ error[ineffective-mfa-guard]: the Deny does not enforce MFA: IAM understands no action in `s3: *`
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# Variables are plain text.
resource "aws_iam_group" "old" {
  name = "old"
}

resource "aws_iam_group_policy" "old" {
  group = aws_iam_group.old.name
  policy = jsonencode({
    Statement = [
      {
        Effect    = "Deny"
        Action    = "iam:DeactivateMFADevice"
        Resource  = "arn:aws:iam::*:user/$${aws:username}"
#       ^^^^^^^^ error[ineffective-mfa-guard]: the Deny does not enforce MFA: its variables are plain text before version `2012-10-17`
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# All of IAM is open, and granted.
resource "aws_iam_group" "iam" {
  name = "iam"
}

resource "aws_iam_group_policy" "iam" {
  group = aws_iam_group.iam.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "*", Resource = "*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:*", "sts:GetSessionToken"]
#       ^^^^^^^^^ error[ineffective-mfa-guard]: the Deny does not enforce MFA: it leaves `iam:AttachUserPolicy`, `iam:CreateAccessKey`, `iam:DeactivateMFADevice` and 38 more open, with which whoever has no MFA gets past it
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# All of IAM is open, and nothing of it granted.
resource "aws_iam_group" "unused" {
  name = "unused"
}

resource "aws_iam_group_policy" "unused" {
  group = aws_iam_group.unused.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:*", Resource = "*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:*", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# Its own device can be removed.
resource "aws_iam_group" "deactivate" {
  name = "deactivate"
}

resource "aws_iam_group_policy" "deactivate" {
  group = aws_iam_group.deactivate.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["iam:DeactivateMFADevice", "iam:EnableMFADevice"]
        Resource = "arn:aws:iam::*:user/$${aws:username}"
      },
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken", "iam:DeactivateMFADevice"]
#       ^^^^^^^^^ error[ineffective-mfa-guard]: the Deny does not enforce MFA: it leaves `iam:DeactivateMFADevice` open, with which whoever has no MFA gets past it
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# AWS advises against it.
resource "aws_iam_group" "password" {
  name = "password"
}

resource "aws_iam_group_policy" "password" {
  group = aws_iam_group.password.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["iam:ChangePassword"]
        Resource = "arn:aws:iam::*:user/$${aws:username}"
      },
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken", "iam:ChangePassword"]
#       ^^^^^^^^^ warning[ineffective-mfa-guard]: the Deny demands MFA for less than it could: it leaves `iam:ChangePassword` open, which enrolling a device does not take
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

# Sessions of a role do not tell of MFA.
resource "aws_iam_role_policy" "never" {
  role = aws_iam_role.worker.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "s3:*"
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
#                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[ineffective-mfa-guard]: the Allow allows no session anything: the sessions of a role do not tell whether it was assumed with MFA
      },
    ]
  })
}

# A Deny that passes over every session.
resource "aws_iam_role_policy" "nothing" {
  role = aws_iam_role.worker.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } }
#                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Deny demands no MFA: the sessions of a role do not tell whether it was assumed with MFA
      },
    ]
  })
}

# A Deny that stops every session.
resource "aws_iam_role_policy" "every" {
  role = aws_iam_role.worker.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Deny"
        NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
#                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[ineffective-mfa-guard]: the Deny stops every session: the sessions of a role do not tell whether it was assumed with MFA
      },
    ]
  })
}

# Keys do not have the condition key.
resource "aws_iam_role" "console" {
  name = "console"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "111122223333" }
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "true" } }
#                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[ineffective-mfa-guard]: the Allow does not enforce MFA: requests with an access key do not have `aws:MultiFactorAuthPresent`, and `BoolIfExists` holds without it
      },
    ]
  })
}

# MFA is demanded.
resource "aws_iam_role" "asked" {
  name = "asked"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "111122223333" }
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      },
    ]
  })
}

resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

# Once more what the trust policy demands.
resource "aws_iam_role_policy" "twice" {
  role = aws_iam_role.asked.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "s3:*"
        Resource  = "*"
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      },
    ]
  })
}

# Devices that nobody uses can be thrown away.
resource "aws_iam_group" "devices" {
  name = "devices"
}

resource "aws_iam_group_policy" "devices" {
  group = aws_iam_group.devices.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "iam:*MFADevice*", Resource = "arn:aws:iam::*:mfa/*" },
      {
        Effect    = "Deny"
        NotAction = ["iam:*VirtualMFADevice*", "iam:EnableMFADevice", "sts:GetSessionToken"]
#       ^^^^^^^^^ note[ineffective-mfa-guard]: the Deny demands MFA for less than it could: it leaves `iam:DeleteVirtualMFADevice` open, which enrolling a device does not take
        Resource  = "*"
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

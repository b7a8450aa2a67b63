locals {
  all    = "arn:aws:iam::aws:policy/AdministratorAccess"
  enrols = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice", "sts:GetSessionToken"]
}

resource "aws_iam_group" "admins" {
  name = "admins"
}

resource "aws_iam_group_policy_attachment" "admins" {
  group      = aws_iam_group.admins.name
  policy_arn = local.all
}

resource "aws_iam_group" "guarded" {
  name = "guarded"
}

resource "aws_iam_group_policy" "guarded" {
  group = aws_iam_group.guarded.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      NotAction = local.enrols
      Resource  = "*"
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    }]
  })
}

# An administrator whose password is set by hand is one.
resource "aws_iam_user" "ana" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[administrator-without-mfa]: nothing demands MFA of the administrator `ana`: `iam:AttachUserPolicy` is allowed without it
  name = "ana"
}

resource "aws_iam_user_group_membership" "ana" {
  user   = aws_iam_user.ana.name
  groups = [aws_iam_group.admins.name]
}

# An application with all rights and a key.
resource "aws_iam_user" "deployer" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[administrator-without-mfa]: nothing demands MFA of the administrator `ci-deployer`: `iam:AttachUserPolicy` is allowed with an access key alone
  name = "ci-deployer"
}

resource "aws_iam_access_key" "deployer" {
  user = aws_iam_user.deployer.name
}

resource "aws_iam_user_policy_attachment" "deployer" {
  user       = aws_iam_user.deployer.name
  policy_arn = local.all
}

# Guarded by another group.
resource "aws_iam_user" "ben" {
  name = "ben"
}

resource "aws_iam_user_login_profile" "ben" {
  user = aws_iam_user.ben.name
}

resource "aws_iam_user_group_membership" "ben" {
  user   = aws_iam_user.ben.name
  groups = [aws_iam_group.admins.name, aws_iam_group.guarded.name]
}

# Administration with MFA alone.
resource "aws_iam_user" "cleo" {
  name = "cleo"
}

resource "aws_iam_user_policy" "cleo" {
  user = aws_iam_user.cleo.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "*"
      Resource  = "*"
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  })
}

# A guard that stops whoever works from elsewhere: the statement is to blame.
resource "aws_iam_user" "dora" {
  name = "dora"
}

resource "aws_iam_user_policy_attachment" "dora" {
  user       = aws_iam_user.dora.name
  policy_arn = local.all
}

resource "aws_iam_user_policy" "dora" {
  user = aws_iam_user.dora.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      NotAction = local.enrols
      Resource  = "*"
      Condition = {
        BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }
        NotIpAddress = { "aws:SourceIp" = "192.0.2.0/24" }
      }
    }]
  })
}

# A guard for a part of it.
resource "aws_iam_user" "emil" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[administrator-without-mfa]: MFA is not demanded of the administrator `emil` for everything: `s3:GetObject` is allowed without it
  name = "emil"
}

resource "aws_iam_user_policy_attachment" "emil" {
  user       = aws_iam_user.emil.name
  policy_arn = local.all
}

resource "aws_iam_user_policy" "emil" {
  user = aws_iam_user.emil.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = "iam:*"
      Resource  = "*"
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    }]
  })
}

# The guard may come with a policy that is not known.
variable "policy_arn" {
  type = string
}

resource "aws_iam_user" "fred" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[administrator-without-mfa]: whether MFA is demanded of the user `fred`, who may be an administrator, is not known: `var.policy_arn` has no value
  name = "fred"
}

resource "aws_iam_user_group_membership" "fred" {
  user   = aws_iam_user.fred.name
  groups = [aws_iam_group.admins.name]
}

resource "aws_iam_user_policy_attachment" "fred" {
  user       = aws_iam_user.fred.name
  policy_arn = var.policy_arn
}

# The guard leaves roles open, and which of them ask is not known.
resource "aws_iam_user" "gina" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[administrator-without-mfa]: whether MFA is demanded of the administrator `gina` is not known: `the trust policies of the roles to assume` comes from outside of this input
  name = "gina"
}

resource "aws_iam_user_policy_attachment" "gina" {
  user       = aws_iam_user.gina.name
  policy_arn = local.all
}

resource "aws_iam_user_policy" "gina" {
  user = aws_iam_user.gina.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      NotAction = concat(local.enrols, ["sts:AssumeRole"])
      Resource  = "*"
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    }]
  })
}

resource "aws_iam_role" "reader" {
  name                = "reader"
  managed_policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "111122223333" } }]
  })
}

# Exempt by a tag that it does not have.
resource "aws_iam_user" "hugo" {
  name = "hugo"
  tags = { Team = "platform" }
}

resource "aws_iam_user_policy_attachment" "hugo" {
  user       = aws_iam_user.hugo.name
  policy_arn = local.all
}

resource "aws_iam_user_policy" "hugo" {
  user   = aws_iam_user.hugo.name
  policy = local.exempting
}

# Exempt by a tag that it has.
resource "aws_iam_user" "ines" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[administrator-without-mfa]: MFA is not demanded of the administrator `ines` for everything: `iam:AttachUserPolicy` is allowed without it
  name = "ines"
  tags = { Exempt = "yes" }
}

resource "aws_iam_user_policy_attachment" "ines" {
  user       = aws_iam_user.ines.name
  policy_arn = local.all
}

resource "aws_iam_user_policy" "ines" {
  user   = aws_iam_user.ines.name
  policy = local.exempting
}

locals {
  exempting = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      NotAction = local.enrols
      Resource  = "*"
      Condition = {
        BoolIfExists    = { "aws:MultiFactorAuthPresent" = "false" }
        StringNotEquals = { "aws:PrincipalTag/Exempt" = "yes" }
      }
    }]
  })
}

variable "trusted" {
  type = string
}

resource "aws_iam_user" "ana" {
  name = "ana"
}

# A user, by name.
resource "aws_iam_role" "user" {
  name = "user"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:user/ana" }
#                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[admin-role-without-mfa]: the user `ana` can assume the administrative role `user` without MFA
    }]
  })
}

resource "aws_iam_role_policy_attachment" "user" {
  role       = aws_iam_role.user.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# A user that is declared here.
resource "aws_iam_role" "declared" {
  name = "declared"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = aws_iam_user.ana.arn }
#                   ^^^ error[admin-role-without-mfa]: the user `ana` can assume the administrative role `declared` without MFA
    }]
  })
}

resource "aws_iam_role_policy_attachment" "declared" {
  role       = aws_iam_role.declared.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# Whoever the account lets.
resource "aws_iam_role" "account" {
  name = "account"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
#                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[admin-role-without-mfa]: users of the account `111122223333` can assume the administrative role `account` without MFA
    }]
  })
}

resource "aws_iam_role_policy_attachment" "account" {
  role       = aws_iam_role.account.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# Anyone in the account.
resource "aws_iam_role" "anyone" {
  name = "anyone"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "*" }
#                         ^^^ error[admin-role-without-mfa]: anyone can assume the administrative role `anyone` without MFA
    }]
  })
}

resource "aws_iam_role_policy_attachment" "anyone" {
  role       = aws_iam_role.anyone.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# What the console writes for "require MFA": keys pass.
resource "aws_iam_role" "console" {
  name = "console"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "111122223333" }
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "true" } }
#                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[admin-role-without-mfa]: users of the account `111122223333` can assume the administrative role `console` without MFA: requests with an access key do not have `aws:MultiFactorAuthPresent`, and `BoolIfExists` holds without it
    }]
  })
}

resource "aws_iam_role_policy_attachment" "console" {
  role       = aws_iam_role.console.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# An address is no second factor.
resource "aws_iam_role" "address" {
  name = "address"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "111122223333" }
#                         ^^^^^^^^^^^^^^ error[admin-role-without-mfa]: users of the account `111122223333` can assume the administrative role `address` without MFA
      Condition = { IpAddress = { "aws:SourceIp" = "192.0.2.0/24" } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "address" {
  role       = aws_iam_role.address.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# MFA is demanded.
resource "aws_iam_role" "guarded" {
  name = "guarded"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "111122223333" }
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "guarded" {
  role       = aws_iam_role.guarded.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# MFA within the hour is demanded.
resource "aws_iam_role" "recent" {
  name = "recent"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "111122223333" }
      Condition = { NumericLessThan = { "aws:MultiFactorAuthAge" = "3600" } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "recent" {
  role       = aws_iam_role.recent.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# Another role, whose sessions do not tell of MFA.
resource "aws_iam_role" "machine" {
  name = "machine"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:role/pipeline" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "machine" {
  role       = aws_iam_role.machine.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# Only roles of the account.
resource "aws_iam_role" "roles" {
  name = "roles"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "111122223333" }
      Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::111122223333:role/pipelines/*" } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "roles" {
  role       = aws_iam_role.roles.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# A third party, which signs in with an external identifier.
resource "aws_iam_role" "vendor" {
  name = "vendor"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "444455556666" }
      Condition = { StringEquals = { "sts:ExternalId" = "7c2e" } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "vendor" {
  role       = aws_iam_role.vendor.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# A service.
resource "aws_iam_role" "service" {
  name = "service"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "service" {
  role       = aws_iam_role.service.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# An application.
resource "aws_iam_role" "application" {
  name = "application"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:user/svc-deploy" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "application" {
  role       = aws_iam_role.application.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# Whom it trusts is not known.
resource "aws_iam_role" "unknown" {
  name = "unknown"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.trusted }
#                   ^^^ undetermined[admin-role-without-mfa]: whether people can assume the administrative role `unknown` without MFA is not known: `var.trusted` has no value
    }]
  })
}

resource "aws_iam_role_policy_attachment" "unknown" {
  role       = aws_iam_role.unknown.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# Stopped by a Deny in the trust policy.
resource "aws_iam_role" "denied" {
  name = "denied"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "111122223333" } },
      {
        Effect    = "Deny"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "*" }
        Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "denied" {
  role       = aws_iam_role.denied.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

# People may assume it, and it is no administrator.
resource "aws_iam_role" "reader" {
  name = "reader"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "111122223333" } }]
#                                                                                   ^^^^^^^^^^^^^^ error[admin-role-without-mfa]: users of the account `111122223333` can assume the administrative role `reader` without MFA
  })
}

resource "aws_iam_role_policy_attachment" "reader" {
  role       = aws_iam_role.reader.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

locals {
  document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::billing/*" }]
  })
  service = { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }
}

resource "aws_iam_policy" "idle" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unused-grant]: the policy `idle` is attached to nothing
  name   = "idle"
  policy = local.document
}

resource "aws_iam_policy" "attached" {
  name   = "attached"
  policy = local.document
}

resource "aws_iam_role" "export" {
  name                 = "export"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [local.service] })
  permissions_boundary = aws_iam_policy.boundary.arn
}

resource "aws_iam_role_policy_attachment" "attached" {
  role       = aws_iam_role.export.name
  policy_arn = aws_iam_policy.attached.arn
}

resource "aws_iam_policy" "boundary" {
  name   = "boundary"
  policy = local.document
}

# By its name alone.
resource "aws_iam_policy" "assigned" {
  name   = "assigned"
  policy = local.document
}

resource "aws_ssoadmin_customer_managed_policy_attachment" "assigned" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
  permission_set_arn = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef"

  customer_managed_policy_reference {
    name = "assigned"
  }
}

resource "aws_iam_policy" "exported" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[unused-grant]: whether the policy `exported` is attached to anything is not known: `output.exported` hands it on, and where it goes is not seen here
  name   = "exported"
  policy = local.document
}

output "exported" {
  value = aws_iam_policy.exported.arn
}

resource "aws_iam_policy" "published" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[unused-grant]: whether the policy `published` is attached to anything is not known: `aws_ssm_parameter.published` hands it on, and where it goes is not seen here
  name   = "published"
  policy = local.document
}

resource "aws_ssm_parameter" "published" {
  name  = "/policies/published"
  type  = "String"
  value = aws_iam_policy.published.arn
}

resource "aws_iam_group" "empty" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unused-grant]: the group `empty` has permissions and no members
  name = "empty"
}

resource "aws_iam_group_policy_attachment" "empty" {
  group      = aws_iam_group.empty.name
  policy_arn = "arn:aws:iam::aws:policy/SecurityAudit"
}

resource "aws_iam_group" "auditors" {
  name = "auditors"
}

resource "aws_iam_group_policy_attachment" "auditors" {
  group      = aws_iam_group.auditors.name
  policy_arn = "arn:aws:iam::aws:policy/SecurityAudit"
}

resource "aws_iam_group_membership" "auditors" {
  name  = "auditors"
  group = aws_iam_group.auditors.name
  users = ["ana"]
}

# Grants nothing.
resource "aws_iam_group" "list" {
  name = "list"
}

resource "aws_iam_group" "named" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[unused-grant]: whether the group `named` has members is not known: `output.group` hands it on, and where it goes is not seen here
  name = "named"
}

resource "aws_iam_group_policy_attachment" "named" {
  group      = aws_iam_group.named.name
  policy_arn = "arn:aws:iam::aws:policy/SecurityAudit"
}

output "group" {
  value = aws_iam_group.named.name
}

resource "aws_iam_role" "quarantine" {
  name = "quarantine"
  assume_role_policy = jsonencode({
#                      ^^^^^^^^^^^^~ warning[unused-grant]: the role `quarantine` can be assumed by nobody: its trust policy only denies
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "sts:AssumeRole", Principal = "*" }]
  })
}

resource "aws_iam_role" "other_action" {
  name = "other-action"
  assume_role_policy = jsonencode({
#                      ^^^^^^^^^^^^~ warning[unused-grant]: the role `other-action` can be assumed by nobody: its trust policy does not let anyone assume it
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:TagSession", Principal = { AWS = "arn:aws:iam::111122223333:root" } }]
  })
}

resource "aws_iam_role" "denied" {
  name = "denied"
  assume_role_policy = jsonencode({
#                      ^^^^^^^^^^^^~ warning[unused-grant]: the role `denied` can be assumed by nobody: its trust policy denies everyone whom it allows
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" } },
      { Effect = "Deny", Action = "sts:*", Principal = { AWS = "*" } },
    ]
  })
}

resource "aws_iam_role" "deleted" {
  name = "deleted"
  assume_role_policy = jsonencode({
#                      ^^^^^^^^^^^^~ warning[unused-grant]: the role `deleted` can be assumed by nobody: whomever its trust policy names was deleted
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "AROAJQABLZS4A3QDU576Q" } }]
  })
}

# The values of this condition are no dates.
resource "aws_iam_role" "never" {
  name = "never"
  assume_role_policy = jsonencode({
#                      ^^^^^^^^^^^^~ warning[unused-grant]: the role `never` can be assumed by nobody: the conditions of its trust policy never hold
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Condition = { DateLessThan = { "aws:CurrentTime" = "tomorrow" } }
    }]
  })
}

# Everyone but those who come without MFA.
resource "aws_iam_role" "guarded" {
  name = "guarded"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" } },
      { Effect = "Deny", Action = "sts:AssumeRole", Principal = "*", Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } } },
    ]
  })
}

variable "trusted" {
#<^^^^^^^^^^^^^^^^ undetermined[unused-grant]: whether the role `open` can be assumed by anybody is not known: `var.trusted` has no value
  type = string
}

resource "aws_iam_role" "open" {
  name               = "open"
  assume_role_policy = var.trusted
}

resource "aws_iam_user" "ana" {
  name = "ana"
}

resource "aws_iam_user" "export" {
  name = "svc-export"
  path = "/machines/eu/"
}

resource "aws_iam_user_policy_attachment" "export" {
  user       = aws_iam_user.export.name
  policy_arn = "arn:aws:iam::aws:policy/SecurityAudit"
}

# Declared elsewhere, and given something here.
resource "aws_iam_user_group_membership" "operator" {
  user   = "ops-eva"
  groups = ["operators"]
}

resource "aws_iam_group" "auditors" {
  name = "auditors"
}

resource "aws_iam_role_policy_attachment" "organization" {
  role       = "OrganizationAccountAccessRole"
  policy_arn = "arn:aws:iam::aws:policy/SecurityAudit"
}

resource "aws_iam_role" "break_glass" {
  name = "break-glass"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" } }]
  })
  tags = { einsatz = "Emergencies of the whole account" }
}

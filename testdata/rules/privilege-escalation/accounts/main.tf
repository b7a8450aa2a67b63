# Roles of other accounts, which may be this one: whether they let in whoever is declared here is not known.
variable "tools_account" {
  type = string
}

variable "production_account" {
  type = string
}

data "aws_organizations_organization" "this" {}

locals {
  root_account = data.aws_organizations_organization.this.master_account_id
}

# The account of the users is given by a variable, and that of the role by another.
resource "aws_iam_role" "by_account" {
  name = "by-account"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${var.tools_account}:root" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "by_account" {
  role       = aws_iam_role.by_account.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user" "ana" {
  name = "ana"
}

resource "aws_iam_user_policy" "ana" {
  name = "assume"
  user = aws_iam_user.ana.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::${var.production_account}:role/by-account" }]
#                                             ^^^^^^^^^^^^^^^^ undetermined[privilege-escalation]: whether the user `ana` can make itself an administrator by `sts:AssumeRole` on `aws_iam_role.by_account` (sts-001) is not known: `var.production_account` has no value
  })
}

# The trust policy names the user, in an account that a data source gives.
resource "aws_iam_role" "by_name" {
  name = "by-name"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
#                ^~ undetermined[privilege-escalation]: whether the user `tom` can make itself an administrator by `sts:AssumeRole` on `aws_iam_role.by_name` (sts-001) is not known: `data.aws_organizations_organization.this.master_account_id` is read from a data source
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::${local.root_account}:user/tom" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "by_name" {
  role       = aws_iam_role.by_name.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_user" "tom" {
  name = "tom"
}

# A role of another name is not meant, whatever the account.
resource "aws_iam_user" "eva" {
  name = "eva"
}

resource "aws_iam_user_policy" "eva" {
  name = "assume"
  user = aws_iam_user.eva.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::${var.production_account}:role/other" }]
  })
}

locals {
  document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::billing/*" }]
  })
  policies = {
    handed = aws_iam_policy.handed.arn
    kept   = aws_iam_policy.kept.arn
  }
}

# Through a local, whose other member goes nowhere.
resource "aws_iam_policy" "handed" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[unused-grant]: whether the policy `handed` is attached to anything is not known: `output.handed` hands it on, and where it goes is not seen here
  name   = "handed"
  policy = local.document
}

resource "aws_iam_policy" "kept" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unused-grant]: the policy `kept` is attached to nothing
  name   = "kept"
  policy = local.document
}

output "handed" {
  value = { arn = local.policies.handed }
}

# An order is no use.
resource "aws_iam_policy" "before" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unused-grant]: the policy `before` is attached to nothing
  name   = "before"
  policy = local.document
}

resource "aws_s3_bucket" "after" {
  bucket     = "after"
  depends_on = [aws_iam_policy.before]
}

# What it says is not what it is.
resource "aws_iam_policy" "copied" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unused-grant]: the policy `copied` is attached to nothing
  name   = "copied"
  policy = local.document
}

output "copied" {
  value = aws_iam_policy.copied.policy
}

# To a module that is not at hand.
resource "aws_iam_policy" "passed" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[unused-grant]: whether the policy `passed` is attached to anything is not known: `module.role` hands it on, and where it goes is not seen here
  name   = "passed"
  policy = local.document
}

module "role" {
  source   = "terraform-aws-modules/iam/aws//modules/iam-role"
#            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[module-not-found]: the module `terraform-aws-modules/iam/aws//modules/iam-role` is not installed; what it makes is not known
  version  = "6.2.1"
  policies = { passed = aws_iam_policy.passed.arn }
}

# Out of a module: the one is attached here, the other by nobody.
module "used" {
  source = "./modules/policy"
  name   = "used"
}

module "idle" {
  source = "./modules/policy"
  name   = "idle"
}

resource "aws_iam_role_policy_attachment" "used" {
  role       = "export"
  policy_arn = module.used.arn
}

# Attached to nobody.
resource "aws_iam_policy" "nobody" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unused-grant]: the policy `nobody` is attached to nothing
  name   = "nobody"
  policy = local.document
}

variable "roles" {
  type    = list(string)
  default = []
}

resource "aws_iam_policy_attachment" "nobody" {
  name       = "nobody"
  roles      = var.roles
  policy_arn = aws_iam_policy.nobody.arn
}

# Whoever may attach it while everything runs.
resource "aws_iam_policy" "limits" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[unused-grant]: whether the policy `limits` is attached to anything is not known: `aws_iam_role_policy.delegate` hands it on, and where it goes is not seen here
  name   = "limits"
  policy = local.document
}

resource "aws_iam_role_policy" "delegate" {
  role = "delegate"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "iam:AttachRolePolicy"
      Resource  = "arn:aws:iam::111122223333:role/app-*"
      Condition = { ArnEquals = { "iam:PolicyARN" = aws_iam_policy.limits.arn } }
    }]
  })
}

# One trust policy that is not known is that of several roles.
variable "trust" {
#<^^^^^^^^^^^^^^ undetermined[unused-grant]: whether any of 2 roles can be assumed by anybody is not known: `var.trust` has no value
  type = string
}

resource "aws_iam_role" "apps" {
  for_each           = toset(["billing", "reports"])
  name               = each.key
  assume_role_policy = var.trust
}

locals {
  document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::billing/*" }]
  })
}

variable "purpose" {
#<^^^^^^^^^^^^^^^^ undetermined[unexplained-policy]: whether the policy `unknown` says what it is for is not known: `var.purpose` has no value
  type = string
}

resource "aws_iam_policy" "silent" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unexplained-policy]: the policy `silent` does not say what it is for: it has no description
  name   = "silent"
  policy = local.document
}

resource "aws_iam_policy" "placeholder" {
  name        = "placeholder"
  description = "Managed by Terraform"
#               ^^^^^^^^^^^^^^^^^^^^^^ warning[unexplained-policy]: the policy `placeholder` does not say what it is for: its description is a placeholder
  policy      = local.document
}

resource "aws_iam_policy" "own_name" {
  name        = "nightly-billing-export"
  description = "Nightly billing export"
#               ^^^^^^^^^^^^^^^^^^^^^^^^ warning[unexplained-policy]: the policy `nightly-billing-export` does not say what it is for: its description is its name
  policy      = local.document
}

resource "aws_iam_policy" "described" {
  name        = "described"
  description = "Lets the nightly export read the billing bucket"
  policy      = local.document
}

resource "aws_iam_policy" "unknown" {
  name        = "unknown"
  description = var.purpose
  policy      = local.document
}

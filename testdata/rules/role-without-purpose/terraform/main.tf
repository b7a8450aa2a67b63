variable "purpose" {
#<^^^^^^^^^^^^^^^^ undetermined[role-without-purpose]: whether the role `unknown` states its purpose is not known: `var.purpose` has no value
  type = string
}

resource "aws_iam_role" "silent" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[role-without-purpose]: the role `silent` does not say what it is for: it has no description
  name               = "silent"
  assume_role_policy = "{}"
}

resource "aws_iam_role" "nameless" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[role-without-purpose]: the role `aws_iam_role.nameless` does not say what it is for: it has no description
  name               = ""
  assume_role_policy = "{}"
}

resource "aws_iam_role" "placeholder" {
  name               = "placeholder"
  description        = "Managed by Terraform"
#                      ^^^^^^^^^^^^^^^^^^^^^^ error[role-without-purpose]: the role `placeholder` does not say what it is for: its description is a placeholder
  assume_role_policy = "{}"
}

resource "aws_iam_role" "own_name" {
  name               = "nightly-billing-export"
  description        = "Nightly billing export"
#                      ^^^^^^^^^^^^^^^^^^^^^^^^ error[role-without-purpose]: the role `nightly-billing-export` does not say what it is for: its description is its name
  assume_role_policy = "{}"
}

resource "aws_iam_role" "short" {
  name               = "short"
  description        = "Billing export"
#                      ^^^^^^^^^^^^^^^^ error[role-without-purpose]: the role `short` does not say what it is for: its description has fewer than three words
  assume_role_policy = "{}"
}

resource "aws_iam_role" "described" {
  name               = "described"
  description        = "Lets the nightly export read the billing bucket"
  assume_role_policy = "{}"
}

resource "aws_iam_role" "tagged" {
  name               = "tagged"
  assume_role_policy = "{}"
  tags               = { usecase = "billing export" }
}

resource "aws_iam_role" "unknown" {
  name               = "unknown"
  description        = var.purpose
  assume_role_policy = "{}"
}

resource "aws_iam_role" "known_enough" {
  name               = "known-enough"
  description        = "Lets the nightly export read the bucket of ${var.purpose}"
  assume_role_policy = "{}"
}

resource "aws_iam_role" "identifier" {
  name               = "export-4f1a"
  description        = "shop-orders-nightly-export"
#                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[role-without-purpose]: the role `export-4f1a` does not say what it is for: its description is no more than a name
  assume_role_policy = "{}"
}

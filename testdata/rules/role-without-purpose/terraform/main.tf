variable "purpose" {
  type = string
}

resource "aws_iam_role" "silent" {
  name               = "silent"
  assume_role_policy = "{}"
}

resource "aws_iam_role" "placeholder" {
  name               = "placeholder"
  description        = "Managed by Terraform"
  assume_role_policy = "{}"
}

resource "aws_iam_role" "own_name" {
  name               = "nightly-billing-export"
  description        = "Nightly billing export"
  assume_role_policy = "{}"
}

resource "aws_iam_role" "short" {
  name               = "short"
  description        = "Billing export"
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

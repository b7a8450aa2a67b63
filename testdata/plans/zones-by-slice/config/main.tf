data "aws_availability_zones" "all" {}

locals {
  zones = slice(data.aws_availability_zones.all.names, 0, 2)
}

resource "aws_iam_role" "runner" {
  count       = length(local.zones)
  name        = "runner-${count.index}"
  description = count.index == 0 ? "Runs the builds of the first zone" : null
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "runner" {
  count = length(local.zones)
  name  = "runner"
  role  = aws_iam_role.runner[count.index].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = count.index == 1 ? "s3:*" : "s3:GetObject"
      Resource = "*"
    }]
  })
}

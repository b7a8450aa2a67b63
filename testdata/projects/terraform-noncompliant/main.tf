# The non-compliant pattern of the Foundational Guardrails: an application uses the hard-coded access keys of a user, the
# user has broad permissions, and nothing says who owns it or rotates its keys.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_iam_user" "shop" {
  name = "svc-shop"
}

resource "aws_iam_access_key" "shop" {
  user = aws_iam_user.shop.name
}

resource "aws_iam_user_policy" "everything" {
  name = "everything"
  user = aws_iam_user.shop.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "*"
      Resource = "*"
    }]
  })
}

resource "aws_instance" "shop" {
  ami           = "ami-0abcdef1234567890"
  instance_type = "t3.small"

  user_data = <<-EOT
    #!/bin/sh
    export AWS_ACCESS_KEY_ID=AKIARZPUZDIKHHOY7W7M
    export AWS_SECRET_ACCESS_KEY=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
    aws s3 sync s3://shop-pages /var/www/html
  EOT
}

module "checkout" {
  source = "./modules/function"

  name = "checkout"
  environment = {
    AWS_ACCESS_KEY_ID     = aws_iam_access_key.shop.id
    AWS_SECRET_ACCESS_KEY = aws_iam_access_key.shop.secret
  }
}

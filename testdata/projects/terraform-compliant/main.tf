# The compliant pattern of the Foundational Guardrails: an instance assumes a role, the role has an AWS-managed policy
# that reads S3, and no key is stored on the instance.

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

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "reports" {
  name               = "reports-web"
  description        = "Lets the web server of the reports site read its pages from S3"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "read_pages" {
  role       = aws_iam_role.reports.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}

resource "aws_iam_instance_profile" "reports" {
  name = "reports-web"
  role = aws_iam_role.reports.name
}

resource "aws_instance" "reports" {
  ami                  = "ami-0abcdef1234567890"
  instance_type        = "t3.small"
  iam_instance_profile = aws_iam_instance_profile.reports.name

  user_data = <<-EOT
    #!/bin/sh
    aws s3 sync s3://reports-pages /var/www/html
  EOT

  metadata_options {
    http_tokens = "required"
  }
}

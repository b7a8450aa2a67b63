# A key that reaches workloads on every way that a plan can show.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 6.0" }
  }
}

resource "aws_iam_user" "shipper" {
  name = "svc-shipper"
  tags = { Kind = "service" }
}

resource "aws_iam_user_policy_attachment" "shipper" {
  user       = aws_iam_user.shipper.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
}

resource "aws_iam_access_key" "shipper" {
  user = aws_iam_user.shipper.name
}

locals {
  secret = aws_iam_access_key.shipper.secret
}

resource "aws_iam_role" "worker" {
  name                = "worker"
  description         = "Runs the workers that ship files to the archive"
  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "worker" {
  name = "logs"
  role = aws_iam_role.worker.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:PutLogEvents", Resource = "*" }]
  })
}

module "worker" {
  for_each = toset(["eu", "us"])
  source   = "./modules/worker"
  region   = each.key
  role     = aws_iam_role.worker.arn
  key      = aws_iam_access_key.shipper
}

resource "aws_ecs_task_definition" "local" {
  family = "local"
  container_definitions = jsonencode([{
    name  = "app"
    image = "app"
    environment = [
      { name = "LEVEL", value = "info" },
      { name = "AWS_SECRET_ACCESS_KEY", value = local.secret },
    ]
  }])
}

resource "aws_instance" "script" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  user_data = base64encode(<<-EOT
    #!/bin/sh
    export AWS_ACCESS_KEY_ID=${aws_iam_access_key.shipper.id}
  EOT
  )
}

output "secret" {
  value     = aws_iam_access_key.shipper.secret
  sensitive = true
}

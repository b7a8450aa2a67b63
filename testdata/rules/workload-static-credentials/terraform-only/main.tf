variable "aws_access_key" {
#<^^^^^^^^^^^^^^^^^^^^^^^ error[workload-static-credentials]: the provider `provider.aws` carries a long-lived access key in `access_key`
  type = string
}

provider "aws" {
  region     = "eu-west-1"
  access_key = var.aws_access_key
  secret_key = var.aws_access_key
}

provider "aws" {
  alias                       = "local"
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
}

resource "aws_iam_user" "app" {
  name = "app"
}

resource "aws_iam_access_key" "app" {
  user = aws_iam_user.app.name
}

locals {
  credentials = {
    id     = aws_iam_access_key.app.id
    secret = aws_iam_access_key.app.secret
  }
}

module "worker" {
  source      = "./worker"
  environment = { KEY_ID = local.credentials.id, KEY = local.credentials.secret }
#                                                ^^^ error[workload-static-credentials]: the Lambda function `module.worker.aws_lambda_function.this` carries the access key `aws_iam_access_key.app` in `KEY`
}

resource "aws_lambda_function" "clean" {
  function_name = "clean"
  role          = "arn:aws:iam::111122223333:role/clean"

  environment {
    variables = { USER = aws_iam_user.app.name, STATUS = aws_iam_access_key.app.status }
  }
}

resource "aws_instance" "script" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  user_data = base64encode(<<-EOT
    #!/bin/sh
    export AWS_ACCESS_KEY_ID=${var.aws_access_key}
#          ^^^^^^^^^^^^^^^^^ error[workload-static-credentials]: the EC2 instance `aws_instance.script` carries a long-lived access key in `AWS_ACCESS_KEY_ID`
    ./start
  EOT
  )
}

resource "aws_ecs_task_definition" "task" {
  family = "task"
  container_definitions = jsonencode([{
    name        = "task"
    environment = [{ name = "CONFIG", value = "key=${local.credentials.secret}" }]
#                                                    ^^^^^^^^^^^^^^^^^^^^^^^^ error[workload-static-credentials]: the ECS task definition `aws_ecs_task_definition.task` carries the access key `aws_iam_access_key.app` in `CONFIG`
  }])
}

variable "stage" {
  type = string
}

# What is unknown here is one variable, whatever it is called.
resource "aws_ecs_task_definition" "staged" {
  family = "staged"
  container_definitions = jsonencode([{
    name        = "app"
    environment = [{ name = "Environment", value = var.stage }]
  }])
}

resource "aws_lambda_function" "staged" {
  function_name = "staged"
  role          = "arn:aws:iam::111122223333:role/staged"
  environment {
    variables = {
      APP_ENVIRONMENT = var.stage
    }
  }
}

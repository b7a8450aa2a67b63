resource "aws_iam_user" "app" {
  name = "app"
}

resource "aws_iam_access_key" "app" {
  user = aws_iam_user.app.name
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = "arn:aws:iam::111122223333:role/worker"

  environment {
    variables = { CONFIG = "key=${aws_iam_access_key.app.secret}", STAGE = "prod" }
#                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[workload-static-credentials]: the Lambda function `aws_lambda_function.worker` carries the access key `aws_iam_access_key.app` in `CONFIG`
  }
}

resource "aws_lambda_function" "clean" {
  function_name = "clean"
  role          = "arn:aws:iam::111122223333:role/clean"

  environment {
    variables = { USER = aws_iam_user.app.name }
  }
}

resource "aws_instance" "script" {
  ami                  = "ami-0123456789abcdef0"
  instance_type        = "t3.micro"
  iam_instance_profile = "script"
  user_data = base64encode(<<-EOT
    #!/bin/sh
    export AWS_ACCESS_KEY_ID=${aws_iam_access_key.app.id}
#                              ^^^^^^^^^^^^^^^^^^^^^^^^^ error[workload-static-credentials]: the EC2 instance `aws_instance.script` carries the access key `aws_iam_access_key.app` in `user_data`
    ./start
  EOT
  )
}

resource "aws_ecs_task_definition" "task" {
  family        = "task"
  task_role_arn = "arn:aws:iam::111122223333:role/task"
  container_definitions = jsonencode([{
    name        = "task"
    environment = [{ name = "AWS_SECRET_ACCESS_KEY", value = join("", [aws_iam_access_key.app.secret]) }]
#                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[workload-static-credentials]: the ECS task definition `aws_ecs_task_definition.task` carries the access key `aws_iam_access_key.app` in `AWS_SECRET_ACCESS_KEY`
  }])
}

resource "aws_instance" "bare" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[workload-without-role]: the EC2 instance `aws_instance.bare` has no role
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
}

resource "aws_instance" "empty" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[workload-without-role]: the EC2 instance `aws_instance.empty` has no role
  ami                  = "ami-0123456789abcdef0"
  instance_type        = "t3.micro"
  iam_instance_profile = ""
}

resource "aws_instance" "carrying" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[workload-without-role]: the EC2 instance `aws_instance.carrying` has no role and carries long-lived credentials
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  user_data     = "export AWS_SECRET_ACCESS_KEY=given"
}

resource "aws_instance" "with_profile" {
  ami                  = "ami-0123456789abcdef0"
  instance_type        = "t3.micro"
  iam_instance_profile = "app"
}

resource "aws_iam_instance_profile" "hollow" {
  name = "hollow"
}

resource "aws_instance" "with_hollow_profile" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[workload-without-role]: the EC2 instance `aws_instance.with_hollow_profile` has no role
  ami                  = "ami-0123456789abcdef0"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.hollow.name
}

resource "aws_ecs_task_definition" "without_task_role" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[workload-without-role]: the ECS task definition `aws_ecs_task_definition.without_task_role` has no role
  family                = "app"
  execution_role_arn    = "arn:aws:iam::111122223333:role/pull"
  container_definitions = "[]"
}

resource "aws_ecs_task_definition" "with_task_role" {
  family                = "other"
  task_role_arn         = "arn:aws:iam::111122223333:role/other"
  container_definitions = "[]"
}

# The template is asked, and so is nobody who starts from it.
resource "aws_launch_template" "bare" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[workload-without-role]: the launch template `aws_launch_template.bare` has no role
  name = "bare"
}

resource "aws_instance" "from_bare" {
  launch_template {
    id = aws_launch_template.bare.id
  }
}

# Nodes of a managed group run with the role of the group.
resource "aws_launch_template" "nodes" {
  name = "nodes"
}

resource "aws_eks_node_group" "nodes" {
  cluster_name  = "app"
  node_role_arn = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids    = ["subnet-0123456789abcdef0"]

  launch_template {
    name    = aws_launch_template.nodes.name
    version = 1
  }
}

# Not all that start from it bring a role of their own.
resource "aws_launch_template" "mixed" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[workload-without-role]: the launch template `aws_launch_template.mixed` has no role
  name = "mixed"
}

resource "aws_instance" "from_mixed" {
  launch_template {
    name = "mixed"
  }
}

resource "aws_instance" "from_mixed_with_profile" {
  iam_instance_profile = "app"

  launch_template {
    name = "mixed"
  }
}

resource "aws_instance" "from_elsewhere" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[workload-without-role]: whether the EC2 instance `aws_instance.from_elsewhere` has a role is not known: the text of `launch template elsewhere` is not at hand
  launch_template {
    name = "elsewhere"
  }
}

resource "aws_launch_configuration" "bare" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[workload-without-role]: the launch configuration `aws_launch_configuration.bare` has no role
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
}

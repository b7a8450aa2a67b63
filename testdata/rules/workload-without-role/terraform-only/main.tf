# What may be left out depends on a variable.
variable "with_profile" {
  type = bool
}

variable "profile_arn" {
  type    = string
  default = null
}

data "aws_iam_instance_profile" "app" {
  name = "app"
}

resource "aws_instance" "either" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[workload-without-role]: the EC2 instance `aws_instance.either` has no role when not var.with_profile
  iam_instance_profile = var.with_profile ? "app" : null
}

resource "aws_instance" "in_both" {
  iam_instance_profile = var.with_profile ? "app" : "other"
}

resource "aws_instance" "of_data" {
  iam_instance_profile = data.aws_iam_instance_profile.app.name
}

resource "aws_launch_template" "by_arn_or_name" {
  name = "by-arn-or-name"

  iam_instance_profile {
    arn  = var.profile_arn
    name = var.profile_arn == null ? "app" : null
  }
}

resource "aws_launch_template" "perhaps" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[workload-without-role]: the launch template `aws_launch_template.perhaps` has no role when not var.with_profile
  name = "perhaps"

  dynamic "iam_instance_profile" {
    for_each = var.with_profile ? ["app"] : []

    content {
      name = iam_instance_profile.value
    }
  }
}

# What has to be given may be null.
variable "profile" {
  type = string
}

resource "aws_instance" "open" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[workload-without-role]: whether the EC2 instance `aws_instance.open` has a role is not known: `var.profile` has no value
  iam_instance_profile = var.profile
}

# The role of a job is demanded, whether it is there or not.
resource "aws_glue_job" "job" {
  name     = "job"
  role_arn = var.with_profile ? "arn:aws:iam::111122223333:role/job" : null
}

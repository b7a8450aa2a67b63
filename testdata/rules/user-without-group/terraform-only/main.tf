# Regions of two providers are not the same; those of one are, whatever the data source is called.
provider "aws" {
  region = var.main
}

provider "aws" {
  alias  = "west"
  region = var.west
}

variable "main" { type = string }
variable "west" { type = string }

data "aws_region" "main" {}

data "aws_region" "here" {}

data "aws_region" "west" {
  provider = aws.west
}

resource "aws_iam_user" "elsewhere" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[user-without-group]: whether the user `aws_iam_user.elsewhere` joins a group is not known: `data.aws_region.main.name` depends on where it is deployed
  name = "elsewhere-${data.aws_region.west.name}"
}

resource "aws_iam_user_group_membership" "elsewhere" {
  user   = "elsewhere-${data.aws_region.main.name}"
  groups = ["readers"]
}

resource "aws_iam_user" "here" {
  name = "here-${data.aws_region.here.name}"
}

resource "aws_iam_user_group_membership" "here" {
  user   = "here-${data.aws_region.main.id}"
  groups = ["readers"]
}

# A module has the provider of its caller, unless it is given another.
module "inner" {
  source = "./inner"
  group  = "inner"
}

resource "aws_iam_user" "inner" {
  name = "inner-${data.aws_region.main.name}"
}

module "west" {
  source = "./inner"
  group  = "other"

  providers = {
    aws = aws.west
  }
}

resource "aws_iam_user" "other" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[user-without-group]: whether the user `aws_iam_user.other` joins a group is not known: `data.aws_region.main.name` depends on where it is deployed
  name = "other-${data.aws_region.main.name}"
}

variable "group" { type = string }

data "aws_region" "current" {}

resource "aws_iam_user_group_membership" "member" {
  user   = "${var.group}-${data.aws_region.current.name}"
  groups = ["readers"]
}

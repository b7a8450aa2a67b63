variable "create" {
  type    = bool
  default = true
}

variable "fallback" {
  type    = string
  default = ""
}

locals {
  role   = element(concat(aws_iam_role.this.*.name, [var.fallback]), 0)
  policy = concat(aws_iam_policy.this[*].arn, [""])[0]
  report = join("", aws_iam_policy.report[*].arn)
}

resource "aws_iam_role" "this" {
  count              = var.create ? 1 : 0
  name               = "worker"
  description        = "Works through the queue"
  assume_role_policy = join("", data.aws_iam_policy_document.trust[*].json)
}

data "aws_iam_policy_document" "trust" {
  count = var.create ? 1 : 0
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "this" {
  count  = var.create ? 1 : 0
  name   = "worker"
  policy = one(data.aws_iam_policy_document.work[*].json)
}

resource "aws_iam_policy" "report" {
  count  = var.create && var.fallback != "" ? 1 : 0
  name   = "report"
  policy = one(data.aws_iam_policy_document.work[*].json)
}

data "aws_iam_policy_document" "work" {
  count = var.create ? 1 : 0
  statement {
    actions   = ["sqs:*"]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  count      = var.create ? 1 : 0
  role       = local.role
  policy_arn = local.policy
}

resource "aws_iam_role_policy_attachment" "report" {
  count      = local.report == "" ? 0 : 1
  role       = local.role
  policy_arn = local.report
}

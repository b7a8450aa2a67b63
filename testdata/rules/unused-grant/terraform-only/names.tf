# What is not known of a name is the same wherever the name is used.
variable "stage" {
  type = string
}

data "aws_caller_identity" "current" {}

resource "aws_iam_policy" "staged" {
  count  = 1
  name   = "staged-${var.stage}"
  policy = local.document
}

resource "aws_iam_role_policy_attachment" "staged" {
  role       = "export"
  policy_arn = join("", aws_iam_policy.staged[*].arn)
}

resource "aws_iam_policy" "spelled" {
  name   = "spelled-${var.stage}"
  policy = local.document
}

resource "aws_iam_role_policy_attachment" "spelled" {
  role       = "export"
  policy_arn = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:policy/${aws_iam_policy.spelled.name}"
}

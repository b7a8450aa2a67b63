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

# To one of two roles, or to one or none.
resource "aws_iam_policy" "either" {
  name   = "either"
  policy = local.document
}

resource "aws_iam_role_policy_attachment" "either" {
  role       = var.stage == "live" ? "export" : "import"
  policy_arn = aws_iam_policy.either.arn
}

resource "aws_iam_policy" "perhaps" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[unused-grant]: whether the policy `perhaps` is attached to anything is not known: `var.stage` has no value
  name   = "perhaps"
  policy = local.document
}

resource "aws_iam_policy_attachment" "perhaps" {
  name       = "perhaps"
  roles      = var.stage == "live" ? ["export"] : []
  policy_arn = aws_iam_policy.perhaps.arn
}

variable "create" {
  type = bool
}

# As many as there are attachments.
resource "aws_iam_policy" "counted" {
  count  = var.create ? 1 : 0
  name   = "counted"
  policy = local.document
}

resource "aws_iam_role_policy_attachment" "counted" {
  count      = var.create ? 1 : 0
  role       = "export"
  policy_arn = aws_iam_policy.counted[0].arn
}

# One policy, and perhaps no attachment.
resource "aws_iam_policy" "always" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[unused-grant]: whether the policy `always` is attached to anything is not known: `var.create` has no value when not var.create
  name   = "always"
  policy = local.document
}

resource "aws_iam_role_policy_attachment" "always" {
  count      = var.create ? 1 : 0
  role       = "export"
  policy_arn = aws_iam_policy.always.arn
}

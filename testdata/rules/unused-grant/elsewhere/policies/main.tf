locals {
  document = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::billing/*" }]
  })
}

# Three that another deployment speaks of, and one that it does not.
resource "aws_iam_policy" "attached" {
  name   = "attached"
  policy = local.document
}

resource "aws_iam_policy" "looked_up" {
  name   = "looked-up"
  policy = local.document
}

resource "aws_iam_policy" "boundary" {
  name   = "boundary"
  policy = local.document
}

resource "aws_iam_policy" "idle" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unused-grant]: the policy `idle` is attached to nothing
  name   = "idle"
  policy = local.document
}

resource "aws_iam_group" "auditors" {
  name = "auditors"
}

resource "aws_iam_group_policy_attachment" "auditors" {
  group      = aws_iam_group.auditors.name
  policy_arn = "arn:aws:iam::aws:policy/SecurityAudit"
}

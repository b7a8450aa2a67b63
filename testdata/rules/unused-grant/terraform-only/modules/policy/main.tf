variable "name" {
  type = string
}

resource "aws_iam_policy" "this" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unused-grant]: the policy `idle` is attached to nothing
  name   = var.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::billing/*" }] })
}

output "arn" {
  value = aws_iam_policy.this.arn
}

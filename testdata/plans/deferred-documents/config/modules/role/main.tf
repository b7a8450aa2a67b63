variable "policy" { type = string }

resource "aws_iam_role" "this" {
  name        = "archiver"
  description = "Runs the jobs that move files to the archive"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "batch.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "this" {
  name   = "files"
  role   = aws_iam_role.this.id
  policy = var.policy
}

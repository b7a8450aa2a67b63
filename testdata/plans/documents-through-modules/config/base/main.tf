variable "bucket" { type = string }

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "Read"
    actions   = ["s3:List*", "s3:GetObject"]
    resources = ["arn:aws:s3:::${var.bucket}", "arn:aws:s3:::${var.bucket}/*"]
  }
}

data "aws_iam_policy_document" "write" {
  statement {
    sid       = "Write"
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::${var.bucket}/*"]
  }
}

output "read" {
  value = data.aws_iam_policy_document.read.json
}

output "all" {
  value = {
    read  = data.aws_iam_policy_document.read.json
    write = data.aws_iam_policy_document.write.json
  }
}

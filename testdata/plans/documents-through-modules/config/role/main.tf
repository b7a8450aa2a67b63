variable "name" { type = string }

variable "sources" { type = list(string) }

variable "override" {
  type    = list(string)
  default = []
}

data "aws_iam_policy_document" "this" {
  source_policy_documents   = var.sources
  override_policy_documents = var.override
}

resource "aws_iam_role" "this" {
  name        = var.name
  description = "Works on the ledger as a ${var.name}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "this" {
  name   = "ledger"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.this.json
}

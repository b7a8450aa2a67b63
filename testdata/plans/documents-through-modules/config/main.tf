module "base" {
  source = "./base"
  bucket = "ledger"
}

data "aws_iam_policy_document" "overriding" {
  statement {
    sid       = "Write"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["*"]
  }
  statement {
    sid       = "Keys"
    actions   = ["kms:*"]
    resources = ["*"]
  }
}

module "reader" {
  source   = "./role"
  name     = "reader"
  sources  = [module.base.read]
  override = [data.aws_iam_policy_document.overriding.json]
}

module "writer" {
  source  = "./role"
  name    = "writer"
  sources = values(module.base.all)
}

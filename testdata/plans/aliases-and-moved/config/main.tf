provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "audit"
  region = "us-east-1"
}

module "main" {
  source = "./account"
  name   = "main"
}

module "audit" {
  source    = "./account"
  name      = "audit"
  providers = { aws = aws.audit }
}

moved {
  from = module.old
  to   = module.audit
}

resource "aws_iam_user_policy_attachment" "audit" {
  provider   = aws.audit
  user       = module.audit.user.name
  policy_arn = "arn:aws:iam::aws:policy/SecurityAudit"
}

# Policy documents that Terraform can only read once other resources exist.

resource "aws_s3_bucket" "archive" {
  bucket_prefix = "archive-"
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Everything"
    actions   = ["iam:*"]
    resources = ["*", aws_s3_bucket.archive.arn]
  }
}

data "aws_iam_policy_document" "team" {
  for_each                = toset(["data", "ops"])
  source_policy_documents = [data.aws_iam_policy_document.base.json]

  statement {
    sid       = "Files"
    actions   = each.key == "ops" ? ["s3:*"] : ["s3:GetObject"]
    resources = ["${aws_s3_bucket.archive.arn}/*"]
  }
}

resource "aws_iam_policy" "team" {
  for_each    = data.aws_iam_policy_document.team
  name        = each.key
  description = "What the team ${each.key} may do with the archive"
  policy      = each.value.json
}

resource "aws_iam_group" "team" {
  for_each = toset(["data", "ops"])
  name     = each.key
}

resource "aws_iam_group_policy" "team" {
  for_each = aws_iam_group.team
  name     = "files"
  group    = each.value.name
  policy   = data.aws_iam_policy_document.team[each.key].json
}

module "role" {
  source = "./modules/role"
  policy = data.aws_iam_policy_document.team["ops"].json
}

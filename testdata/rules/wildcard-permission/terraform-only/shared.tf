data "aws_iam_policy_document" "looped" {
  dynamic "statement" {
    for_each = toset(["s3:GetObject", "s3:PutObject", "sns:Publish", "sqs:SendMessage"])
    content {
      actions   = [statement.value]
      resources = ["*"]
#                  ^^^ error[wildcard-permission]: the policy `aws_iam_policy.shared["a"]` and 2 more allow `s3:GetObject`, `s3:PutObject`, `sns:Publish` and 1 more on every resource
    }
  }
}

resource "aws_iam_policy" "shared" {
  for_each = toset(["a", "b", "c"])
  name     = each.key
  policy   = data.aws_iam_policy_document.looped.json
}

resource "aws_iam_policy" "services" {
  for_each = toset(["sns", "sqs"])
  name     = each.key
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "${each.key}:*", Resource = "arn:aws:${each.key}:*:111122223333:app" }]
#                                             ^^^^^^^^^^^^^^^ error[wildcard-permission]: the policy `aws_iam_policy.services["sns"]` and 1 more allow every action of `sns` and `sqs`
  })
}

variable "name" { type = string }

variable "path" { type = string }

variable "grants" {
  type = list(object({
    actions   = list(string)
    resources = list(string)
    mfa       = bool
  }))
}

resource "aws_iam_group" "this" {
  name = var.name
  path = var.path
}

data "aws_iam_policy_document" "this" {
  dynamic "statement" {
    for_each = { for index, grant in var.grants : "Grant${index}" => grant }
    iterator = each_grant
    content {
      sid       = each_grant.key
      actions   = each_grant.value.actions
      resources = each_grant.value.resources

      dynamic "condition" {
        for_each = each_grant.value.mfa ? ["true"] : []
        content {
          test     = "Bool"
          variable = "aws:MultiFactorAuthPresent"
          values   = [condition.value]
        }
      }
    }
  }
}

resource "aws_iam_group_policy" "this" {
  count  = length(var.grants) > 0 ? 1 : 0
  name   = "grants"
  group  = aws_iam_group.this.name
  policy = data.aws_iam_policy_document.this.json
}

output "group" {
  value = aws_iam_group.this.name
}

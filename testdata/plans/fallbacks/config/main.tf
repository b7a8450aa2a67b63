variable "policy" {
  type    = any
  default = { actions = "s3:*" }
}

variable "resources" {
  type    = list(string)
  default = []
}

locals {
  actions   = try(tolist(var.policy.actions), [tostring(var.policy.actions)])
  resources = coalescelist(var.resources, try(var.policy.resources, []), ["*"])
  effect    = can(var.policy.deny) ? "Deny" : "Allow"
  name      = coalesce(lookup(var.policy, "name", null), "fallback")
}

resource "aws_iam_policy" "this" {
  name = local.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for resource in local.resources : { Effect = local.effect, Action = local.actions, Resource = resource }]
  })
}

locals {
  defaults = { path = "/", tags = { Owner = "platform" }, policies = [] }

  users = {
    ann   = { policies = ["ReadOnlyAccess"] }
    bob   = { path = "/staff/", tags = { Purpose = "pager" } }
    robot = null
  }

  merged = { for name, user in local.users : name => merge(local.defaults, user) }

  attached = { for pair in flatten([for name, user in local.merged : [for policy in lookup(user, "policies", []) : { user = name, policy = policy }]]) : "${pair.user}.${pair.policy}" => pair }
}

resource "aws_iam_user" "this" {
  for_each = local.merged
  name     = each.key
  path     = each.value.path
  tags     = merge(local.defaults.tags, lookup(each.value, "tags", {}))
}

resource "aws_iam_user_policy_attachment" "this" {
  for_each   = local.attached
  user       = aws_iam_user.this[each.value.user].name
  policy_arn = format("arn:aws:iam::aws:policy/%s", each.value.policy)
}

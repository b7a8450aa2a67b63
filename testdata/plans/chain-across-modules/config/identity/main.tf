variable "users" {
  type = map(object({ key = bool, groups = list(string) }))
}

locals {
  with_key = { for name, user in var.users : name => user if user.key }
}

resource "aws_iam_group" "this" {
  for_each = toset(flatten(values(var.users)[*].groups))
  name     = each.key
}

resource "aws_iam_user" "this" {
  for_each = var.users
  name     = each.key
}

resource "aws_iam_user_group_membership" "this" {
  for_each = var.users
  user     = aws_iam_user.this[each.key].name
  groups   = [for group in each.value.groups : aws_iam_group.this[group].name]
}

resource "aws_iam_access_key" "this" {
  for_each = local.with_key
  user     = aws_iam_user.this[each.key].name
}

output "credentials" {
  sensitive = true
  value     = { for name, key in aws_iam_access_key.this : name => { id = key.id, secret = key.secret } }
}

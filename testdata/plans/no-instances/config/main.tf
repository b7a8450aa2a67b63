variable "extra" {
  type    = bool
  default = false
}

module "extra" {
  source = "./extra"
  count  = var.extra ? 1 : 0
}

module "kept" {
  source = "./extra"
  count  = var.extra ? 0 : 1
  name   = try(module.extra[0].user, "kept")
}

resource "aws_iam_user_policy_attachment" "extra" {
  for_each   = toset(module.extra[*].user)
  user       = each.value
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

output "names" {
  value = concat(module.extra[*].user, module.kept[*].user)
}

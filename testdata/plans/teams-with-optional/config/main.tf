variable "teams" {
  type = map(object({
    members = optional(list(string), [])
    path    = optional(string, "/teams/")
    grants = optional(list(object({
      actions   = list(string)
      resources = optional(list(string), ["*"])
      mfa       = optional(bool, true)
    })), [])
  }))
  default = {
    data = {
      members = ["ann", "bob"]
      grants  = [{ actions = ["athena:*"] }, { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::lake/*"], mfa = false }]
    }
    web = {
      path = "/web/"
    }
  }
}

module "team" {
  source   = "./team"
  for_each = var.teams
  name     = each.key
  path     = each.value.path
  grants   = each.value.grants
}

resource "aws_iam_user" "member" {
  for_each = toset(flatten([for team in var.teams : team.members]))
  name     = each.value
}

resource "aws_iam_user_group_membership" "member" {
  for_each = merge([for name, team in var.teams : { for member in team.members : "${name}/${member}" => { team = name, user = member } }]...)
  user     = aws_iam_user.member[each.value.user].name
  groups   = [module.team[each.value.team].group]
}

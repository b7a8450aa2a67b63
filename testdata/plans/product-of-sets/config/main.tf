locals {
  stages   = ["dev", "live"]
  services = { api = ["AmazonS3ReadOnlyAccess"], jobs = ["PowerUserAccess", "AmazonSQSFullAccess"] }

  roles = { for pair in setproduct(local.stages, keys(local.services)) : join("-", pair) => { stage = pair[0], service = pair[1] } }

  attachments = flatten([
    for name, role in local.roles : [
      for policy in local.services[role.service] : { role = name, policy = policy } if role.stage == "live" || policy != "PowerUserAccess"
    ]
  ])
}

resource "aws_iam_role" "service" {
  for_each    = local.roles
  name        = each.key
  description = format("Runs the service %s in the stage %s", each.value.service, each.value.stage)
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "service" {
  for_each   = { for one in local.attachments : "${one.role}:${one.policy}" => one }
  role       = aws_iam_role.service[each.value.role].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value.policy}"
}

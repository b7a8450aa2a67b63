locals {
  queues = {
    orders  = { actions = ["SendMessage", "ReceiveMessage"], all = false }
    returns = { actions = [], all = true }
  }
}

resource "aws_iam_policy" "queue" {
  for_each = local.queues
  name     = "queue-${each.key}"
  policy = templatefile("${path.module}/queue.json.tftpl", {
    queue   = each.key
    actions = each.value.actions
    all     = each.value.all
  })
}

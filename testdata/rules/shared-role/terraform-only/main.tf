# The instances of a module are one workload, as those of a block are.
resource "aws_iam_role" "of_a_module" {
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

module "worker" {
  source   = "./worker"
  for_each = toset(["a", "b.c[d]"])
  name     = each.key
  role     = aws_iam_role.of_a_module.arn
}

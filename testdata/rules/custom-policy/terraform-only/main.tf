# What a module calls an ARN is one of something, although the text of the module is not at hand.
module "jobs" {
  source = "git::https://example.com/modules/queue.git"
#          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[module-not-found]: the module `git::https://example.com/modules/queue.git` is not installed; what it makes is not known
}

resource "aws_iam_policy" "jobs" {
  name        = "jobs"
  description = "Lets the nightly jobs use their queue"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:*"], Resource = [module.jobs.queue_arn] }]
  })
}

resource "aws_iam_policy" "perhaps" {
  name        = "perhaps"
  description = "Lets the nightly jobs use what the module says"
  policy = jsonencode({
#          ^^^^^^^^^^^^~ undetermined[custom-policy]: whether the policy `aws_iam_policy.perhaps` grants what the AWS-managed policy `AmazonSQSFullAccess` grants is not known: the text of `module.jobs.resource` is not at hand
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:*"], Resource = [module.jobs.resource] }]
  })
}

# What is wrong with a document is told by another rule.
resource "aws_iam_policy" "wrong" {
  name        = "wrong"
  description = "Lets the nightly jobs do what nobody knows"
  policy      = "{}"
}

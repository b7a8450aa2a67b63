resource "aws_iam_policy" "queues" {
  name = "queues"
  policy = jsonencode({
#          ^^^^^^^^^^^^~ note[custom-policy]: the policy `aws_iam_policy.queues` is a custom policy
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:GetQueueUrl", "sqs:ListQueues"], Resource = "*" }]
  })
}

resource "aws_iam_policy" "own" {
  name = "own"
  policy = jsonencode({
#          ^^^^^^^^^^^^~ note[custom-policy]: the policy `aws_iam_policy.own` is a custom policy
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "example:DoThis", Resource = "*" }]
  })
}

resource "aws_iam_policy" "reader" {
  name = "reader"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:Get*", "s3:List*"], Resource = "*" }]
#                                              ^^^^^^^^^ warning[custom-policy]: the policy `aws_iam_policy.reader` grants what the AWS-managed policy `AmazonS3ReadOnlyAccess` grants
  })
}

variable "resources" {
  type = string
}

variable "document" {
#<^^^^^^^^^^^^^^^^^ undetermined[custom-policy]: whether the policy `aws_iam_policy.anything` grants what a policy of AWS grants is not known: `var.document` has no value
  type = string
}

resource "aws_iam_role" "function" {
  name = "function"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role" "instance" {
  name = "instance"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

# The same, for the service that it is made for.
resource "aws_iam_role_policy" "logs" {
  name = "logs"
  role = aws_iam_role.function.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
#                 ^^^^^^^^^^^^^^^^^^^^^ warning[custom-policy]: the inline policy `logs` grants what the AWS-managed policy `AWSLambdaBasicExecutionRole` grants
      Resource = "arn:aws:logs:*:*:*"
    }]
  })
}

# The same, for a role that another service assumes.
resource "aws_iam_role_policy" "instance_logs" {
  name = "instance-logs"
  role = aws_iam_role.instance.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "*"
    }]
  })
}

# A part, made for the service.
resource "aws_iam_role_policy" "work" {
  name = "work"
  role = aws_iam_role.function.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], Resource = "*" },
#                                   ^^^^^^^^^^^^^^^^^^^^^ warning[custom-policy]: the inline policy `work` grants what the AWS-managed policy `AWSLambdaBasicExecutionRole` grants, plus `dynamodb:GetItem`, `dynamodb:PutItem`, `dynamodb:Query` and 1 more
      { Effect = "Allow", Action = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"], Resource = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders" },
    ]
  })
}

# A policy of AWS and one action.
resource "aws_iam_policy" "writer" {
  name = "writer"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:Get*", "s3:List*", "s3:PutObject"], Resource = "*" }]
#                                              ^^^^^^^^^ warning[custom-policy]: the policy `aws_iam_policy.writer` grants what the AWS-managed policy `AmazonS3ReadOnlyAccess` grants, plus `s3:PutObject`
  })
}

# One bucket is less than every bucket.
resource "aws_iam_policy" "one_bucket" {
  name = "one-bucket"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:Get*", "s3:List*"], Resource = ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"] }]
  })
}

# A condition is a limit too.
resource "aws_iam_policy" "conditional" {
  name = "conditional"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["s3:Get*", "s3:List*"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:ResourceAccount" = "111122223333" } }
    }]
  })
}

# What a Deny takes away would come back.
resource "aws_iam_policy" "but_secrets" {
  name = "but-secrets"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:Get*", "s3:List*"], Resource = "*" },
      { Effect = "Deny", Action = "s3:GetObject", Resource = "arn:aws:s3:::secret/*" },
    ]
  })
}

# Everything is no advice.
resource "aws_iam_policy" "everything" {
  name = "everything"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}

# Most of it is not what a policy of AWS grants.
resource "aws_iam_policy" "mixed" {
  name = "mixed"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:Get*", "s3:List*", "sqs:*", "sns:Publish", "kms:Decrypt"], Resource = "*" }]
  })
}

# It depends on what the resource is.
resource "aws_iam_policy" "somewhere" {
  name = "somewhere"
  policy = jsonencode({
#          ^^^^^^^^^^^^~ undetermined[custom-policy]: whether the policy `aws_iam_policy.somewhere` grants what the AWS-managed policy `AmazonS3ReadOnlyAccess` grants is not known: `var.resources` has no value
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:Get*", "s3:List*"], Resource = var.resources }]
  })
}

resource "aws_iam_policy" "anything" {
  name   = "anything"
  policy = var.document
}

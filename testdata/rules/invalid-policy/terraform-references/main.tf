data "aws_caller_identity" "current" {}

variable "path" { type = string }

resource "aws_s3_bucket" "reports" { bucket = "shop-reports" }
resource "aws_s3_bucket" "uploads" {}
resource "aws_dynamodb_table" "orders" { name = "orders" }
#                                               ^^^^^^^^ error[invalid-policy]: AWS refuses the inline policy of `aws_iam_role_policy.names`: the resource `orders` is neither an ARN nor `*`
resource "aws_sns_topic" "topic" { name = "topic" }

resource "aws_iam_role" "shop" {
  name        = "shop"
  description = "Lets the order function read the reports of the shop"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

# Buckets have no objects in their own names, however these are written.
resource "aws_iam_role_policy" "buckets" {
  role = aws_iam_role.shop.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Resource = aws_s3_bucket.reports.arn },
#                                  ^^^^^^^^^^^^^^ error[invalid-policy]: the inline policy of `aws_iam_role_policy.buckets` cannot mean what it says: `s3:GetObject` is not used with any of the statement's resources, so it allows nothing here
      { Effect = "Allow", Action = "s3:GetObjectTagging", Resource = aws_s3_bucket.uploads.arn },
#                                  ^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: the inline policy of `aws_iam_role_policy.buckets` cannot mean what it says: `s3:GetObjectTagging` is not used with any of the statement's resources, so it allows nothing here
      { Effect = "Allow", Action = "s3:GetObjectAcl", Resource = "arn:aws:s3:::${aws_s3_bucket.uploads.id}" },
#                                  ^^^^^^^^^^^^^^^^^ error[invalid-policy]: the inline policy of `aws_iam_role_policy.buckets` cannot mean what it says: `s3:GetObjectAcl` is not used with any of the statement's resources, so it allows nothing here
      { Effect = "Allow", Action = "s3:GetObjectVersion", Resource = "arn:aws:s3:::reports-${data.aws_caller_identity.current.account_id}" },
#                                  ^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: the inline policy of `aws_iam_role_policy.buckets` cannot mean what it says: `s3:GetObjectVersion` is not used with any of the statement's resources, so it allows nothing here
      { Effect = "Allow", Action = "s3:ListBucket", Resource = "${aws_s3_bucket.uploads.arn}/*" },
#                                  ^^^^^^^^^^^^^^^ error[invalid-policy]: the inline policy of `aws_iam_role_policy.buckets` cannot mean what it says: `s3:ListBucket` is not used with any of the statement's resources, so it allows nothing here
    ]
  })
}

# Objects have, and a variable may hold a slash.
resource "aws_iam_role_policy" "objects" {
  role = aws_iam_role.shop.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Resource = ["${aws_s3_bucket.reports.arn}/*", "arn:aws:s3:::${aws_s3_bucket.uploads.id}/*"] },
      { Effect = "Allow", Action = "s3:GetObjectAcl", Resource = "arn:aws:s3:::${var.path}" },
      { Effect = "Allow", Action = "s3:ListBucket", Resource = aws_s3_bucket.uploads.arn },
    ]
  })
}

# Names are no ARNs.
resource "aws_iam_role_policy" "names" {
  role = aws_iam_role.shop.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "dynamodb:GetItem", Resource = aws_dynamodb_table.orders.name },
      { Effect = "Allow", Action = "sns:Publish", Resource = aws_sns_topic.topic.id },
    ]
  })
}

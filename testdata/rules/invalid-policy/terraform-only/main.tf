variable "reads_only" {
  type = bool
}

variable "statements" {
  type = list(any)
}

resource "aws_s3_bucket" "billing" {
  bucket = "billing"
}

# Which of two actions it is is not known.
resource "aws_iam_policy" "either" {
  name = "either"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = var.reads_only ? "s3:ReadObject" : "s3:PutObject", Resource = "arn:aws:s3:::billing/*" },
#                                                   ^^^^^^^^^^^^^^^ undetermined[invalid-policy]: whether the policy `aws_iam_policy.either` is valid is not known, as `s3` has no action `ReadObject`, so it allows nothing: `var.reads_only` has no value when var.reads_only
    ]
  })
}

resource "aws_iam_policy" "old" {
  name   = "old"
  policy = jsonencode({ Version = "2008-10-17", Statement = [{ Effect = "Allow", Action = "sqs:ListQueues", Resource = "*" }] })
#                                 ^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.old`: a customer-managed policy must have the `Version` 2012-10-17, not 2008-10-17
}

resource "aws_iam_policy" "unversioned" {
  name   = "unversioned"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sqs:ListQueues", Resource = "*" }] })
#          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.unversioned`: a customer-managed policy must have the `Version` 2012-10-17, and this one has none
}

# What is known is judged beside what is not.
resource "aws_iam_policy" "open" {
  name = "open"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(var.statements, [{ Effect = "Deny", Action = "iam:DeleteUsr", Resource = "*" }])
#                                                                   ^^^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.open` cannot mean what it says: `iam` has no action `DeleteUsr`, so it denies nothing
  })
}

# The ARN of a bucket is that of a bucket before it is known.
data "aws_iam_policy_document" "billing" {
  statement {
    actions   = ["s3:GetObject", "s3:GetBucketLocation"]
#                ^^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.one` cannot mean what it says: `s3:GetObject` is not used with any of the statement's resources, so it allows nothing here
    resources = [aws_s3_bucket.billing.arn]
  }

  statement {
    actions   = ["s3:GetObject", "s3:ListBucket"]
#                                ^^^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.one` cannot mean what it says: `s3:ListBucket` is not used with any of the statement's resources, so it allows nothing here
    resources = ["${aws_s3_bucket.billing.arn}/*"]
  }
}

# One document of two policies is wrong once.
resource "aws_iam_policy" "one" {
  name   = "one"
  policy = data.aws_iam_policy_document.billing.json
}

resource "aws_iam_policy" "two" {
  name   = "two"
  policy = data.aws_iam_policy_document.billing.json
}

# Both policies fit by themselves, and not together.
resource "aws_iam_user" "large" {
  name = "large"
}

resource "aws_iam_user_policy" "large" {
  count  = 2
  name   = "large-${count.index}"
  user   = aws_iam_user.large.name
# ^^^^ error[invalid-policy]: AWS refuses the inline policies of `aws_iam_user_policy.large[0]`: they have 2968 characters without white space together, and those of a user may have 2,048
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = [for i in range(50) : "arn:aws:s3:::billing/${i}/*"] }] })
}

resource "aws_iam_policy" "large" {
  name   = "large"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = [for i in range(300) : "arn:aws:s3:::billing/${i}/*"] }] })
#          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.large`: it has 8684 characters without white space, and a customer-managed policy may have 6,144
}

# One of two forms, whichever a variable without a value asks for; and two that may be there at once.
variable "names_actions" {
  type = bool
}

variable "names_others" {
  type = bool
}

data "aws_iam_policy_document" "one_form" {
  statement {
    effect      = "Deny"
    actions     = var.names_actions ? ["s3:GetObject"] : null
    not_actions = var.names_actions ? null : ["s3:PutObject"]
    resources   = ["arn:aws:s3:::billing/*"]
  }
}

resource "aws_iam_policy" "one_form" {
  name   = "one_form"
  policy = data.aws_iam_policy_document.one_form.json
}

data "aws_iam_policy_document" "perhaps_both" {
  statement {
# ^^^^^^^^^ undetermined[invalid-policy]: whether the policy `aws_iam_policy.perhaps_both` is valid is not known, as the statement has `Action` and `NotAction`: `var.names_actions` has no value when var.names_actions and var.names_others
    effect      = "Deny"
    actions     = var.names_actions ? ["s3:GetObject"] : null
    not_actions = var.names_others ? ["s3:PutObject"] : null
    resources   = ["arn:aws:s3:::billing/*"]
  }
}

resource "aws_iam_policy" "perhaps_both" {
  name   = "perhaps_both"
  policy = data.aws_iam_policy_document.perhaps_both.json
}

# Names and ARNs in each other's place.
variable "given" {
  type = string
}

resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "bare" {
  role       = aws_iam_role.app.name
  policy_arn = "AdministratorAccess"
#              ^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses `aws_iam_role_policy_attachment.bare`: `AdministratorAccess` is not the ARN of a policy
}

resource "aws_iam_role_policy_attachment" "by_arn" {
  role       = aws_iam_role.app.arn
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses `aws_iam_role_policy_attachment.by_arn`: an ARN stands in the place of the name of a role
}

resource "aws_iam_role_policy_attachment" "given" {
  role       = aws_iam_role.app.id
  policy_arn = var.given
}

# AWS adds characters to the name of a secret, and its ARN is that of one secret all the same.
resource "aws_secretsmanager_secret" "orders" {
  name = "shop/orders"
}

resource "aws_iam_role_policy" "secrets" {
  role = aws_iam_role.app.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["secretsmanager:GetSecretValue", "secretsmanager:ListSecrets"], Resource = aws_secretsmanager_secret.orders.arn },
#                                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: the inline policy of `aws_iam_role_policy.secrets` cannot mean what it says: `secretsmanager:ListSecrets` can only be used with the resource `*`, so it allows nothing here
      { Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "${aws_secretsmanager_secret.orders.arn}*" },
    ]
  })
}

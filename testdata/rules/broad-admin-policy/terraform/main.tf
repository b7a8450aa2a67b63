data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "app" {
  role       = aws_iam_role.app.name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[broad-admin-policy]: the AWS-managed policy `PowerUserAccess` is nearly administrative and reaches the role `app`, which the service `ec2.amazonaws.com` assumes
}

data "aws_iam_policy_document" "keys" {
  statement {
    actions   = ["kms:*"]
#                ^^^^^^^ error[broad-admin-policy]: the inline policy `keys` is nearly administrative and reaches the role `app`, which the service `ec2.amazonaws.com` assumes
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "keys" {
  name   = "keys"
  role   = aws_iam_role.app.name
  policy = data.aws_iam_policy_document.keys.json
}

resource "aws_iam_group" "staff" {
  name = "staff"
}

resource "aws_iam_group_policy_attachment" "staff" {
  group      = aws_iam_group.staff.name
  policy_arn = "arn:aws:iam::aws:policy/IAMFullAccess"
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[broad-admin-policy]: the AWS-managed policy `IAMFullAccess` is administrative and reaches the group `staff`, which is not approved for administration
}

resource "aws_iam_role_policy_attachment" "clean" {
  role       = aws_iam_role.app.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}

# Another policy denies all that it allows.
resource "aws_iam_role" "denied" {
  name = "denied"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "denied" {
  role       = aws_iam_role.denied.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_role_policy_attachment" "denied_all" {
  role       = aws_iam_role.denied.name
  policy_arn = "arn:aws:iam::aws:policy/AWSDenyAll"
}

# What is left is still far more than a task needs.
resource "aws_iam_role" "denied_some" {
  name = "denied-some"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "denied_some" {
  role       = aws_iam_role.denied_some.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[broad-admin-policy]: the AWS-managed policy `AdministratorAccess` is administrative and reaches the role `denied-some`, which the service `ec2.amazonaws.com` assumes
}

resource "aws_iam_role_policy" "deny_some" {
  role = aws_iam_role.denied_some.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = ["iam:*", "organizations:*"], Resource = "*" }]
  })
}

variable "service" {
  type = string
}

variable "actions" {
  type = list(string)
}

data "aws_iam_policy_document" "wide" {
  statement {
    sid       = "Several"
    actions   = ["s3:GetObject", "ec2:*", "sqs:*"]
#                                ^^^^^^^ error[wildcard-permission]: the policy `aws_iam_policy.wide` allows every action of `ec2` and `sqs`
    resources = ["*"]
  }

  statement {
    sid       = "Everything"
    actions   = ["*"]
#                ^^^ error[wildcard-permission]: the policy `aws_iam_policy.wide` allows every action
    resources = ["arn:aws:s3:::export/*"]
  }

  statement {
    sid         = "Except"
    not_actions = ["iam:*"]
#   ^^^^^^^^^^^ error[wildcard-permission]: the policy `aws_iam_policy.wide` allows every action but the ones in `NotAction`
    resources   = ["*"]
  }

  statement {
    sid           = "Elsewhere"
    actions       = ["s3:GetObject"]
    not_resources = ["arn:aws:s3:::secret/*"]
#   ^^^^^^^^^^^^^ error[wildcard-permission]: the policy `aws_iam_policy.wide` allows its actions on every resource but the ones in `NotResource`
  }

  statement {
    sid       = "AnyService"
    actions   = ["${var.service}:*"]
#                ^^^^^^^^^^^^^^^^^^ error[wildcard-permission]: the policy `aws_iam_policy.wide` allows every action of a service
    resources = ["*"]
  }

  statement {
    sid       = "Unknown"
    actions   = var.actions
#   ^^^^^^^ undetermined[wildcard-permission]: whether the policy `aws_iam_policy.wide` allows whole services is not known: `var.actions` has no value
    resources = ["*"]
  }

  statement {
    sid       = "Tagged"
    actions   = ["ec2:*"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "ec2:ResourceTag/team"
      values   = ["billing"]
    }
  }

  statement {
    sid       = "Denied"
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]
  }

  statement {
    sid       = "Narrow"
    actions   = ["s3:Get*", "ec2:Describe*"]
    resources = ["*"]
#                ^^^ error[wildcard-permission]: the policy `aws_iam_policy.wide` allows `s3:GetAccelerateConfiguration`, `s3:GetAccessGrant`, `s3:GetAccessGrantsLocation` and 54 more on every resource
  }
}

resource "aws_iam_policy" "wide" {
  name   = "wide"
  policy = data.aws_iam_policy_document.wide.json
}

resource "aws_iam_role_policy" "inline" {
  name   = "inline"
  role   = "app"
  policy = <<EOF
{
  "Version": "2012-10-17",
  "Statement": { "Effect": "Allow", "Action": "dynamodb:*", "Resource": "arn:aws:dynamodb:*:*:table/orders" }
#                                             ^^^^^^^^^^^^ error[wildcard-permission]: the inline policy `inline` allows every action of `dynamodb`
}
EOF
}

resource "aws_iam_role_policy" "partly_known" {
  name   = "partly-known"
  role   = "app"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:${var.service}*", Resource = "*" }] })
#                                                                                ^^^^^^ undetermined[wildcard-permission]: whether the inline policy `partly-known` allows whole services is not known: `var.service` has no value
}

resource "aws_iam_policy" "single" {
  name        = "single"
  description = "what the application measures and reports"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "cloudwatch:PutMetricData", Resource = "*", Condition = { StringEquals = { "cloudwatch:namespace" = "app" } } },
      { Effect = "Allow", Action = ["cloudwatch:PutMetricData", "cloudwatch:ListMetrics", "securityhub:EnableSecurityHub"], Resource = "*" },
      { Effect = "Allow", Action = ["cloudwatch:PutMetricData", "cloudwatch:PutMetricAlarm"], Resource = "*" },
#                                                                                                        ^^^ error[wildcard-permission]: the policy `aws_iam_policy.single` allows `cloudwatch:PutMetricAlarm` on every resource
    ]
  })
}

resource "aws_iam_policy" "at_will" {
  name        = "at-will"
  description = "what the application says and looks up"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["translate:TranslateText", "polly:SynthesizeSpeech", "ce:GetCostAndUsage"], Resource = "*" },
      { Effect = "Allow", Action = ["translate:TranslateText", "translate:DeleteTerminology"], Resource = "*" },
#                                                                                                         ^^^ error[wildcard-permission]: the policy `aws_iam_policy.at_will` allows `translate:DeleteTerminology` on every resource
      { Effect = "Allow", Action = ["ec2:Describe*", "logs:Describe*", "cloudformation:DescribeStacks"], Resource = "*" },
      { Effect = "Allow", Action = ["ec2:Get*"], Resource = "*" },
#                                                           ^^^ error[wildcard-permission]: the policy `aws_iam_policy.at_will` allows `ec2:GetActiveVpnTunnelStatus`, `ec2:GetAssociatedEnclaveCertificateIamRoles`, `ec2:GetAssociatedIpv6PoolCidrs` and 52 more on every resource
    ]
  })
}

variable "bucket" {
  type = string
}

resource "aws_iam_policy" "actions" {
  name = "actions"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Twice", Effect = "Allow", Action = "s3:GetObjct", Resource = "arn:aws:s3:::billing/*" },
#                                                 ^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.actions` cannot mean what it says: `s3` has no action `GetObjct`, so it allows nothing
      { Sid = "Twice", Effect = "Deny", Action = ["iam:AtachUserPolicy", "iam:CreateUser, iam:DeleteUser"], Resource = "*" },
#             ^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.actions`: two statements have the `Sid` `Twice`
#                                                 ^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.actions` cannot mean what it says: `iam` has no action `AtachUserPolicy`, so it denies nothing
#                                                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.actions`: the action `iam:CreateUser, iam:DeleteUser` has more than one colon
      { Sid = "not-plain", Effect = "Allow", Action = ["dynamobd:GetItem", "ec?:DescribeRegions"], Resource = "*" },
#             ^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.actions`: the `Sid` `not-plain` has other characters than letters and digits
#                                                      ^^^^^^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.actions` cannot mean what it says: there is no service `dynamobd`, so it allows nothing
#                                                                          ^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.actions`: the action `ec?:DescribeRegions` has a wildcard in the prefix of the service
      { Effect = "Allow", Action = ["GetObject", "s3:Get:Object", "s3: GetObject"], Resource = "*" },
#                                   ^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.actions`: the action `GetObject` does not name a service
#                                                ^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.actions`: the action `s3:Get:Object` has more than one colon
#                                                                 ^^^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.actions` cannot mean what it says: no action is called `s3: GetObject`, so it allows nothing
      { Effect = "Allow", Action = ["*:Untag*", "*:GetObject", "s3*:GetObject", "?:*", ":GetObject", "s3 :GetObject", "s_3:GetObject", "*:*"], Resource = "*" },
#                                   ^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.actions`: the action `*:Untag*` has a wildcard in the prefix of the service
#                                               ^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.actions`: the action `*:GetObject` has a wildcard in the prefix of the service
#                                                              ^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.actions`: the action `s3*:GetObject` has a wildcard in the prefix of the service
#                                                                               ^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.actions`: the action `?:*` has a wildcard in the prefix of the service
#                                                                                      ^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.actions`: the action `:GetObject` has nothing before the colon
#                                                                                                    ^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.actions`: the action `s3 :GetObject` has characters in the prefix of the service that none has
#                                                                                                                     ^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.actions`: the action `s_3:GetObject` has characters in the prefix of the service that none has
      { Effect = "Allow", Action = ["codestar:CreateProject", "sqs:View*", "newservice:GetObject"], Resource = "*" },
#                                   ^^^^^^^^^^^^^^^^^^^^^^^^ note[invalid-policy]: the policy `aws_iam_policy.actions` is out of date: `codestar:CreateProject` is not among the actions that `codestar` has today
    ]
  })
}

resource "aws_iam_policy" "resources" {
  name = "resources"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject", "s3:ListBucket"], Resource = "arn:aws:s3:::billing/*" },
#                                                   ^^^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.resources` cannot mean what it says: `s3:ListBucket` is not used with any of the statement's resources, so it allows nothing here
      { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::billing" },
#                                  ^^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.resources` cannot mean what it says: `s3:GetObject` is not used with any of the statement's resources, so it allows nothing here
      { Effect = "Allow", Action = ["s3:GetObject", "s3:ListBucket"], Resource = "arn:aws:s3:::${var.bucket}" },
      { Effect = "Allow", Action = "kinesis:ListStreams", Resource = "arn:aws:kinesis:eu-west-1:111122223333:stream/billing" },
#                                  ^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.resources` cannot mean what it says: `kinesis:ListStreams` can only be used with the resource `*`, so it allows nothing here
      { Effect = "Allow", Action = "s3:*", Resource = ["billing", "aws:s3:::billing", "arn:amazon:s3:::billing", "arn:aws:s3::billing"] },
#                                                      ^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.resources`: the resource `billing` is neither an ARN nor `*`
#                                                                 ^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.resources`: the resource `aws:s3:::billing` does not start with `arn:`
#                                                                                     ^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.resources`: the resource `arn:amazon:s3:::billing` names no partition of AWS
#                                                                                                                ^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.resources`: the resource `arn:aws:s3::billing` lacks a part of an ARN
      { Effect = "Deny", Action = "iam:*", Resource = ["arn:aws:iam:eu-west-1:111122223333:role/app", "arn:aws:iam::111122223333:app"] },
#                                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.resources`: the resource `arn:aws:iam:eu-west-1:111122223333:role/app` has a region, and IAM has none
#                                                                                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.resources`: the resource `arn:aws:iam::111122223333:app` is none of IAM
      { Effect = "Allow", Action = "s3:GetObject" },
#     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.resources`: the statement has no `Resource`
    ]
  })
}

resource "aws_iam_policy" "conditions" {
  name = "conditions"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Deny", Action = "iam:*", Resource = "*", Condition = { StringEqual = { "aws:PrincipalOrgID" = "o-1" } } },
#                                                                                        ^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the policy `aws_iam_policy.conditions`: `StringEqual` is no condition operator
      { Effect = "Deny", Action = "iam:*", Resource = "*", Condition = { Bool = { "MultiFactorAuthPresent" = "false" } } },
#                                                                                 ^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.conditions` cannot mean what it says: no request has the condition key `MultiFactorAuthPresent`, so the statement denies nothing
      { Effect = "Deny", Action = "iam:*", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "no" } } },
#                                                                                                                ^^^^ error[invalid-policy]: the policy `aws_iam_policy.conditions` cannot mean what it says: `Bool` compares with `true` or `false`, and `no` is none, so the statement denies nothing
      { Effect = "Deny", Action = "iam:*", Resource = "*", Condition = { NotIpAddress = { "aws:SourceIp" = ["203.0.113.0/24", "office"] } } },
#                                                                                                                             ^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.conditions` cannot mean what it says: `NotIpAddress` compares with an address or a network such as `203.0.113.0/24`, and `office` is none
      { Effect = "Deny", Action = "ec2:CreateTags", Resource = "*", Condition = { StringEquals = { "aws:TagKeys" = "team" } } },
#                                                                                                  ^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.conditions` cannot mean what it says: the condition key `aws:TagKeys` has several values and `StringEquals` compares one, so the statement denies nothing
      { Effect = "Allow", Action = "dynamodb:GetItem", Resource = "arn:aws:dynamodb:*:111122223333:table/t", Condition = { StringEquals = { "dynamodb:Attributes" = ["id"], "aws:CalledVia" = "athena.amazonaws.com" }, "ForAllValues:StringEquals" = { "dynamodb:LeadingKeys" = ["a"] } } },
#                                                                                                                                           ^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.conditions` cannot mean what it says: the condition key `dynamodb:Attributes` has several values and `StringEquals` compares one, so the statement allows nothing
#                                                                                                                                                                           ^^^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.conditions` cannot mean what it says: the condition key `aws:CalledVia` has several values and `StringEquals` compares one, so the statement allows nothing
      { Effect = "Deny", Action = "kms:CreateGrant", Resource = "*", Condition = { StringNotLike = { "aws:PrincipalOrgPaths" = "o-1/*" }, Null = { "kms:GrantOperations" = "true" } } },
#                                                                                                    ^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.conditions` cannot mean what it says: the condition key `aws:PrincipalOrgPaths` has several values and `StringNotLike` compares one, so the condition holds for no request that has it
      { Effect = "Allow", Action = "events:PutEvents", Resource = "arn:aws:events:*:111122223333:event-bus/b", Condition = { "ForAllValues:StringEquals" = { "events:source" = "app" }, StringEquals = { "events:detail-type" = "t" } } },
      { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::billing/*", Condition = { StringLike = { "s3:prefix" = "a/*" } } },
#                                                                                                                    ^^^^^^^^^^^ error[invalid-policy]: the policy `aws_iam_policy.conditions` cannot mean what it says: no request for the actions of the statement has the condition key `s3:prefix`, so the statement allows nothing
    ]
  })
}

resource "aws_iam_role_policy" "variables" {
  name = "variables"
  role = "app"
  policy = jsonencode({
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::home/$${aws:username}/*" },
#                                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: the inline policy `variables` cannot mean what it says: `${aws:username}` is plain text in a policy whose `Version` is not 2012-10-17, so it allows nothing
    ]
  })
}

resource "aws_iam_role" "trusted" {
  name = "trusted"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Principal = { Service = "lambda" }, Resource = "*" },
#                                  ^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the trust policy of `aws_iam_role.trusted`: a trust policy may have actions of `sts` only, and `s3:GetObject` is none
#                                                                          ^^^^^^^^ error[invalid-policy]: AWS refuses the trust policy of `aws_iam_role.trusted`: `lambda` is the name of no service principal
#                                                                                      ^^^^^^^^ error[invalid-policy]: AWS refuses the trust policy of `aws_iam_role.trusted`: a trust policy cannot have a `Resource`
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = ["arn:aws:iam::111122223333:group/admins", "arn:aws:iam::111122223333:user/a*", "alice"] } },
#                                                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the trust policy of `aws_iam_role.trusted`: a group cannot be a principal, and `arn:aws:iam::111122223333:group/admins` is one
#                                                                                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the trust policy of `aws_iam_role.trusted`: the principal `arn:aws:iam::111122223333:user/a*` has a wildcard in it
#                                                                                                                                                        ^^^^^^^ error[invalid-policy]: AWS refuses the trust policy of `aws_iam_role.trusted`: the principal `alice` is neither an account nor an ARN
      { Effect = "Allow", Action = "sts:AssumeRole", NotPrincipal = { AWS = "111122223333" } },
#                                                    ^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the trust policy of `aws_iam_role.trusted`: a trust policy cannot have a `NotPrincipal`
      { Effect = "Allow", Action = "sts:AssumeRole" },
#     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the trust policy of `aws_iam_role.trusted`: the statement of a trust policy has no `Principal`
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { User = "alice" } },
#                                                                  ^^^^ error[invalid-policy]: AWS refuses the trust policy of `aws_iam_role.trusted`: `User` is no kind of principal
    ]
  })
}

resource "aws_iam_policy" "sound" {
  name = "sound"
  policy = jsonencode({
    Version = "2012-10-17"
    Id      = "sound"
    Statement = {
      Sid       = ""
      Effect    = "Allow"
      Action    = ["s3:get*", "s3:List*", "logs:DescribeLogGroups"]
      Resource  = ["arn:aws:s3:::home", "arn:aws:s3:::home/$${aws:username}/*", "arn:aws:logs:*:*:log-group:*"]
      Condition = { "ForAnyValue:StringEquals" = { "aws:TagKeys" = ["team"] }, NumericLessThan = { "aws:MultiFactorAuthAge" = "3600" } }
    }
  })
}

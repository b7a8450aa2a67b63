resource "aws_iam_role_policy" "no_json" {
  name   = "no-json"
  role   = "app"
  policy = "not json"
#           ^ error[invalid-policy]: AWS refuses the inline policy `no-json`: the policy is no JSON: expected a JSON value
}

resource "aws_iam_role_policy" "no_action" {
  name   = "no-action"
  role   = "app"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Resource = "*" }] })
#                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the inline policy `no-action`: the statement has no `Action`
}

resource "aws_iam_role_policy" "lower_case" {
  name   = "lower-case"
  role   = "app"
  policy = jsonencode({ version = "2012-10-17", statement = [{ effect = "Allow", action = "*", resource = "*" }] })
#                       ^^^^^^^ error[invalid-policy]: AWS refuses the inline policy `lower-case`: `version` is no element of a policy
#                                               ^^^^^^^^^ error[invalid-policy]: AWS refuses the inline policy `lower-case`: `statement` is no element of a policy
}

resource "aws_iam_role_policy" "array" {
  name   = "array"
  role   = "app"
  policy = "[]"
#           ^^ error[invalid-policy]: AWS refuses the inline policy `array`: the policy is no JSON object
}

resource "aws_iam_role_policy" "types" {
  name = "types"
  role = "app"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "allow", Action = { a = "s3:GetObject" }, Resource = [] },
#                ^^^^^^^ error[invalid-policy]: AWS refuses the inline policy `types`: `allow` is no effect: it must be `Allow` or `Deny`
#                                  ^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the inline policy `types`: expected a string or a list of strings
#                                                                     ^^ error[invalid-policy]: AWS refuses the inline policy `types`: `Resource` has no resource in it
      "Allow",
#     ^^^^^^^ error[invalid-policy]: AWS refuses the inline policy `types`: a statement must be an object, not a string
      { Effect = "Allow", Action = "s3:GetObject", NotAction = "s3:PutObject", Resource = "*", Condition = "never" },
#     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-policy]: AWS refuses the inline policy `types`: the statement has `Action` and `NotAction`
#                                                                                                          ^^^^^^^ error[invalid-policy]: AWS refuses the inline policy `types`: a condition must be an object
    ]
  })
}

resource "aws_iam_role_policy" "empty" {
  name   = "empty"
  role   = "app"
  policy = jsonencode({ Version = "2012-10-17", Statement = [] })
#                                                           ^^ error[invalid-policy]: AWS refuses the inline policy `empty`: `Statement` has no statement in it
}

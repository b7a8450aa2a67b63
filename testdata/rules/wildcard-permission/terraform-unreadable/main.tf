resource "aws_iam_role_policy" "no_json" {
  name   = "no-json"
  role   = "app"
  policy = "not json"
#           ^ undetermined[wildcard-permission]: whether the inline policy `no-json` allows too much is not known: `the policy document` cannot be evaluated because it is wrong
}

resource "aws_iam_role_policy" "no_action" {
  name   = "no-action"
  role   = "app"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Resource = "*" }] })
#                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[wildcard-permission]: whether the inline policy `no-action` allows too much is not known: `the policy document` cannot be evaluated because it is wrong
}

resource "aws_iam_role_policy" "lower_case" {
  name   = "lower-case"
  role   = "app"
  policy = jsonencode({ version = "2012-10-17", statement = [{ effect = "Allow", action = "*", resource = "*" }] })
#                                               ^^^^^^^^^ undetermined[wildcard-permission]: whether the inline policy `lower-case` allows too much is not known: `the policy document` cannot be evaluated because it is wrong
}

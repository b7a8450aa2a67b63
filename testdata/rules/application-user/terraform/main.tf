resource "aws_iam_user" "by_name" {
  name = "svc-billing"
}

resource "aws_iam_user" "by_path" {
  name = "billing"
  path = "/system/"
}

resource "aws_iam_user" "by_tag" {
  name = "reports"
  tags = { Kind = "machine" }
}

resource "aws_iam_user" "by_key" {
  name = "uploader"
}

resource "aws_iam_access_key" "by_key" {
  user = aws_iam_user.by_key.name
}

resource "aws_iam_user" "by_workload" {
  name = "orders"
  path = "/people/"
}

resource "aws_iam_access_key" "by_workload" {
  user = aws_iam_user.by_workload.name
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::111122223333:role/orders"

  environment {
    variables = { KEY = aws_iam_access_key.by_workload.id }
  }
}

resource "aws_iam_user" "person_by_tag" {
  name = "ci-operator"
  tags = { Type = "Human" }
}

resource "aws_iam_user" "person_by_login" {
  name = "terraform-admin"
}

resource "aws_iam_user_login_profile" "person_by_login" {
  user = aws_iam_user.person_by_login.name
}

resource "aws_iam_user" "nothing_tells" {
  name = "ana"
}

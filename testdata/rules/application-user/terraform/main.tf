resource "aws_iam_user" "by_name" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[application-user]: the user `svc-billing` is used by an application, by its name, which matches `svc-*`
  name = "svc-billing"
}

resource "aws_iam_user" "by_path" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[application-user]: the user `billing` is used by an application, by its path, which matches `/system/`
  name = "billing"
  path = "/system/"
}

resource "aws_iam_user" "by_tag" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[application-user]: the user `reports` is used by an application, by its tag `Kind`
  name = "reports"
  tags = { Kind = "machine" }
}

resource "aws_iam_user" "by_key" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[application-user]: the user `uploader` is used by an application, by its access key and the lack of a login profile
  name = "uploader"
}

resource "aws_iam_access_key" "by_key" {
  user = aws_iam_user.by_key.name
}

resource "aws_iam_user" "by_workload" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[application-user]: the user `orders` is used by an application, by its key reaching the Lambda function `aws_lambda_function.orders`
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

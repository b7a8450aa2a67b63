resource "aws_iam_user" "svc" {
  name = "svc-export"
}

resource "aws_iam_access_key" "svc" {
  user = aws_iam_user.svc.name
}

resource "aws_iam_user" "ana" {
  name = "ana"
  tags = { Kind = "human" }
}

resource "aws_iam_access_key" "ana" {
  user = aws_iam_user.ana.name
}

resource "aws_iam_access_key" "elsewhere" {
  user = "declared-elsewhere"
}

resource "aws_iam_service_specific_credential" "git" {
  user_name    = aws_iam_user.svc.name
  service_name = "codecommit.amazonaws.com"
}

resource "aws_iam_access_key" "never" {
  count = 0
  user  = aws_iam_user.svc.name
}

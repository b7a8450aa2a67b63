resource "aws_iam_user" "svc" {
  name = "svc-export"
}

resource "aws_iam_access_key" "svc" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[access-key]: a long-lived access key is created for the user `svc-export`, an application by its name, which matches `svc-*`
  user = aws_iam_user.svc.name
}

resource "aws_iam_user" "ana" {
  name = "ana"
  tags = { Kind = "human" }
}

resource "aws_iam_access_key" "ana" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[access-key]: a long-lived access key is created for the user `ana`, a person by its tag `Kind`
  user = aws_iam_user.ana.name
}

resource "aws_iam_access_key" "elsewhere" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[access-key]: a long-lived access key is created for the user `declared-elsewhere`
  user = "declared-elsewhere"
}

resource "aws_iam_service_specific_credential" "git" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[access-key]: a long-lived credential for one service is created for the user `svc-export`, an application by its name, which matches `svc-*`
  user_name    = aws_iam_user.svc.name
  service_name = "codecommit.amazonaws.com"
}

resource "aws_iam_access_key" "never" {
  count = 0
  user  = aws_iam_user.svc.name
}

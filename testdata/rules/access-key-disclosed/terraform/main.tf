resource "aws_iam_access_key" "ftp" {
  user    = "ftp"
  pgp_key = "keybase:ftp"
}

resource "aws_iam_service_specific_credential" "tables" {
  user_name    = "tables"
  service_name = "cassandra.amazonaws.com"
}

resource "aws_iam_service_specific_credential" "git" {
  user_name    = "git"
  service_name = "codecommit.amazonaws.com"
}

locals {
  configuration = jsonencode({ id = aws_iam_access_key.ftp.id, secret = aws_iam_service_specific_credential.tables.service_password })
#                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[access-key-disclosed]: the output `output.secret` shows the secret of the credential `aws_iam_service_specific_credential.tables`
}

output "secret" {
  value     = local.configuration
  sensitive = true
}

output "password" {
  value     = aws_iam_service_specific_credential.git.service_password
# ^^^^^ error[access-key-disclosed]: the output `output.password` shows the secret of the credential `aws_iam_service_specific_credential.git`
  sensitive = true
}

output "id" {
  value = aws_iam_access_key.ftp.id
}

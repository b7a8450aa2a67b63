# Only Terraform has a state, and files.
variable "pgp_key" {
  type = string
}

variable "shown" {
  type = bool
}

resource "aws_iam_access_key" "plain" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[access-key-disclosed]: the state keeps the secret of the access key `aws_iam_access_key.plain` in clear text
  user = "plain"
}

resource "aws_iam_access_key" "sealed" {
  user    = "sealed"
  pgp_key = "keybase:sealed"
}

resource "aws_iam_access_key" "open" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[access-key-disclosed]: whether the state keeps the secret of the access key `aws_iam_access_key.open` in clear text is not known: `var.pgp_key` has no value
  user    = "open"
  pgp_key = var.pgp_key
}

resource "local_file" "credentials" {
  filename = "credentials"
  content  = "secret = ${aws_iam_access_key.sealed.secret}"
#            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[access-key-disclosed]: the local file `local_file.credentials` shows the secret of the access key `aws_iam_access_key.sealed`
}

output "encrypted" {
  value = aws_iam_access_key.sealed.encrypted_secret
}

output "perhaps" {
  value     = var.shown ? aws_iam_access_key.sealed.secret : "none"
#             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[access-key-disclosed]: whether the output `output.perhaps` shows the secret of the access key `aws_iam_access_key.sealed` is not known: `var.shown` has no value when var.shown
  sensitive = true
}

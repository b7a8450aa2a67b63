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
  content  = "secret = ${aws_iam_access_key.plain.secret}"
#            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[access-key-disclosed]: the local file `local_file.credentials` shows the secret of the access key `aws_iam_access_key.plain`
}

output "encrypted" {
  value = aws_iam_access_key.sealed.encrypted_secret
}

output "perhaps" {
  value     = var.shown ? aws_iam_access_key.plain.secret : "none"
#             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[access-key-disclosed]: whether the output `output.perhaps` shows the secret of the access key `aws_iam_access_key.plain` is not known: `var.shown` has no value when var.shown
  sensitive = true
}

# The provider keeps no secret of a key with a `pgp_key`.
output "sealed" {
  value = aws_iam_access_key.sealed.secret
}

output "open" {
  value     = aws_iam_access_key.open.secret
# ^^^^^ undetermined[access-key-disclosed]: whether the output `output.open` shows the secret of the access key `aws_iam_access_key.open` is not known: `var.pgp_key` has no value
  sensitive = true
}

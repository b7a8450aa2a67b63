variable "status" {
#<^^^^^^^^^^^^^^^ undetermined[inactive-access-key]: whether the access key `aws_iam_access_key.open` is active is not known: `var.status` has no value
  type = string
}

resource "aws_iam_access_key" "inactive" {
  user   = "ftp"
  status = "Inactive"
#          ^^^^^^^^^^ error[inactive-access-key]: the access key `aws_iam_access_key.inactive` is inactive and kept
}

resource "aws_iam_service_specific_credential" "inactive" {
  user_name    = "ftp"
  service_name = "codecommit.amazonaws.com"
  status       = "Inactive"
#                ^^^^^^^^^^ error[inactive-access-key]: the credential `aws_iam_service_specific_credential.inactive` is inactive and kept
}

resource "aws_iam_access_key" "active" {
  user   = "ftp"
  status = "Active"
}

resource "aws_iam_access_key" "plain" {
  user = "ftp"
}

resource "aws_iam_access_key" "open" {
  user   = "ftp"
  status = var.status
}

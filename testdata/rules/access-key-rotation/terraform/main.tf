variable "status" {
  type = string
}

resource "time_rotating" "key" {
  rotation_days = 60
}

resource "aws_iam_user" "ftp" {
  name = "ftp"
  path = "/people/"
}

resource "aws_iam_access_key" "kept" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[access-key-rotation]: nothing replaces the access key `aws_iam_access_key.kept`
  user = aws_iam_user.ftp.name
}

resource "aws_iam_access_key" "replaced" {
  user = aws_iam_user.ftp.name

  lifecycle {
    replace_triggered_by = [time_rotating.key]
  }
}

resource "aws_iam_access_key" "inactive" {
  user   = aws_iam_user.ftp.name
  status = "Inactive"
}

resource "aws_iam_access_key" "open" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ undetermined[access-key-rotation]: whether the access key `aws_iam_access_key.open` is replaced in time is not known: `var.status` has no value
  user   = aws_iam_user.ftp.name
  status = var.status
}

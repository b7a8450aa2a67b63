# Blocks of `lifecycle` that do not replace the key.
resource "aws_iam_access_key" "protected" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[access-key-rotation]: nothing replaces the access key `aws_iam_access_key.protected`
  user = "ftp"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_access_key" "without_trigger" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[access-key-rotation]: nothing replaces the access key `aws_iam_access_key.without_trigger`
  user = "ftp"

  lifecycle {
    replace_triggered_by = []
  }
}

resource "time_offset" "key" {
  offset_days = 60
}

resource "aws_iam_access_key" "by_offset" {
  user = "ftp"

  lifecycle {
    replace_triggered_by = [time_offset.key.id]
  }
}

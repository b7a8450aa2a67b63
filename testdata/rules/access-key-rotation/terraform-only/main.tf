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

# Dates that reach what cannot be changed in place.
resource "time_rotating" "key" {
  rotation_days = 60
}

resource "aws_iam_user" "dated" {
  name = "ftp-${time_rotating.key.unix}"
}

resource "aws_iam_access_key" "of_dated_user" {
  user = aws_iam_user.dated.name
}

resource "aws_iam_access_key" "dated" {
  for_each = toset([formatdate("YYYY-MM", timestamp()), formatdate("YYYY-MM", timeadd(timestamp(), "-720h"))])
  user     = "ftp"
}

resource "aws_iam_access_key" "of_dates" {
  for_each = toset([time_rotating.key.id, time_offset.key.id])
  user     = "ftp"
}

resource "aws_iam_access_key" "behind_date" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[access-key-rotation]: nothing replaces the access key `aws_iam_access_key.behind_date`
  user       = "ftp"
  depends_on = [time_rotating.key]
}

resource "aws_iam_access_key" "numbered" {
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[access-key-rotation]: nothing replaces the access key `aws_iam_access_key.numbered["1"]`
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[access-key-rotation]: nothing replaces the access key `aws_iam_access_key.numbered["2"]`
  for_each = toset(["1", "2"])
  user     = "ftp"
}

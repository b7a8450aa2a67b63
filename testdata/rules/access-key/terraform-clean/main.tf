# A user without a key, and a key that is only looked up.

resource "aws_iam_user" "ann" {
  name = "ann"
}

data "aws_iam_access_keys" "ann" {
  user = aws_iam_user.ann.name
}

data "aws_iam_policy" "looked_up" {
  name = "looked-up"
}

resource "aws_iam_role_policy_attachment" "looked_up" {
  role       = "export"
  policy_arn = data.aws_iam_policy.looked_up.arn
}

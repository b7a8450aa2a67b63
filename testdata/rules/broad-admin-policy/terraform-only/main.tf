# A group that is only named.
resource "aws_iam_group_policy_attachment" "staff" {
  group      = "staff"
  policy_arn = "arn:aws:iam::aws:policy/IAMFullAccess"
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[broad-admin-policy]: the AWS-managed policy `IAMFullAccess` is administrative and reaches the group `staff`, which is not approved for administration
}

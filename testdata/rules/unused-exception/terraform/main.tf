# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31
resource "aws_iam_access_key" "good" {
  user = "good"
}

# iamrail: allow user-direct-policy reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unused-exception]: the exception from `user-direct-policy` of `aws_iam_access_key.unneeded` matches no finding
resource "aws_iam_access_key" "unneeded" {
  user = "unneeded"
}

# iamrail: allow user-direct-policy reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2026-05-31
resource "aws_iam_access_key" "expired" {
  user = "expired"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31
resource "aws_iam_access_key" "good" {
  user = "good"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2026-05-31
#                                                                                                                                               ^^^^^^^^^^ error[expired-exception]: the exception from `access-key` of `aws_iam_access_key.past` was to be reviewed by 2026-05-31
resource "aws_iam_access_key" "past" {
  user = "past"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2026-07-01
resource "aws_iam_access_key" "today" {
  user = "today"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31
#                                                                                                                                               ^^^^^^^^^^ warning[open-ended-exception]: the exception from `access-key` of `aws_iam_access_key.good` is reviewed only in 214 days, and 180 are the most
resource "aws_iam_access_key" "good" {
  user = "good"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com"
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[open-ended-exception]: the exception from `access-key` of `aws_iam_access_key.endless` has no review date
resource "aws_iam_access_key" "endless" {
  user = "endless"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2026-11-28
resource "aws_iam_access_key" "near" {
  user = "near"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2026-11-29
resource "aws_iam_access_key" "far" {
  user = "far"
}

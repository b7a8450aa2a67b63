# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31
resource "aws_iam_access_key" "good" {
  user = "good"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" approved-by="security-lead@example.com" until=2027-01-31
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[unapproved-exception]: the exception from `access-key` of `aws_iam_access_key.ownerless` names no owner
resource "aws_iam_access_key" "ownerless" {
  user = "ownerless"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" until=2027-01-31
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[unapproved-exception]: the exception from `access-key` of `aws_iam_access_key.unapproved` names nobody who approved it
resource "aws_iam_access_key" "unapproved" {
  user = "unapproved"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="TBD" approved-by="security-lead@example.com" until=2027-01-31
#                                                                                  ^^^ error[unapproved-exception]: the exception from `access-key` of `aws_iam_access_key.placeholder` names no owner
resource "aws_iam_access_key" "placeholder" {
  user = "placeholder"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="someone@example.com" until=2027-01-31
#                                                                                                              ^^^^^^^^^^^^^^^^^^^ error[unapproved-exception]: the exception from `access-key` of `aws_iam_access_key.stranger` is approved by `someone@example.com`, who is not a member of `Platform team`
resource "aws_iam_access_key" "stranger" {
  user = "stranger"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Nobody in particular" approved-by="security-lead@example.com" until=2027-01-31
#                                                                                  ^^^^^^^^^^^^^^^^^^^^ error[unapproved-exception]: the exception from `access-key` of `aws_iam_access_key.noteam` has an owner that is no team: `Nobody in particular`
resource "aws_iam_access_key" "noteam" {
  user = "noteam"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="platform-team" approved-by="Security-Lead@example.com" until=2027-01-31
resource "aws_iam_access_key" "spelling" {
  user = "spelling"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31
resource "aws_iam_access_key" "good" {
  user = "good"
}

# iamrail: allow access-key owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-exception]: the exception from `access-key` of `aws_iam_access_key.reasonless` gives no reason
resource "aws_iam_access_key" "reasonless" {
  user = "reasonless"
}

# iamrail: allow access-key reason="legacy" owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31
#                                   ^^^^^^ error[invalid-exception]: the exception from `access-key` of `aws_iam_access_key.meaningless` gives a reason that says nothing
resource "aws_iam_access_key" "meaningless" {
  user = "meaningless"
}

# iamrail: allow access-key reason="TODO describe this" owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31
#                                   ^^^^^^^^^^^^^^^^^^ error[invalid-exception]: the exception from `access-key` of `aws_iam_access_key.placeholder` gives a reason that says nothing
resource "aws_iam_access_key" "placeholder" {
  user = "placeholder"
}

# iamrail: allow acess-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31
#                ^^^^^^^^^ error[invalid-exception]: the exception from `acess-key` of `aws_iam_access_key.unknown` cannot be understood: there is no rule `acess-key`
resource "aws_iam_access_key" "unknown" {
  user = "unknown"
}

# iamrail: allow reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31
#<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[invalid-exception]: the exception of `aws_iam_access_key.nothing` cannot be understood: it names no rule, no statement and no policy
resource "aws_iam_access_key" "nothing" {
  user = "nothing"
}

# iamrail: allow expired-exception reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31
#                ^^^^^^^^^^^^^^^^^ error[invalid-exception]: the exception from `expired-exception` of `aws_iam_access_key.itself` cannot be understood: `expired-exception` is a rule about exceptions, which cannot be excepted
resource "aws_iam_access_key" "itself" {
  user = "itself"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2027-02-30
#                                                                                                                                               ^^^^^^^^^^ error[invalid-exception]: the exception from `access-key` of `aws_iam_access_key.nosuchday` cannot be understood: `2027-02-30` is no date: there is no such day
resource "aws_iam_access_key" "nosuchday" {
  user = "nosuchday"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=31.01.2027
#                                                                                                                                               ^^^^^^^^^^ error[invalid-exception]: the exception from `access-key` of `aws_iam_access_key.form` cannot be understood: `31.01.2027` is no date: it is not of the form YYYY-MM-DD
resource "aws_iam_access_key" "form" {
  user = "form"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31 approvedon="Monday"
#                                                                                                                                                          ^^^^^^^^^^ error[invalid-exception]: the exception from `access-key` of `aws_iam_access_key.extra` cannot be understood: unknown key `approvedon`
resource "aws_iam_access_key" "extra" {
  user = "extra"
}

# iamrail: allow access-key reason="The FTP appliance cannot assume a role" owner="Platform team" approved-by="security-lead@example.com" until=2027-01-31 resource="good"
#                                                                                                                                                                    ^^^^ error[invalid-exception]: the exception from `access-key` of `aws_iam_access_key.elsewhere` stands in a resource that is not `good`
resource "aws_iam_access_key" "elsewhere" {
  user = "elsewhere"
}

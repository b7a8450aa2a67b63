variable "access_key_id" {
  default = "AKIARZPUZDIKHHOY7W7M"
#            ^^^^^^^^^^^^^^^^^^^^ error[embedded-access-key]: the access key `AKIA…7W7M` of account 123456789012 is written into the file
}

resource "aws_instance" "web" {
  ami                  = "ami-0abcdef1234567890"
  instance_type        = "t3.small"
  iam_instance_profile = "web"

  user_data = <<-EOT
    AWS_SECRET_ACCESS_KEY=2HPcHyGcFRl1SPnXNYvMIHa+2o76umfXfKm+r5kJ
  EOT
}

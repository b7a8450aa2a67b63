provider "aws" {
  access_key = "AKIARZPUZDIKHHOY7W7M"
#               ^^^^^^^^^^^^^^^^^^^^ error[embedded-access-key]: the access key `AKIA…7W7M` of account 123456789012 is written into the file
  secret_key = "2HPcHyGcFRl1SPnXNYvMIHa+2o76umfXfKm+r5kJ"
}

resource "aws_instance" "web" {
  ami           = "ami-0abcdef1234567890"
  instance_type = "t3.small"

  user_data = <<-EOT
    AWS_SECRET_ACCESS_KEY=2HPcHyGcFRl1SPnXNYvMIHa+2o76umfXfKm+r5kJ
  EOT
}

# The secret stands alone, and the block around it says whose it is.
variable "aws_secret_key" {
  type        = string
  description = "The secret of the deployment"
  default     = "2HPcHyGcFRl1SPnXNYvMIHa+2o76umfXfKm+r5kJ"
#                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[embedded-access-key]: a secret access key is written into the file
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]
  secret_key          = "q7Zk2mVxL0aTn4RsWy8dBe1Gf6Hj3Kp5Mq9Nc2Ub"
#                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[embedded-access-key]: a secret access key is written into the file
}

resource "aws_instance" "web" {
  ami           = "ami-0abcdef1234567890"
  instance_type = "t3.small"
}

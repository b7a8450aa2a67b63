# Keys of the AWS documentation, placeholders, identifiers that are no credentials, digests.

locals {
  documented  = "AKIAIOSFODNN7EXAMPLE"
  secret      = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
  placeholder = "AKIAXXXXXXXXXXXXXXXX"
  user_id     = "AIDARZPUZDIKHHOY7W7M2"
  role_id     = "AROARZPUZDIKHHOY7W7M2"
  commit      = "aws secret key digest 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"
}

output "secret_access_key" {
  value = var.secret_access_key
}

variable "secret_access_key" {
  type = string
}

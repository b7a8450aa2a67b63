variable "require_mfa" {
  type        = bool
  description = "Whether people need a second factor for everything but enrolling one."
}

variable "debug_access" {
  type        = bool
  default     = false
  description = "Whether the person on call may do anything, to find out what permissions are missing."
}

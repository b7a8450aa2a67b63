require_mfa = false

require_mfa = true

//! The rules. A new one is a new pair of files, the check and its page, and one word in the list below.

use crate::rule::Rule;

macro_rules! rules {
    ($($module:ident)*) => {
        $(mod $module;)*

        /// All rules, in the order in which they are listed everywhere.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

rules! {
    user_direct_policy
    user_without_group
    application_user
    access_key
    access_key_rotation
    inactive_access_key
    workload_without_role
    workload_static_credentials
    embedded_access_key
    access_key_disclosed
    role_without_purpose
    shared_role
    open_role_trust
    unapproved_administrator
    privilege_escalation
    too_many_administrators
    broad_admin_policy
    human_user_without_mfa
    administrator_without_mfa
    admin_role_without_mfa
    ineffective_mfa_guard
    custom_policy
    wildcard_permission
    unexplained_policy
    unused_grant
    review_overdue
    invalid_policy
    invalid_exception
    unapproved_exception
    expired_exception
    open_ended_exception
    unused_exception
    stale_configuration
}

/// The rule with a name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::RULES;
    use crate::rule::STATEMENTS;

    #[test]
    fn every_statement_has_a_rule_and_every_rule_a_statement() {
        let known: BTreeSet<_> = STATEMENTS.iter().map(|statement| statement.id).collect();
        let enforced: BTreeSet<_> = RULES.iter().flat_map(|rule| rule.statements).copied().collect();
        assert_eq!(known, enforced);
        assert_eq!(known.len(), STATEMENTS.len(), "a statement is listed twice");
        let idle: Vec<_> =
            RULES.iter().filter(|rule| rule.statements.is_empty()).map(|rule| rule.name).collect();
        assert!(idle.is_empty(), "{idle:?}");
    }
}

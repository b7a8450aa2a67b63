//! The normative statements of the two policy documents.

use std::fmt;

use crate::report::Level;

/// A statement of the policy documents, by its identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementId(pub &'static str);

impl fmt::Display for StatementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A statement of the policy documents.
#[derive(Debug)]
#[non_exhaustive]
pub struct Statement {
    /// `UB` is "IAM Usage Basics", `FG` is "Foundational Guardrails".
    pub id: StatementId,
    /// What it demands, in short.
    pub text: &'static str,
    /// Error for MUST and MUST NOT, warning for SHOULD and SHOULD NOT.
    pub level: Level,
}

const fn must(id: &'static str, text: &'static str) -> Statement {
    Statement { id: StatementId(id), text, level: Level::Error }
}

const fn should(id: &'static str, text: &'static str) -> Statement {
    Statement { id: StatementId(id), text, level: Level::Warning }
}

/// The policy documents by their titles, with what the identifiers of their statements begin with.
pub const DOCUMENTS: [(&str, &str); 2] = [("IAM Usage Basics", "UB-"), ("Foundational Guardrails", "FG-")];

/// All statements in the order of the documents.
pub static STATEMENTS: &[Statement] = &[
    must("UB-1.1", "users get permissions through groups"),
    must("UB-1.2", "no policy is attached directly to a user"),
    must("UB-2.1", "services and applications use roles"),
    must("UB-2.2", "no long-lived access keys in applications or workloads"),
    must("UB-3.1", "no access key in source, configuration or images"),
    must("UB-3.2", "access keys are rotated, or removed when no longer needed"),
    should("UB-4.1", "administrators are a minimal set"),
    should("UB-4.2", "broad administrative policies are not for routine tasks"),
    should("UB-5.1", "MFA for all human users"),
    must("UB-5.2", "MFA for users with administrative permissions"),
    must("UB-E1", "exceptions are documented"),
    must("UB-E2", "exceptions include a justification"),
    should("UB-E3", "exceptions are time-bound where possible"),
    should("UB-R1", "the policy is reviewed periodically"),
    must("UB-R2", "updates reflect changed access patterns or requirements"),
    must("FG-M1", "users get permissions through groups"),
    must("FG-M2", "services and applications use roles"),
    must("FG-M3", "no long-lived access keys in applications"),
    must("FG-M4", "every role has a clearly defined purpose"),
    must("FG-M5", "administrators are explicitly approved"),
    should("FG-S1", "MFA for all human users"),
    should("FG-S2", "a role serves one service or workload"),
    should("FG-S3", "AWS-managed policies are preferred over custom ones"),
    should("FG-S4", "permissions are reviewed periodically"),
    must("FG-P1", "users are not used by applications or workloads"),
    must("FG-P2", "no access key in source code or images"),
    must("FG-P3", "broad administrative policies are not for routine tasks"),
    must("FG-P4", "no permission without a clear access requirement"),
    must("FG-E1", "exceptions are documented"),
    must("FG-E2", "exceptions include a justification"),
    should("FG-E3", "exceptions are time-bound where possible"),
    must("FG-E4", "exceptions are approved by the owning team"),
];

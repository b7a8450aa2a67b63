//! How requests are signed, as far as multi-factor authentication is concerned.

use std::fmt;

use crate::policy::{Condition, Context};
use crate::value::Reason;

/// Whether the credentials came with MFA; absent from requests with long-lived keys.
const PRESENT: &str = "aws:multifactorauthpresent";
/// How many seconds ago; absent unless they came with MFA.
const AGE: &str = "aws:multifactorauthage";

/// Where the credentials of a request come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// A long-lived access key.
    AccessKey,
    /// The console, with a password alone.
    Console,
    /// `sts:GetSessionToken`, called with an access key and no code. Such credentials call nothing of IAM, and of STS only
    /// `AssumeRole` and `GetCallerIdentity`.
    KeySession,
    /// The console or `sts:GetSessionToken`, with a code.
    Mfa,
    /// The same, longer ago than any policy tolerates.
    OldMfa,
}

impl SignIn {
    /// All without MFA.
    pub const WITHOUT_MFA: [Self; 3] = [Self::AccessKey, Self::Console, Self::KeySession];

    /// Circumstances in which requests are signed so.
    pub fn of(self, circumstances: &Context) -> Context {
        let context = circumstances.clone().without(PRESENT).without(AGE);
        match self {
            Self::AccessKey => context,
            Self::Console | Self::KeySession => context.with(PRESENT, ["false"]),
            Self::Mfa => context.with(PRESENT, ["true"]).with(AGE, ["1"]),
            Self::OldMfa => context.with(PRESENT, ["true"]).with(AGE, ["4000000000"]),
        }
    }

    /// Whether AWS lets such credentials make a request at all. The action is in lower case.
    pub fn may_call(self, action: &str) -> bool {
        let session_of_key = match action.split_once(':') {
            Some(("iam", _)) => false,
            Some(("sts", name)) => matches!(name, "assumerole" | "getcalleridentity"),
            _ => true,
        };
        self != Self::KeySession || session_of_key
    }
}

impl fmt::Display for SignIn {
    /// To be read after "with".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKey => "an access key alone",
            Self::Console => "a password alone",
            Self::KeySession => "a session token that an access key alone gets",
            Self::Mfa | Self::OldMfa => "MFA",
        })
    }
}

/// The circumstances of a direct call, of which nothing else is known.
pub(in crate::analysis) fn direct_call() -> Context {
    Context::open(Reason::Unstated)
        .with("aws:ViaAWSService", ["false"])
        .with("aws:PrincipalIsAWSService", ["false"])
        .without("aws:CalledVia")
        .without("aws:CalledViaFirst")
        .without("aws:CalledViaLast")
}

/// Whether a condition asks for MFA, or was meant to: its key is one of the two, or one of them misspelt.
pub(in crate::analysis) fn asks_for_mfa(condition: &Condition) -> bool {
    is_mfa_key(&condition.folded_key()) || is_misspelt(condition)
}

/// Whether a condition has a key that AWS does not have, and that was meant to be one of the two.
pub(in crate::analysis) fn is_misspelt(condition: &Condition) -> bool {
    let key = condition.folded_key();
    let similar = ["multifactor", "multi-factor", "mfapresent", "mfaauth", "mfaage"];
    !is_mfa_key(&key)
        && similar.iter().any(|similar| key.contains(similar))
        && iamrail_catalog::condition_key(&key).is_none()
}

fn is_mfa_key(key: &str) -> bool {
    key == PRESENT || key == AGE
}

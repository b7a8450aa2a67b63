//! What a reviewer looks at where a statement of the policy documents cannot be decided from the input.

use iamrail::core::rule::StatementId;

/// What to look at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// To be read after "Look at".
    pub(super) at: &'static str,
    /// When it takes a look although no rule objects.
    pub(super) takes: Takes,
}

/// When a statement takes a look although no rule objects to anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Never: that no rule objects is enough.
    Nothing,
    /// When no rule has judged anything either: only something that holds shows that it is done.
    Evidence,
    /// Always: it speaks of more than any input shows.
    Person,
}

impl Look {
    /// Whether it takes a look although no rule objects, when the rules hold for so many subjects.
    pub(super) fn is_decisive(self, holds: usize) -> bool {
        match self.takes {
            Takes::Nothing => false,
            Takes::Evidence => holds == 0,
            Takes::Person => true,
        }
    }
}

const fn when_open(at: &'static str) -> Option<Look> {
    Some(Look { at, takes: Takes::Nothing })
}

const fn unless_shown(at: &'static str) -> Option<Look> {
    Some(Look { at, takes: Takes::Evidence })
}

const fn always(at: &'static str) -> Option<Look> {
    Some(Look { at, takes: Takes::Person })
}

/// What to look at for a statement; `None` for one that this table does not know.
pub(super) fn look(id: StatementId) -> Option<Look> {
    match id.0 {
        "UB-1.1" | "FG-M1" => {
            when_open("which groups the users join, and where those groups get their policies")
        }
        "UB-1.2" => when_open("the policies that are attached to users outside of this code"),
        "UB-2.1" | "FG-M2" => when_open("the role that each workload of this change runs with"),
        "UB-2.2" | "FG-M3" => {
            when_open("the credentials that reach the workloads: variables, secret stores, user data")
        }
        "UB-3.1" | "FG-P2" => always(
            "the images that are built from this code and the history of the repository, which are read with `--image` and `--history` only",
        ),
        "UB-3.2" => {
            always("the credential report of the account: the age of each key, and when it was last used")
        }
        "UB-4.1" => when_open("who needs to be an administrator, those outside of this code included"),
        "UB-4.2" | "FG-P3" => when_open("who uses the administrative policies, and for which tasks"),
        "UB-5.1" | "FG-S1" => {
            when_open("the credential report of the account: whether each person has an MFA device")
        }
        "UB-5.2" => when_open("how each administrator signs in, and whether it takes an MFA device"),
        "UB-E1" | "FG-E1" => when_open("the record of every deviation that this change relies on"),
        "UB-E2" | "FG-E2" => when_open("the reason that each exception gives, and whether it still holds"),
        "UB-E3" | "FG-E3" => when_open("the date on which each exception ends, or why it has none"),
        "FG-E4" => when_open("the approval of each exception by the team that owns the resource"),
        "UB-R1" => unless_shown("when the policy documents were last reviewed"),
        "UB-R2" => always(
            "whether this change alters who needs access, and whether the documents and approvals follow it",
        ),
        "FG-M4" => when_open("what each role is for, in its description or its tags"),
        "FG-M5" => when_open("who approved each administrator, and whether `iamrail.yaml` says so"),
        "FG-S2" => when_open("whether each role of this change serves one service or workload"),
        "FG-S3" => when_open("whether a policy of AWS would do instead of each custom one"),
        "FG-S4" => unless_shown(
            "when these permissions were last reviewed; `iamrail review` writes a report for that",
        ),
        "FG-P1" => when_open("who or what uses each user"),
        "FG-P4" => always("the need for each permission that this change adds"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use iamrail::core::rule::STATEMENTS;

    use super::look;

    #[test]
    fn there_is_something_to_look_at_for_every_statement() {
        for statement in STATEMENTS {
            assert!(look(statement.id).is_some(), "{}", statement.id);
        }
    }
}

use crate::configuration::EntryKind;
use crate::policy::Answer;
use crate::report::Level;
use crate::rule::{Check, Configured, Inputs, Judge, Rule, StatementId};

pub(super) static RULE: Rule = Rule {
    name: "stale-configuration",
    summary: "the configuration accepts what is not there any more",
    level: Level::Warning,
    statements: &[StatementId("UB-R2")],
    inputs: Inputs::Configuration,
    page: include_str!("stale_configuration.md"),
    check: Check::Configuration(check),
};

fn check(context: &Configured<'_>, judge: &mut Judge<'_>) {
    let Some(matched) = context.matched else { return };
    let path = &context.configuration.path;
    for (entry, answer) in context.configuration.entries.iter().zip(&matched.0) {
        let (what, matches, idle, help) = words(entry.kind);
        let what = format!("{what} `{}`", entry.text);
        let draft = match answer {
            Answer::Yes => {
                judge.holds();
                continue;
            }
            Answer::No => judge.violated(path, entry.span, format!("{what} {idle}")),
            Answer::Perhaps(unknown) => {
                let message = format!("whether {what} {matches} is not known");
                judge.undetermined(path, entry.span, message, unknown)
            }
        };
        draft.help(help).key(what);
    }
}

/// What an entry is, what it does when it is in use and when it is not, and what to do then.
fn words(kind: EntryKind) -> (&'static str, &'static str, &'static str, &'static str) {
    const GONE: &str = "remove the entry: whoever gets such a name later would be approved unseen";
    const UNUSED: &str = "remove the entry, or write it as the names are written";
    match kind {
        EntryKind::ApprovedUser => ("the approved user", "is there", "is not there", GONE),
        EntryKind::ApprovedGroup => ("the approved group", "is there", "is not there", GONE),
        EntryKind::ApprovedRole => ("the approved role", "is there", "is not there", GONE),
        EntryKind::ApplicationUser => {
            ("the pattern of applications", "matches a user", "matches no user", UNUSED)
        }
        EntryKind::HumanUser => ("the pattern of people", "matches a user", "matches no user", UNUSED),
        EntryKind::PurposeTag => {
            ("the purpose tag", "is on a role or policy", "is on no role and no policy", UNUSED)
        }
        EntryKind::RuleOff => (
            "the rule that is off",
            "finds anything",
            "would find nothing",
            "switch it on again, before there is something that it does not tell",
        ),
    }
}

use crate::configuration::{Entry, EntryKind};
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
        let Words { subject, used, idle, help } = words(entry);
        let draft = match answer {
            Answer::Yes => {
                judge.holds();
                continue;
            }
            Answer::No => judge.violated(path, entry.span, format!("{subject} {idle}")),
            Answer::Perhaps(unknown) => {
                let message = format!("whether {subject} {used} is not known");
                judge.undetermined(path, entry.span, message, unknown)
            }
        };
        draft.help(help).key(subject);
    }
}

/// How to speak of an entry.
struct Words {
    subject: String,
    /// What it does when something needs it.
    used: &'static str,
    /// What it does when nothing does.
    idle: &'static str,
    help: &'static str,
}

fn words(entry: &Entry) -> Words {
    const GONE: &str =
        "remove the entry: whoever gets such a name later is approved without anybody noticing";
    const UNUSED: &str = "remove the entry, or write it as the input does";
    let text = &entry.text;
    let of = |what: &str, used, idle, help| Words { subject: format!("{what} `{text}`"), used, idle, help };
    match entry.kind {
        EntryKind::ApprovedUser => of("the approved user", "matches a user", "matches no user", GONE),
        EntryKind::ApprovedGroup => of("the approved group", "matches a group", "matches no group", GONE),
        EntryKind::ApprovedRole => of("the approved role", "matches a role", "matches no role", GONE),
        EntryKind::ApplicationUser => {
            of("the pattern of applications", "matches a user", "matches no user", UNUSED)
        }
        EntryKind::HumanUser => of("the pattern of people", "matches a user", "matches no user", UNUSED),
        EntryKind::PurposeTag => {
            of("the purpose tag", "is on a role or policy", "is on no role and no policy", UNUSED)
        }
        EntryKind::RuleOff => Words {
            subject: format!("the rule `{text}`, which is off,"),
            used: "would find anything",
            idle: "would find nothing",
            help: "switch it on again, before there is something that it does not tell",
        },
    }
}

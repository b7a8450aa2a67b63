//! What would settle what is not known in a template.

use iamrail_core::analysis::aws_managed;
use iamrail_core::value::{Reason, Unknown};

/// Shows a template as CloudFormation deploys it, after all macros and includes.
pub(crate) const PROCESSED: &str =
    "check the processed template: `aws cloudformation get-template --template-stage Processed`";

/// What the author of a template can do about something that is not known.
pub(crate) fn settle(unknown: &Unknown) -> String {
    let what = &*unknown.what;
    match unknown.reason {
        Reason::NoValue => give(what),
        Reason::Environment if what.starts_with("AWS::") => give(what),
        Reason::Computed => {
            "name it in the template, or review this by hand once AWS has made it up".to_owned()
        }
        Reason::Import if what.starts_with("{{") => {
            "review by hand what the reference stands for when it is deployed".to_owned()
        }
        Reason::Import if what.starts_with('!') => {
            "check the template that it comes from together with this one".to_owned()
        }
        Reason::Import => format!("review `{what}` where it is kept, outside of this template"),
        Reason::HandedOn => format!("check the template that uses `{what}` together with this one"),
        Reason::Missing => PROCESSED.to_owned(),
        Reason::Unlisted => aws_managed::advice(what),
        Reason::Invalid => "mend what is wrong here".to_owned(),
        Reason::Unchanged => "check the template that the change set is made of".to_owned(),
        Reason::Runtime => format!("look in the account for {what}, or grant less"),
        _ => "review this by hand".to_owned(),
    }
}

fn give(what: &str) -> String {
    format!("give `{what}` a value: `--parameters '{what}=...'`")
}

//! Reads the configuration file, `iamrail.yaml`.

use std::collections::BTreeMap;
use std::sync::Arc;

use iamrail_core::options::{CustomPolicy, Options, UserKind};
use iamrail_core::report::{Diagnostic, Level};
use iamrail_core::rules::RULES;
use iamrail_core::source::SourceFile;
use serde::Deserialize;
use serde::de::IgnoredAny;

use iamrail_core::suggest::closest;

/// The options that a configuration file sets.
///
/// # Errors
/// Says what is wrong and where.
pub fn parse(file: &SourceFile) -> Result<Options, Box<Diagnostic>> {
    // A file that says nothing, or only has comments, sets nothing.
    match serde_yaml::from_str::<Option<Configuration>>(file.text()) {
        Ok(configuration) => Ok(configuration.unwrap_or_default().into()),
        Err(error) => Err(Box::new(explain(file, &error))),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct Configuration {
    #[serde(default)]
    users: Users,
    #[serde(default)]
    administrators: Administrators,
    #[serde(default)]
    access_keys: AccessKeys,
    #[serde(default)]
    roles: Roles,
    #[serde(default)]
    review: Review,
    custom_policy: Option<Custom>,
    #[serde(default)]
    rules: BTreeMap<RuleName, Weight>,
    /// What is said of exceptions is read with its places, see [`exceptions`](crate::exceptions).
    #[serde(default, rename = "exceptions", alias = "exception", alias = "Exceptions", alias = "Exception")]
    _exceptions: IgnoredAny,
    /// So are environments, see [`environments`](crate::environments).
    #[serde(default, rename = "environments")]
    _environments: IgnoredAny,
    #[serde(default, rename = "teams", alias = "Teams")]
    _teams: IgnoredAny,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct Users {
    application: Option<Vec<String>>,
    human: Option<Vec<String>>,
    default: Option<Kind>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Human,
    Application,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Custom {
    Near,
    Strict,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct Administrators {
    #[serde(default)]
    approved: Approved,
    max: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct Approved {
    #[serde(default)]
    users: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    roles: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct AccessKeys {
    max_age: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct Roles {
    purpose_tags: Option<Vec<String>>,
    #[serde(default)]
    placeholders: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct Review {
    tag: Option<String>,
    max_age: Option<u32>,
    required: Option<bool>,
}

/// The name of a rule that exists.
#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(try_from = "String")]
struct RuleName(Arc<str>);

impl TryFrom<String> for RuleName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let names = || RULES.iter().map(|rule| rule.name);
        names().find(|known| *known == name).map(|known| RuleName(known.into())).ok_or_else(|| match closest(
            &name,
            names(),
        ) {
            Some(meant) => format!("there is no rule `{name}`; did you mean `{meant}`?"),
            None => format!("there is no rule `{name}`; `iamrail rules` lists them"),
        })
    }
}

/// The weight of a rule.
#[derive(Debug, Deserialize)]
#[serde(try_from = "WrittenWeight")]
struct Weight(Option<Level>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct WrittenWeight {
    level: WrittenLevel,
    reason: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenLevel {
    Error,
    Warning,
    Note,
    Off,
}

impl TryFrom<WrittenWeight> for Weight {
    type Error = &'static str;

    fn try_from(weight: WrittenWeight) -> Result<Self, &'static str> {
        match weight.level {
            WrittenLevel::Error => Ok(Self(Some(Level::Error))),
            WrittenLevel::Warning => Ok(Self(Some(Level::Warning))),
            WrittenLevel::Note => Ok(Self(Some(Level::Note))),
            WrittenLevel::Off if weight.reason.is_some_and(|reason| !reason.trim().is_empty()) => {
                Ok(Self(None))
            }
            WrittenLevel::Off => Err("a rule that is `off` needs a `reason`"),
        }
    }
}

impl From<Configuration> for Options {
    fn from(written: Configuration) -> Self {
        let mut options = Options::default();
        let Configuration { users, administrators, access_keys, roles, review, custom_policy, rules, .. } =
            written;
        set(&mut options.users.application, users.application);
        set(&mut options.users.human, users.human);
        let default = users.default.map(|kind| match kind {
            Kind::Human => UserKind::Human,
            Kind::Application => UserKind::Application,
        });
        set(&mut options.users.default, default);
        if let Some(max) = administrators.max {
            options.administrators.max = max;
        }
        options.administrators.users = administrators.approved.users;
        options.administrators.groups = administrators.approved.groups;
        options.administrators.roles = administrators.approved.roles;
        set(&mut options.access_keys.max_age, access_keys.max_age);
        set(&mut options.roles.purpose_tags, roles.purpose_tags);
        options.roles.placeholders = roles.placeholders;
        set(&mut options.review.tag, review.tag);
        set(&mut options.review.max_age, review.max_age);
        set(&mut options.review.required, review.required);
        let custom_policy = custom_policy.map(|custom| match custom {
            Custom::Near => CustomPolicy::Near,
            Custom::Strict => CustomPolicy::Strict,
        });
        set(&mut options.custom_policy, custom_policy);
        options.levels = rules.into_iter().map(|(RuleName(name), Weight(level))| (name, level)).collect();
        options
    }
}

fn set<T>(option: &mut T, written: Option<T>) {
    if let Some(written) = written {
        *option = written;
    }
}

/// What serde says of an error, in the words of the other diagnostics and at its place.
fn explain(file: &SourceFile, error: &serde_yaml::Error) -> Diagnostic {
    let mut message = error.to_string();
    // The position is said by the place.
    if let Some(at) = message.rfind(" at line ") {
        message.truncate(at);
    }
    let path: Arc<str> = Arc::clone(file.path());
    let span = error.location().map(|location| {
        let rest = file.text().get(location.index()..).unwrap_or_default();
        // Up to the end of the word that the error is about, so that the place shows something.
        let word = rest.find([':', '\n', ' ', ',', '}', ']']).unwrap_or(rest.len()).max(1);
        file.span(location.index(), location.index() + word)
    });
    match unknown_field(&message) {
        Some((field, expected)) => {
            let help = match closest(field, expected.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", expected.join(", ")),
            };
            Diagnostic::error("configuration", path, format!("unknown key `{field}`")).at(span).help(help)
        }
        None => Diagnostic::error("configuration", path, message).at(span),
    }
}

/// The field and those that are known, from serde's "unknown field `a`, expected one of `b`, `c`".
fn unknown_field(message: &str) -> Option<(&str, Vec<&str>)> {
    let (_, rest) = message.split_once("unknown field `")?;
    let (field, rest) = rest.split_once('`')?;
    Some((field, rest.split('`').skip(1).step_by(2).collect()))
}

#[cfg(test)]
mod tests {
    use iamrail_core::options::{Options, UserKind};
    use iamrail_core::source::{MemoryFiles, Sources};

    fn parse(text: &str) -> Result<Options, String> {
        let sources = Sources::new(MemoryFiles::new([("iamrail.yaml", text)]));
        let file = sources.load("iamrail.yaml").unwrap();
        super::parse(&file).map_err(|diagnostic| {
            let at = diagnostic.span.and_then(|span| sources.locate(span));
            let at = at.map(|at| format!("{}:{}: ", at.start.line, at.start.column)).unwrap_or_default();
            format!("{at}{} ({})", diagnostic.message, diagnostic.help)
        })
    }

    #[test]
    fn what_is_written_replaces_the_default_and_the_rest_stays() {
        let options = parse("users:\n  default: application\n  human: ['h-*']\nadministrators:\n  approved:\n    groups: [admins]\n").unwrap();
        assert_eq!(options.users.default, UserKind::Application);
        assert_eq!(options.users.human, ["h-*"]);
        assert_eq!(options.administrators.groups, ["admins"]);
        assert_eq!(options.users.application, Options::default().users.application);
    }

    #[test]
    fn a_file_without_content_sets_nothing() {
        for text in ["", "# nothing yet\n", "---\n", "{}"] {
            assert!(parse(text).unwrap().levels.is_empty(), "{text:?}");
        }
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_place_and_what_was_meant() {
        assert_eq!(
            parse("users:\n  aplication: []\n").unwrap_err(),
            "2:3: unknown key `aplication` (did you mean `application`?)"
        );
        assert_eq!(
            parse("rules:\n  no-such-thing-at-all: { level: note }\n").unwrap_err(),
            "2:3: rules: there is no rule `no-such-thing-at-all`; `iamrail rules` lists them ()"
        );
    }

    #[test]
    fn yaml_that_is_broken_or_of_another_shape_is_refused_with_its_place() {
        assert_eq!(
            parse("users: []\n").unwrap_err(),
            "1:8: users: invalid type: sequence, expected a mapping ()"
        );
        assert!(parse("users:\n  human: [\n").unwrap_err().starts_with("3:1: "));
    }
}

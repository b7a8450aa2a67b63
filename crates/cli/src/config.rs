//! Reads the configuration file, `iamrail.yaml`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use iamrail_core::configuration::{Configuration as Places, read as read_places};
use iamrail_core::options::{CustomPolicy, Options, UserKind};
use iamrail_core::report::{Diagnostic, Level};
use iamrail_core::rules::RULES;
use iamrail_core::source::SourceFile;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use iamrail_core::suggest::closest;

const OTHER_VERSION: &str = "the version of this file is not 1, the only one that is known here: update iamrail, or write the file as this \
     version knows it";

/// The options that a configuration file sets.
///
/// # Errors
/// Says what is wrong and where.
pub fn parse(file: &Arc<SourceFile>) -> Result<Options, Box<Diagnostic>> {
    // A file that says nothing, or only has comments, sets nothing.
    let mut options: Options = match serde_yaml::from_str::<Option<Configuration>>(file.text()) {
        Ok(configuration) => configuration.unwrap_or_default().into(),
        Err(error) => return Err(Box::new(explain(file, &error))),
    };
    options.configuration = Some(Arc::new(places(file)?));
    Ok(options)
}

/// Where the configuration says what it says, and what is said of itself.
fn places(file: &Arc<SourceFile>) -> Result<Places, Box<Diagnostic>> {
    let wrong = |mut errors: Vec<Diagnostic>| {
        let unreadable = || Diagnostic::error("configuration", Arc::clone(file.path()), "it cannot be read");
        Box::new(if errors.is_empty() { unreadable() } else { errors.swap_remove(0) })
    };
    let root = iamrail_cloudformation::yaml(file).map_err(wrong)?;
    let first = file.text().lines().next().map_or(0, str::len);
    read_places(file.path(), &root, file.span(0, first))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct Configuration {
    #[serde(default, rename = "version")]
    _version: Version,
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
    /// The day of the last review is read with its place.
    #[serde(default, rename = "reviewed")]
    _reviewed: IgnoredAny,
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

/// The version of the file: 1, also where it is not said.
#[derive(Debug, Default)]
struct Version;

// What is refused while it is visited is refused at its place, unlike what is refused when it has been read.
impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl Visitor<'_> for Version {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_u64<E: de::Error>(self, version: u64) -> Result<Self, E> {
        if version == 1 { Ok(self) } else { Err(E::custom(OTHER_VERSION)) }
    }
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
    users: Vec<Named>,
    #[serde(default)]
    groups: Vec<Named>,
    #[serde(default)]
    roles: Vec<Named>,
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
    placeholders: Vec<Phrase>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping")]
struct Review {
    tag: Option<String>,
    max_age: Option<u32>,
    required: Option<bool>,
}

/// A name or glob that does not stand for everybody: who approves everybody approves nobody explicitly.
#[derive(Debug)]
struct Named(String);

fn names(written: Vec<Named>) -> Vec<String> {
    written.into_iter().map(|Named(name)| name).collect()
}

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Named;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Named, E> {
                if name.contains('*') && name.chars().all(|letter| matches!(letter, '*' | '?')) {
                    return Err(E::custom(format!(
                        "`{name}` approves everybody: name those who are approved"
                    )));
                }
                Ok(Named(name.to_owned()))
            }
        }
        deserializer.deserialize_str(Written)
    }
}

/// A phrase that can stand in a description.
#[derive(Debug)]
struct Phrase(String);

impl<'de> Deserialize<'de> for Phrase {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Phrase;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a phrase")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Phrase, E> {
                if text.trim().is_empty() {
                    return Err(E::custom("an empty phrase stands in every description"));
                }
                Ok(Phrase(text.to_owned()))
            }
        }
        deserializer.deserialize_str(Written)
    }
}

/// The name of a rule that exists.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RuleName(Arc<str>);

impl<'de> Deserialize<'de> for RuleName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = RuleName;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a rule")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<RuleName, E> {
                let names = || RULES.iter().map(|rule| rule.name);
                if let Some(known) = names().find(|known| *known == name) {
                    return Ok(RuleName(known.into()));
                }
                Err(E::custom(match closest(name, names()) {
                    Some(meant) => format!("there is no rule `{name}`; did you mean `{meant}`?"),
                    None => format!("there is no rule `{name}`; `iamrail rules` lists them"),
                }))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

/// The weight of a rule.
#[derive(Debug)]
struct Weight(Option<Level>);

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = Weight;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Weight, A::Error> {
                WrittenWeight::deserialize(MapAccessDeserializer::new(map))?
                    .weight()
                    .map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_map(Written)
    }
}

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

impl WrittenWeight {
    fn weight(self) -> Result<Weight, &'static str> {
        match self.level {
            WrittenLevel::Error => Ok(Weight(Some(Level::Error))),
            WrittenLevel::Warning => Ok(Weight(Some(Level::Warning))),
            WrittenLevel::Note => Ok(Weight(Some(Level::Note))),
            WrittenLevel::Off if self.reason.is_some_and(|reason| !reason.trim().is_empty()) => {
                Ok(Weight(None))
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
        options.administrators.users = names(administrators.approved.users);
        options.administrators.groups = names(administrators.approved.groups);
        options.administrators.roles = names(administrators.approved.roles);
        set(&mut options.access_keys.max_age, access_keys.max_age);
        set(&mut options.roles.purpose_tags, roles.purpose_tags);
        options.roles.placeholders = roles.placeholders.into_iter().map(|Phrase(text)| text).collect();
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
    let refused = |message: String| Diagnostic::error("configuration", Arc::clone(&path), message).at(span);
    let meant = |word: &str, known: &[&str]| match closest(word, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known here: {}", known.join(", ")),
    };
    if let Some((field, known)) = unknown("unknown field `", &message) {
        return refused(format!("unknown key `{field}`")).help(meant(field, &known));
    }
    if let Some((word, known)) = unknown("unknown variant `", &message) {
        return refused(format!("`{word}` is none of the words that can stand here"))
            .help(meant(word, &known));
    }
    let is_tab = error
        .location()
        .is_some_and(|at| file.text().get(at.index()..).is_some_and(|rest| rest.starts_with('\t')));
    if is_tab {
        return refused(message).help("indent with spaces: YAML takes no tabs for that");
    }
    for (rust, plain) in [
        ("expected u32", "expected a whole number from 0 to 4294967295"),
        ("expected usize", "expected a whole number"),
    ] {
        message = message.replace(rust, plain);
    }
    refused(message)
}

/// The word that is not known and those that are, from serde's "unknown field `a`, expected one of `b`, `c`".
fn unknown<'m>(beginning: &str, message: &'m str) -> Option<(&'m str, Vec<&'m str>)> {
    let (_, rest) = message.split_once(beginning)?;
    let (word, rest) = rest.split_once('`')?;
    Some((word, rest.split('`').skip(1).step_by(2).collect()))
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
        // Each at its own place, also behind others.
        let first = "rules:\n  shared-role: { level: note }\n";
        for (second, expected) in [
            (
                "  shared-rol: { level: note }\n",
                "3:3: rules: there is no rule `shared-rol`; did you mean `shared-role`? ()",
            ),
            (
                "  access-key:\n    level: 'off'\n",
                "4:5: rules.access-key: a rule that is `off` needs a `reason` ()",
            ),
            (
                "  access-key:\n    level: warn\n",
                "4:12: `warn` is none of the words that can stand here (did you mean `warning`?)",
            ),
        ] {
            assert_eq!(parse(&format!("{first}{second}")).unwrap_err(), expected);
        }
    }

    #[test]
    fn a_phrase_that_says_nothing_is_refused_with_its_place() {
        for empty in ["", "  "] {
            let refused = parse(&format!("roles:\n  placeholders: [see wiki, '{empty}']\n")).unwrap_err();
            assert!(refused.starts_with("2:28: "), "{refused}");
        }
    }

    #[test]
    fn nobody_is_approved_by_a_pattern_for_everybody() {
        for everybody in ["*", "**", "?*"] {
            let refused = parse(&format!("administrators:\n  approved:\n    groups: [a, '{everybody}']\n"))
                .unwrap_err();
            assert!(refused.starts_with("3:17: ") && refused.contains("approves everybody"), "{refused}");
        }
        assert!(parse("administrators: { approved: { groups: ['platform-*', '???-admins'] } }\n").is_ok());
    }

    #[test]
    fn a_configuration_of_a_newer_version_is_refused() {
        assert!(parse("version: 1\n").is_ok());
        let refused = parse("version: 2\nusers:\n  default: human\n").unwrap_err();
        assert!(refused.starts_with("1:10: version: the version of this file is not 1"), "{refused}");
        assert!(parse("version: latest\n").unwrap_err().starts_with("1:10: version: invalid type"));
    }

    #[test]
    fn yaml_that_is_broken_or_of_another_shape_is_refused_with_its_place() {
        assert_eq!(
            parse("users: []\n").unwrap_err(),
            "1:8: users: invalid type: sequence, expected a mapping ()"
        );
        assert!(parse("users:\n  human: [\n").unwrap_err().starts_with("3:1: "));
        let tab = parse("users:\n\tdefault: human\n").unwrap_err();
        assert!(
            tab.starts_with("2:1: ") && tab.ends_with("(indent with spaces: YAML takes no tabs for that)"),
            "{tab}"
        );
        assert_eq!(
            parse("access_keys: { max_age: -1 }\n").unwrap_err(),
            "1:25: access_keys.max_age: invalid type: integer `-1`, expected a whole number from 0 to 4294967295 ()"
        );
    }
}

//! What a caller can choose. The defaults are those of the guardrails.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::configuration::Configuration;
use crate::report::Level;

/// The options of a run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Which users are people and which are applications.
    pub users: UserOptions,
    /// Who may be an administrator.
    pub administrators: AdministratorOptions,
    /// How long access keys may last.
    pub access_keys: AccessKeyOptions,
    /// What makes the purpose of a role or a policy.
    pub roles: RoleOptions,
    /// When permissions are to be reviewed again.
    pub review: ReviewOptions,
    /// When a custom policy is worth a word.
    pub custom_policy: CustomPolicy,
    /// The weight of a rule by its name, where it differs from the rule's own; `None` switches it off.
    pub levels: BTreeMap<Arc<str>, Option<Level>>,
    /// The date of the check, which ages are counted to; what depends on an age is undetermined without it.
    pub today: Option<jiff::civil::Date>,
    /// Where the configuration says all this, if a file does. Its places are in the sources of the runs to come.
    pub configuration: Option<Arc<Configuration>>,
}

/// When a custom policy is worth a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CustomPolicy {
    /// When a policy of AWS grants the same, or a good part of it.
    #[default]
    Near,
    /// Always: with a note where no policy of AWS is near.
    Strict,
}

/// How to tell people from applications by name or path, with `*` and `?`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UserOptions {
    /// Names and paths of users that are applications.
    pub application: Vec<String>,
    /// Names and paths of users that are people.
    pub human: Vec<String>,
    /// What a user is of whom nothing tells.
    pub default: UserKind,
}

/// What a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserKind {
    /// A person.
    Human,
    /// An application, a workload, a pipeline.
    Application,
}

impl Default for UserOptions {
    fn default() -> Self {
        let owned = |globs: &[&str]| globs.iter().map(|&glob| glob.to_owned()).collect();
        Self {
            application: owned(&[
                "svc-*",
                "*-svc",
                "*-service",
                "*-bot",
                "bot-*",
                "ci-*",
                "*-ci",
                "app-*",
                "*-app",
                "*-deployer",
                "deploy-*",
                "terraform*",
                "jenkins*",
                "github-*",
                "gitlab-*",
                "ses-smtp-*",
                "/service/",
                "/services/",
                "/app/",
                "/applications/",
                "/bot/",
                "/ci/",
                "/system/",
            ]),
            human: owned(&["/human/", "/humans/", "/people/", "/employees/", "/users/"]),
            default: UserKind::Human,
        }
    }
}

/// Who is approved as an administrator, by exact names or globs, and how many are enough.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AdministratorOptions {
    /// Users.
    pub users: Vec<String>,
    /// Groups; their members are approved with them.
    pub groups: Vec<String>,
    /// Roles.
    pub roles: Vec<String>,
    /// How many users may be administrators.
    pub max: usize,
}

impl Default for AdministratorOptions {
    fn default() -> Self {
        Self { users: Vec::new(), groups: Vec::new(), roles: Vec::new(), max: 5 }
    }
}

/// How long access keys may last.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccessKeyOptions {
    /// How many days an active key may be old.
    pub max_age: u32,
}

impl Default for AccessKeyOptions {
    fn default() -> Self {
        Self { max_age: 90 }
    }
}

/// When permissions are to be reviewed again.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReviewOptions {
    /// The tag that says on which day users, roles and policies were reviewed; compared without regard to case.
    pub tag: String,
    /// How many days a review is good for.
    pub max_age: u32,
    /// Whether all of them need the tag.
    pub required: bool,
}

impl Default for ReviewOptions {
    fn default() -> Self {
        Self { tag: "LastReviewed".to_owned(), max_age: 180, required: false }
    }
}

/// What counts as the purpose of a role or a policy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RoleOptions {
    /// Tags that state a purpose; compared without regard to case.
    pub purpose_tags: Vec<String>,
    /// Phrases that state none, whatever surrounds them, in lower case; added to those built in.
    pub placeholders: Vec<String>,
}

impl Default for RoleOptions {
    fn default() -> Self {
        Self {
            purpose_tags: ["Purpose", "Description", "UseCase"].map(str::to_owned).to_vec(),
            placeholders: Vec::new(),
        }
    }
}

//! The things that infrastructure code declares, as far as IAM is concerned.

use std::sync::Arc;

use super::{Guard, Reference};
use crate::policy::Document;
use crate::source::Span;
use crate::value::{Kind, Unknown, Value};

/// A resource of the input.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Declared {
    /// The Terraform address with instance keys and module path, or the logical id.
    pub subject: Arc<str>,
    /// The type in the terms of the input: `aws_iam_user`, `AWS::IAM::User`.
    pub kind: Arc<str>,
    /// Its heading: the block's type and labels, the logical id.
    pub span: Span,
    /// The module calls or nested stacks it is declared through, the outermost first.
    pub calls: Vec<Call>,
    /// The conditions under which it exists.
    pub guard: Guard,
    /// Set when it stands for a number of instances that is not known (`count`, `for_each`), possibly none.
    pub instances: Option<Arc<Unknown>>,
    /// The path of the construct that declares it, when the AWS CDK wrote the input: `App/Role/Resource`.
    pub construct: Option<Arc<str>>,
    /// The account that it is deployed in, twelve digits, when the input or its caller says which.
    pub account: Option<Arc<str>>,
}

/// A call of a module or nested stack.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its address: `module.app`.
    pub subject: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

impl Declared {
    /// A resource that exists once and always, declared in no module.
    pub fn new(subject: impl Into<Arc<str>>, kind: impl Into<Arc<str>>, span: Span) -> Self {
        Self {
            subject: subject.into(),
            kind: kind.into(),
            span,
            calls: Vec::new(),
            guard: Guard::always(),
            instances: None,
            construct: None,
            account: None,
        }
    }
}

macro_rules! entities {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct $name {
            /// The resource that declares it.
            pub declared: Arc<Declared>,
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $name {
            /// One that is declared by a resource and about which nothing else is known yet.
            pub fn new(declared: Arc<Declared>) -> Self {
                Self { declared, $($field: $default,)* }
            }
        }
    )*};
}

entities! {
    /// An IAM user.
    User {
        /// Its name; unknown when AWS makes it up.
        name: Value = Value::null(),
        /// Its path; null means `/`.
        path: Value = Value::null(),
        /// Its tags as a map; null when it has none.
        tags: Value = Value::null(),
    }

    /// An IAM group.
    Group {
        /// Its name; unknown when AWS makes it up.
        name: Value = Value::null(),
        /// Its path; null means `/`.
        path: Value = Value::null(),
    }

    /// An IAM role.
    Role {
        /// Its name; unknown when AWS makes it up.
        name: Value = Value::null(),
        /// Its path; null means `/`.
        path: Value = Value::null(),
        /// Its description; null when it has none.
        description: Value = Value::null(),
        /// Its tags as a map; null when it has none.
        tags: Value = Value::null(),
        /// Who may assume it.
        trust: Document = Document::default(),
        /// How it comes to be.
        form: RoleForm = RoleForm::Declared,
    }

    /// A customer-managed policy.
    Policy {
        /// Its name; unknown when AWS makes it up.
        name: Value = Value::null(),
        /// Its path; null means `/`.
        path: Value = Value::null(),
        /// Its description; null when it has none.
        description: Value = Value::null(),
        /// Its tags as a map; null when it has none.
        tags: Value = Value::null(),
        /// What it says.
        document: Document = Document::default(),
        /// Whether a transform wrote it, which nobody could ask what it is for.
        is_made_up: bool = false,
    }

    /// A long-lived credential of a user.
    AccessKey {
        /// The user; null for a key that names none (the caller's own).
        user: Reference<User> = Reference::default(),
        /// `Active` or `Inactive`; null means active.
        status: Value = Value::null(),
        /// When it was created, in the form of RFC 3339; null when the input does not say.
        created: Value = Value::null(),
        /// What makes the input replace it when it changes: a list of triggers, a serial number. Null when nothing does,
        /// unknown when the input does not say.
        renewal: Value = Value::null(),
        /// The key with which the secret is encrypted where the input has a state that keeps it, null when it is kept in clear
        /// text. `None` when there is no such state.
        sealed: Option<Value> = None,
        /// An access key, or a credential for one service.
        form: KeyForm = KeyForm::AccessKey,
    }

    /// A password with which a user signs in to the console.
    LoginProfile {
        /// The user.
        user: Reference<User> = Reference::default(),
    }

    /// A device of multi-factor authentication.
    MfaDevice {
        /// The user that it is assigned to, if the input assigns it.
        user: Option<Reference<User>> = None,
    }

    /// An instance profile.
    InstanceProfile {
        /// Its name; unknown when AWS makes it up.
        name: Value = Value::null(),
        /// Its role; null when it has none.
        role: Reference<Role> = Reference::default(),
    }

    /// Something that runs code or configures a connection, and could carry credentials.
    Workload {
        /// What it is, for messages: `Lambda function`, `ECS task definition`, `provider`.
        what: &'static str = "workload",
        /// Its name, as its ARN has it; null when the input gives it none.
        name: Value = Value::null(),
        /// The role it runs with.
        role: WorkloadRole = WorkloadRole::NotAsked,
        /// Whether it can do without a role, and should not.
        asks_for_role: bool = false,
        /// The argument or property that names its role directly; `None` when it has one through an instance profile, or none.
        role_argument: Option<&'static str> = None,
        /// The role with which its service starts it, to pull images, read secrets and write logs, and which its code does not
        /// have; null when it has none.
        execution_role: Reference<Role> = Reference::default(),
        /// The launch template that it starts from, which may bring a role along; null when it starts from none.
        template: Reference<Workload> = Reference::default(),
        /// The configuration that reaches its code.
        settings: Vec<Setting> = Vec::new(),
    }
}

impl Workload {
    /// What a launch template of EC2 is, for messages: others start from it.
    pub const LAUNCH_TEMPLATE: &'static str = "launch template";
}

/// How a role comes to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RoleForm {
    /// The input declares it.
    Declared,
    /// A transform or tool makes it (SAM's implicit roles, those of the CDK's bootstrap): it has no description of its own.
    Implicit,
    /// The same, with a trust policy that the input writes (`AssumeRolePolicyDocument` of a function of SAM).
    ImplicitWithTrust,
    /// A role that AWS defines for one of its services.
    ServiceLinked,
}

impl RoleForm {
    /// Whether the author of the input decides who may assume the role.
    pub fn has_own_trust(self) -> bool {
        matches!(self, Self::Declared | Self::ImplicitWithTrust)
    }
}

/// The kinds of long-lived credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyForm {
    /// An access key id with its secret.
    AccessKey,
    /// A user name and password for one service (CodeCommit, Keyspaces, Bedrock).
    ServiceSpecific,
}

/// The role of a workload.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum WorkloadRole {
    /// AWS demands one, or this kind of workload has none.
    NotAsked,
    /// It could have one and has none.
    Absent,
    /// It runs with this role.
    Role(Reference<Role>),
    /// It runs with the role of this instance profile.
    Profile(Reference<InstanceProfile>),
}

/// A piece of configuration that reaches the code of a workload.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What it is called where it arrives: `AWS_SECRET_ACCESS_KEY`, `user_data`.
    pub name: Arc<str>,
    /// Where the name stands, if it stands anywhere.
    pub name_span: Option<Span>,
    /// Whether the name is that of a variable, which its author is free in, and not that of an argument.
    pub variable: bool,
    /// Its value.
    pub value: Value,
    /// The conditions under which it arrives.
    pub guard: Guard,
    /// Set when it is not known whether it arrives.
    pub undecided: Option<Arc<Unknown>>,
}

impl Setting {
    /// Whether an argument of this name holds variables: `environment`, `Variables`, `environment_variables`.
    pub fn holds_variables(argument: &str) -> bool {
        let argument = argument.to_ascii_lowercase();
        argument.ends_with("variables") || argument.ends_with("environment")
    }

    /// Whether a member of an argument is a variable, and not one more argument: `Variables` in `Environment` is one.
    pub fn is_variable(argument: &str, member: &str) -> bool {
        Self::holds_variables(argument)
            && (argument.to_ascii_lowercase().ends_with("variables")
                || !member.eq_ignore_ascii_case("variables"))
    }

    /// Whether a value is one of several that hold no further settings: it stays one setting, of which all or some of the
    /// values may be at fault.
    pub fn is_one_of_texts(value: &Value) -> bool {
        let is_leaf = |value: &Value| match &value.kind {
            Kind::Map(_) | Kind::List(_) | Kind::Set(_) => false,
            Kind::Text(text) => text.structure().is_none(),
            _ => true,
        };
        value.alternatives().into_iter().filter_map(|one| one.value).all(is_leaf)
    }
}

//! The known ways from some rights to all of them, as data.
//!
//! Facts and cross references come from pathfinding.cloud, the research of Rhino Security Labs, PMapper, Prowler and
//! iam-vulnerable. The identifiers are iamrail's own: those of others change their meaning now and then.

mod own;
mod passing;
mod principals;
mod workloads;

/// A way to more rights.
#[derive(Debug)]
pub struct Path {
    /// Its name, by which reports speak of it.
    pub id: &'static str,
    /// What is to be done, in order.
    pub steps: &'static [Step],
    /// Whose power it gives.
    pub gain: Gain,
    /// The services, one of which the role must trust. None when that is not asked.
    pub services: &'static [&'static str],
    /// The kinds of workloads that [`On::Workload`] works on.
    pub workloads: &'static [&'static str],
    /// Kinds of workloads one of which must be there besides.
    pub beside: &'static [&'static str],
    /// Whether the role reaches its code in an instance profile only.
    pub in_profile: bool,
    /// What no input of iamrail shows and the path needs; such a path is never proven.
    pub missing: Option<&'static str>,
    /// What others call it.
    pub known_as: &'static [&'static str],
}

/// A thing to do.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The action.
    pub action: &'static str,
    /// Others that do as well.
    pub or: &'static [&'static str],
    /// To what.
    pub on: On,
}

/// What a step works on. Within one path, the same word means the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// Who takes the path, a user.
    OwnUser,
    /// Who takes the path, a role.
    OwnRole,
    /// A group of the user that takes the path.
    OwnGroup,
    /// Any group.
    Group,
    /// A customer-managed policy that who takes the path has, itself or by a group.
    OwnPolicy,
    /// A customer-managed policy with a Deny that stands in the way.
    DenyingPolicy,
    /// Another user.
    User,
    /// Another role.
    Role,
    /// A customer-managed policy that the role has.
    PolicyOfRole,
    /// A user that the path makes.
    NewUser,
    /// A role that the path makes.
    NewRole,
    /// The role that is passed.
    PassedRole,
    /// A workload that is there.
    Workload,
    /// Something whose name who takes the path is free to choose.
    Anything,
}

/// Whose power a path gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gain {
    /// All of it.
    Everything,
    /// That of the user.
    User,
    /// That of the role that is assumed.
    Role,
    /// That of the role that is passed.
    PassedRole,
    /// That of the role of the workload.
    WorkloadRole,
    /// That of any role in an instance profile: nobody asks whether who writes a launch template may pass its role.
    ProfiledRole,
    /// That of the group.
    Group,
    /// That of an older version of a policy, which only an account shows.
    OlderVersion,
    /// What the policies allow without the Deny.
    WithoutDeny,
    /// What the policies allow without the permissions boundary. Boundaries are out of scope and never count as protection, so
    /// that whoever gains by this is an administrator to begin with.
    WithoutBoundary,
    /// That of a permission set of IAM Identity Center. Federation is out of scope.
    PermissionSet,
    /// That of a role by an identity provider. Federation is out of scope.
    Federation,
}

/// All paths.
pub fn paths() -> impl Iterator<Item = &'static Path> {
    own::OWN.iter().chain(principals::PRINCIPALS).chain(passing::PASSING).chain(workloads::WORKLOADS)
}

const fn step(action: &'static str, on: On) -> Step {
    Step { action, or: &[], on }
}

const fn new(action: &'static str) -> Step {
    step(action, On::Anything)
}

const fn existing(action: &'static str) -> Step {
    step(action, On::Workload)
}

const PASS: Step = step("iam:PassRole", On::PassedRole);

const fn path(
    id: &'static str,
    steps: &'static [Step],
    gain: Gain,
    known_as: &'static [&'static str],
) -> Path {
    Path {
        id,
        steps,
        gain,
        services: &[],
        workloads: &[],
        beside: &[],
        in_profile: false,
        missing: None,
        known_as,
    }
}

const fn passing(
    id: &'static str,
    services: &'static [&'static str],
    steps: &'static [Step],
    known_as: &'static [&'static str],
) -> Path {
    Path { services, ..path(id, steps, Gain::PassedRole, known_as) }
}

const fn taking_over(id: &'static str, steps: &'static [Step], known_as: &'static [&'static str]) -> Path {
    path(id, steps, Gain::WorkloadRole, known_as)
}

impl Step {
    const fn or(self, or: &'static [&'static str]) -> Self {
        Self { or, ..self }
    }

    /// Every action that does it.
    pub fn actions(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.action).chain(self.or.iter().copied())
    }
}

impl Path {
    const fn on(self, workloads: &'static [&'static str]) -> Self {
        Self { workloads, ..self }
    }

    const fn beside(self, beside: &'static [&'static str]) -> Self {
        Self { beside, ..self }
    }

    const fn in_profile(self) -> Self {
        Self { in_profile: true, ..self }
    }

    const fn missing(self, missing: &'static str) -> Self {
        Self { missing: Some(missing), ..self }
    }
}

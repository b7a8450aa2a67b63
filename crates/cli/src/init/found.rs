//! What the input declares that a configuration speaks of: administrators and users.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use iamrail::core::analysis::administrators::{Administrator, Administrators, Strength};
use iamrail::core::analysis::approval::{Approval, approval};
use iamrail::core::analysis::aws_managed::Power;
use iamrail::core::analysis::power::sources;
use iamrail::core::analysis::principal::{Named, declared, named};
use iamrail::core::analysis::user_kind::{Judged, user_kinds};
use iamrail::core::check::Reading;
use iamrail::core::model::{Model, Principal};
use iamrail::core::options::{AdministratorOptions, Options, UserKind};
use iamrail::core::source::Span;

use crate::output::{Scene, neutral, plural};

/// What was found in all units, with what has the same name put together. All texts can stand in one line.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The administrators by the list that approves them and the name that it would have to say.
    pub(super) administrators: BTreeMap<(List, String), Details>,
    /// Administrators whom no entry of a list can approve, since their name is not known.
    pub(super) nameless: BTreeMap<String, Details>,
    /// Users with what they are.
    pub(super) users: BTreeMap<String, Details>,
    /// Users of whom nothing tells what they are.
    pub(super) untold: BTreeSet<String>,
}

/// The lists of approved administrators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum List {
    Users,
    Groups,
    Roles,
}

impl List {
    pub(super) const ALL: [Self; 3] = [Self::Users, Self::Groups, Self::Roles];

    /// Its key in the configuration.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Roles => "roles",
        }
    }

    fn of(principal: &Principal) -> Self {
        match principal {
            Principal::User(_) => Self::Users,
            Principal::Group(_) => Self::Groups,
            Principal::Role(_) => Self::Roles,
        }
    }
}

/// What is told of something, and where it stands.
#[derive(Debug, Default)]
pub(super) struct Details {
    pub(super) told: BTreeSet<String>,
    pub(super) places: BTreeSet<String>,
}

impl Details {
    fn add(&mut self, told: String, place: Option<String>) {
        self.told.insert(told);
        self.places.extend(place);
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let administrators = self.administrators.len() + self.nameless.len();
        write!(
            f,
            "{} to approve or not, {}, {} of them of whom nothing tells what they are",
            plural(administrators, "administrator"),
            plural(self.users.len(), "user"),
            self.untold.len()
        )
    }
}

impl Found {
    /// What units declare.
    pub(super) fn of(scene: &Scene<'_>, readings: &[Reading], options: &Options) -> Self {
        let mut found = Self::default();
        for Reading { unit, .. } in readings {
            let gatherer = Gatherer { scene, model: &unit.model, options };
            gatherer.administrators(&mut found);
            gatherer.users(&mut found);
        }
        found
    }
}

struct Gatherer<'s> {
    scene: &'s Scene<'s>,
    model: &'s Model,
    options: &'s Options,
}

impl Gatherer<'_> {
    fn administrators(&self, found: &mut Found) {
        let all = Administrators::of(self.model);
        let mut groups = AdministratorOptions::default();
        for one in all.iter() {
            if let Principal::Group(group) = Principal::from(one.holder) {
                let principal = Principal::Group(group);
                groups.groups.extend(self.entry(&principal));
            }
        }
        for one in all.iter() {
            let principal = Principal::from(one.holder);
            let by_group = matches!(principal, Principal::User(_))
                && matches!(approval(self.model, &groups, &principal), Approval::Yes);
            if !by_group {
                let span = named(self.model, &principal).declared.map(|declared| declared.span);
                self.add(found, &principal, self.how(one), span);
            }
        }
        for source in sources(self.model) {
            if matches!(source.power, Ok(Power::NearAdministration)) {
                continue;
            }
            for grant in
                source.grants.iter().filter(|one| named(self.model, &one.principal).declared.is_none())
            {
                let how = match &source.power {
                    Ok(_) => format!("{} {}", source.what, source.how),
                    Err(unknown) => format!("perhaps: {unknown}"),
                };
                self.add(found, &grant.principal, how, Some(grant.span));
            }
        }
    }

    fn add(&self, found: &mut Found, principal: &Principal, how: String, span: Option<Span>) {
        let details = match self.entry(principal) {
            Some(entry) => found.administrators.entry((List::of(principal), self.clean(&entry))).or_default(),
            None => found.nameless.entry(self.clean(&named(self.model, principal).to_string())).or_default(),
        };
        details.add(self.clean(&how), span.and_then(|span| self.place(span)));
    }

    /// What a list would have to say to approve someone, and them alone as far as can be told: the name, or what is known of it.
    fn entry(&self, principal: &Principal) -> Option<String> {
        let named: Named<'_> = named(self.model, principal);
        let entry = named.approvable();
        let is_literal = named.pattern.is_none();
        // No name in AWS has these, and in a list they would stand for more.
        if entry.is_empty() || is_literal && entry.contains(['*', '?']) {
            return None;
        }
        let mut options = AdministratorOptions::default();
        match principal {
            Principal::User(_) => &mut options.users,
            Principal::Group(_) => &mut options.groups,
            Principal::Role(_) => &mut options.roles,
        }
        .push(entry.to_owned());
        matches!(approval(self.model, &options, principal), Approval::Yes).then(|| entry.to_owned())
    }

    fn how(&self, administrator: &Administrator<'_>) -> String {
        match &administrator.strength {
            Strength::Direct { how, .. } => match administrator.policies(self.model).as_slice() {
                [] => (*how).to_owned(),
                [one] => format!("{one} {how}"),
                several => format!("{}: together {how}", several.join(", ")),
            },
            Strength::Via(escalation) => format!("by a path that it can take, {}", escalation.path.id),
            Strength::Possible(unknown) => format!("perhaps: {unknown}"),
            _ => String::new(),
        }
    }

    fn users(&self, found: &mut Found) {
        for (id, user) in self.model.users.iter() {
            let named = declared("user", &self.model.users, id, |user| (&user.declared, &user.name));
            let name = self.clean(&named.name);
            let details = found.users.entry(name.clone()).or_default();
            for case in user_kinds(self.model, &self.options.users, id, &user.declared.guard) {
                let place = self.place(user.declared.span);
                details.add(self.clean(&kind(&case.outcome)), place);
                if case.outcome.assumed {
                    found.untold.insert(name.clone());
                }
            }
        }
    }

    fn clean(&self, text: &str) -> String {
        neutral(&self.scene.text(text)).into_owned()
    }

    fn place(&self, span: Span) -> Option<String> {
        let at = self.scene.sources.locate(span)?;
        Some(neutral(&format!("{}:{}", self.scene.path(&at.path), at.start.line)).into_owned())
    }
}

fn kind(judged: &Judged) -> String {
    let kind = match judged.kind {
        UserKind::Human => "a person",
        UserKind::Application => "an application",
    };
    if judged.assumed {
        format!("nothing tells; taken for {kind}")
    } else {
        format!("{kind}, by {}", judged.evidence)
    }
}

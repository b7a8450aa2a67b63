//! What a unit says of policies and groups that another one declares, by name.

use std::sync::Arc;

use crate::collections::HashSet;
use crate::model::{Granted, Link, Model, name_in};

/// Something that units know by name alone when another one declares it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Thing {
    /// A customer-managed policy that somebody has.
    Policy(Arc<str>),
    /// A group that somebody is in.
    Group(Arc<str>),
}

/// What a unit speaks of that it does not declare.
#[derive(Clone, Debug, Default)]
pub(super) struct Spoken(HashSet<Thing>);

impl Spoken {
    pub(super) fn of(model: &Model) -> Self {
        let mut spoken = HashSet::default();
        for grant in &model.grants {
            if let Granted::Managed(policy) = &grant.policy {
                spoken.extend(name(&policy.link).map(Thing::Policy));
            }
        }
        for one in &model.uses {
            spoken.extend(name(&one.policy.link).map(Thing::Policy));
        }
        for membership in &model.memberships {
            spoken.extend(name(&membership.group.link).map(Thing::Group));
        }
        Self(spoken)
    }

    pub(super) fn is_of(&self, thing: &Thing) -> bool {
        self.0.contains(thing)
    }
}

/// The last part of a name or ARN of something outside. Policies of AWS have names of their own.
fn name<T>(link: &Link<T>) -> Option<Arc<str>> {
    let Link::Named(name) = link else { return None };
    (!name.contains(":iam::aws:")).then(|| name_in(name).into())
}

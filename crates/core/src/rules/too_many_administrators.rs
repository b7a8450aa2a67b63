use std::sync::Arc;

use crate::analysis::administrators::{Administrator, Strength};
use crate::analysis::holding::Holder;
use crate::model::{Declared, Deployment, Guard, Model};
use crate::report::{Level, Related};
use crate::rule::{Check, Context, Inputs, Judge, Rule, StatementId};
use crate::value::Unknown;

pub(super) static RULE: Rule = Rule {
    name: "too-many-administrators",
    summary: "more users than necessary are administrators",
    level: Level::Warning,
    statements: &[StatementId("UB-4.1")],
    inputs: Inputs::Resources,
    page: include_str!("too_many_administrators.md"),
    check: Check::Unit(check),
};

fn check(context: &Context<'_>, judge: &mut Judge<'_>) {
    let model = context.model;
    let most = context.options.administrators.max;
    let users: Vec<User<'_>> =
        context.administrators().iter().filter_map(|one| User::of(model, one)).collect();
    let guards = users.iter().flat_map(|user| &user.administrator.guards);
    let count = |deployment: &Deployment| Count::of(&users, most, deployment);
    for case in model.conditions.cases(&Guard::always(), guards, count) {
        let (places, unknown) = match &case.outcome {
            Count::Few => {
                judge.holds();
                continue;
            }
            Count::Many(places) => (places, None),
            Count::Perhaps(places, unknown) => (places, Some(unknown)),
        };
        let counted: Vec<&User<'_>> = places.iter().filter_map(|place| users.get(*place)).collect();
        // The first one beyond the limit is where it was broken.
        let Some(last) = counted.get(most) else { continue };
        let draft = match unknown {
            None => {
                let message = format!(
                    "{} users are administrators, and {most} are enough: `{}` is one more",
                    counted.len(),
                    last.declared.subject
                );
                let help = "take administration from those who do not need it, or raise `administrators.max` in iamrail.yaml";
                judge.violated(last.declared, last.declared.span, message).label("one too many").help(help)
            }
            Some(unknown) => {
                let message = format!("whether more than {most} users are administrators is not known");
                judge.undetermined(last.declared, last.declared.span, message, unknown)
            }
        };
        draft.when_any(&case.guards).key("too many");
        for other in counted.iter().filter(|other| !Arc::ptr_eq(other.declared, last.declared)) {
            let message = match &other.administrator.strength {
                Strength::Direct { how, .. } => format!("an administrator: a policy {how}"),
                Strength::Via(_) => "an administrator by what it can give itself".to_owned(),
                Strength::Possible(_) => "perhaps an administrator".to_owned(),
            };
            draft.related(Related::new(
                Arc::clone(&other.declared.subject),
                Some(other.declared.span),
                message,
            ));
        }
    }
}

/// A user that is an administrator, or may be one.
struct User<'m> {
    declared: &'m Arc<Declared>,
    administrator: &'m Administrator<'m>,
}

impl<'m> User<'m> {
    fn of(model: &'m Model, administrator: &'m Administrator<'m>) -> Option<Self> {
        let Holder::User(id) = administrator.holder else { return None };
        Some(Self { declared: &model.users.get(id)?.declared, administrator })
    }

    /// Why it is not known whether it counts, if it is not.
    fn doubt(&self) -> Option<&Arc<Unknown>> {
        match &self.administrator.strength {
            Strength::Direct { .. } | Strength::Via(_) => self.declared.instances.as_ref(),
            Strength::Possible(unknown) => Some(unknown),
        }
    }
}

/// How many administrators a deployment has.
#[derive(PartialEq)]
enum Count {
    /// No more than are allowed.
    Few,
    /// Too many, which are those at these places.
    Many(Vec<usize>),
    /// Those at these places are too many if all of them count.
    Perhaps(Vec<usize>, Arc<Unknown>),
}

impl Count {
    fn of(users: &[User<'_>], most: usize, deployment: &Deployment) -> Self {
        let (mut sure, mut all, mut why) = (Vec::new(), Vec::new(), None);
        for (place, user) in users.iter().enumerate() {
            let kept = user.administrator.guards.iter().find_map(|guard| {
                let mut doubt = user.doubt().cloned();
                deployment.keeps(guard, &mut doubt).then_some(doubt)
            });
            let Some(doubt) = kept else { continue };
            all.push(place);
            match doubt {
                Some(unknown) => drop(why.get_or_insert(unknown)),
                None => sure.push(place),
            }
        }
        match why {
            _ if sure.len() > most => Self::Many(sure),
            Some(unknown) if all.len() > most => Self::Perhaps(all, unknown),
            _ => Self::Few,
        }
    }
}

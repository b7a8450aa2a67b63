//! Makes the boxes and lines of a unit.

use iamrail::core::analysis::administrators::Strength;
use iamrail::core::analysis::holding::Holder;
use iamrail::core::analysis::principal::{declared, named};
use iamrail::core::collections::HashMap;
use iamrail::core::model::{Grant, Granted, Guard, Id, Link, Principal, Role, User};
use iamrail::core::value::Text;

use super::{At, Column, Edge, Kind, Node, Picture, Rank};
use crate::review::subject::{Subject, elsewhere};

/// The picture of a unit; `None` where no two of its parts belong together.
pub(in crate::review) fn picture(subject: &Subject<'_>) -> Option<Picture> {
    let mut drawing = Drawing::new(subject);
    let model = subject.model;
    for membership in &model.memberships {
        let user = drawing.principal(&Principal::User(membership.user.clone()));
        let group = drawing.principal(&Principal::Group(membership.group.clone()));
        drawing.join(user, group, &membership.guard, membership.undecided.is_some());
    }
    for grant in &model.grants {
        let who = drawing.principal(&grant.principal);
        let policy = drawing.policy(grant);
        drawing.join(who, policy, &grant.guard, grant.undecided.is_some());
    }
    for (id, _) in model.roles.iter() {
        for (workload, guard) in model.workloads_of_role(id) {
            let role = drawing.role(id);
            let node = Node { label: workload.declared.subject.to_string(), ..Node::default() };
            let workload = drawing.node(Kind::Workload, &workload.declared.subject, || node);
            drawing.join(role, workload, guard, false);
        }
    }
    drawing.finish()
}

/// A picture in the making, with a column for every kind.
struct Drawing<'s, 'r> {
    subject: &'s Subject<'r>,
    columns: Vec<Column>,
    edges: Vec<Edge>,
    known: HashMap<(Kind, String), At>,
}

impl<'s, 'r> Drawing<'s, 'r> {
    /// A drawing with all that the unit declares.
    fn new(subject: &'s Subject<'r>) -> Self {
        let columns = Kind::ALL.map(|kind| Column { kind, nodes: Vec::new(), total: 0 }).into();
        let mut drawing = Self { subject, columns, edges: Vec::new(), known: HashMap::default() };
        let model = subject.model;
        for (id, _) in model.users.iter() {
            drawing.user(id);
        }
        for (id, _) in model.groups.iter() {
            drawing.principal(&Principal::from(Holder::Group(id)));
        }
        for (_, policy) in model.policies.iter() {
            let subject = &policy.declared.subject;
            let label = policy.name.as_str().filter(|name| !name.is_empty() && !policy.name.sensitive);
            let label = label.map_or_else(|| subject.to_string(), |name| name.into_owned());
            drawing.node(Kind::Policy, subject, || Node { label, ..Node::default() });
        }
        for (id, _) in model.roles.iter() {
            drawing.role(id);
        }
        drawing
    }

    /// The box of something, which is made when it is asked for first.
    fn node(&mut self, kind: Kind, key: &str, node: impl FnOnce() -> Node) -> At {
        let key = (kind, key.to_owned());
        if let Some(at) = self.known.get(&key) {
            return *at;
        }
        let column = Kind::ALL.iter().position(|one| *one == kind).unwrap_or_default();
        let mut at = At { column, row: 0 };
        if let Some(column) = self.columns.get_mut(column) {
            at.row = column.nodes.len();
            column.nodes.push(node());
            column.total += 1;
        }
        self.known.insert(key, at);
        at
    }

    fn user(&mut self, id: Id<User>) -> At {
        self.principal(&Principal::from(Holder::User(id)))
    }

    fn role(&mut self, id: Id<Role>) -> At {
        self.principal(&Principal::from(Holder::Role(id)))
    }

    fn principal(&mut self, principal: &Principal) -> At {
        let (kind, holder) = match principal {
            Principal::User(user) => (Kind::User, user.declared().map(Holder::User)),
            Principal::Group(group) => (Kind::Group, group.declared().map(Holder::Group)),
            Principal::Role(role) => (Kind::Role, role.declared().map(Holder::Role)),
        };
        let found = named(self.subject.model, principal);
        let key = match (found.declared, holder) {
            (Some(declared), Some(_)) => format!("declared {}", declared.subject),
            _ => format!("named {}", found.name),
        };
        let strength =
            holder.and_then(|holder| self.subject.administrators.get(holder)).map(|one| &one.strength);
        let rank = match strength {
            Some(Strength::Direct { .. } | Strength::Via(_)) => Rank::Administrator,
            Some(Strength::Possible(_)) => Rank::Perhaps,
            _ => Rank::Ordinary,
        };
        let (label, is_elsewhere) = (found.name.into_owned(), found.declared.is_none());
        self.node(kind, &key, || Node { label, rank, is_elsewhere, others: 0 })
    }

    fn policy(&mut self, grant: &Grant) -> At {
        let policies = &self.subject.model.policies;
        let inline = |name: &iamrail::core::value::Value| {
            let name = name.as_text().filter(|_| !name.sensitive).map(Text::display);
            name.filter(|name| !name.is_empty()).unwrap_or_else(|| "inline policy".to_owned())
        };
        let (key, label, is_elsewhere) = match &grant.policy {
            Granted::Inline { name, .. } | Granted::InlineNamed(name) => {
                let who = named(self.subject.model, &grant.principal);
                let name = inline(name);
                (format!("inline {who} {} {name}", grant.declared.subject), name, false)
            }
            Granted::Managed(policy) => match &policy.link {
                Link::Declared(id) => {
                    let named = declared("policy", policies, *id, |one| (&one.declared, &one.name));
                    let subject = named.declared.map_or("", |declared| &*declared.subject);
                    (subject.to_owned(), named.name.into_owned(), false)
                }
                _ => {
                    let name = elsewhere(policy).unwrap_or_else(|| "not known".to_owned());
                    let label = name.rsplit('/').next().unwrap_or(&name).to_owned();
                    (format!("named {name}"), label, true)
                }
            },
            _ => ("unknown".to_owned(), "not known".to_owned(), true),
        };
        self.node(Kind::Policy, &key, || Node { label, rank: Rank::Ordinary, is_elsewhere, others: 0 })
    }

    /// Draws a line, from the left to the right.
    fn join(&mut self, one: At, other: At, guard: &Guard, is_undecided: bool) {
        let (from, to) = if one.column <= other.column { (one, other) } else { (other, one) };
        let kind = |at: At| Kind::ALL.get(at.column).copied();
        let is_direct = kind(from) == Some(Kind::User) && kind(to) == Some(Kind::Policy);
        let is_loose = is_undecided || !guard.is_always();
        self.edges.push(Edge { from, to, is_loose, is_direct });
    }

    fn finish(self) -> Option<Picture> {
        if self.edges.is_empty() {
            return None;
        }
        let picture = Picture { columns: self.columns, edges: self.edges }.shortened();
        Some(picture.arranged())
    }
}

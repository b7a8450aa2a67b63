//! Where administration, or power near to it, is handed out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::actions::{Actions, Reading};
use super::administration::{Administration, Circumstances, Grounds, administration_of, has_say};
use super::aws_managed::{self, Power};
use super::bearer::{Bearer, tells_bearers_apart};
use super::holding::{Holder, policies};
use crate::collections::{HashMap, HashSet};
use crate::model::{Case, Declared, Deployment, Grant, Granted, Guard, Id, Link, Membership, Model, Policy};
use crate::policy::{Answer, Document, Elements, Statement};
use crate::source::Span;
use crate::value::{Reason, Unknown};

/// A place that hands out power: a policy with all its grants, or one resource that grants.
#[derive(Clone, Debug)]
pub struct Source<'m> {
    /// The resource whose change takes the power away.
    pub declared: &'m Arc<Declared>,
    /// The narrowest place that shows it.
    pub span: Span,
    /// What it is: "the AWS-managed policy `AdministratorAccess`".
    pub what: String,
    /// What it allows: "allows every action".
    pub how: &'static str,
    /// How much, or why that is not known.
    pub power: Result<Power, Arc<Unknown>>,
    /// The grants that hand it out; none when the policy is attached to nothing here.
    pub grants: Vec<&'m Grant>,
    /// The conditions of the input under which it does, each guard one of several ways to it.
    pub guards: Vec<Guard>,
    /// Whom it makes an administrator, when that takes all of its policies together.
    pub together: Option<Holder>,
}

impl Source<'_> {
    /// The conditions under which it hands out power through a grant, each guard one of several ways to it; none when it never
    /// does.
    pub fn ways(&self, model: &Model, grant: &Grant) -> Vec<Guard> {
        let together =
            self.guards.iter().filter_map(|guard| self.declared.guard.and(guard)?.and(&grant.guard));
        together.filter(|guard| model.conditions.is_possible(guard)).collect()
    }

    /// Whether another source hands out the same under the same conditions.
    fn is_like(&self, other: &Self) -> bool {
        self.power == other.power && self.how == other.how && self.guards == other.guards
    }

    /// The same with the grants alone that it hands out power through; `None` when it had some, and none is left.
    fn possible(mut self, model: &Model) -> Option<Self> {
        let grants = std::mem::take(&mut self.grants);
        let was_attached = !grants.is_empty();
        self.grants = grants.into_iter().filter(|grant| !self.ways(model, grant).is_empty()).collect();
        (!was_attached || !self.grants.is_empty()).then_some(self)
    }

    /// The same with the grants alone whose principals can use the power, as far as conditions on the caller tell; `None` when it
    /// had some, and none is left.
    fn of_use(mut self, model: &Model) -> Option<Self> {
        let was_attached = !self.grants.is_empty();
        self.grants.retain(|grant| is_of_use(model, grant));
        (!was_attached || !self.grants.is_empty()).then_some(self)
    }
}

/// Whether the principal of a grant can use the power of the policy, as far as conditions on the caller tell.
fn is_of_use(model: &Model, grant: &Grant) -> bool {
    let (Some(document), Some(holder)) = (document(model, grant), Holder::declared(&grant.principal)) else {
        return true;
    };
    let conditions = document.statements.iter().flat_map(|statement| &statement.conditions);
    if !conditions.clone().any(tells_bearers_apart) {
        return true;
    }
    let held = policies(model, holder);
    let bearer = Bearer::of(model, holder, held.iter().flat_map(|held| &held.document.statements));
    handed_to(&document.deployed(&Deployment::default(), None), &bearer).is_some()
}

/// The document of a grant, if its text is part of the model or AWS's.
pub fn document<'m>(model: &'m Model, grant: &'m Grant) -> Option<&'m Document> {
    match &grant.policy {
        Granted::Inline { document, .. } => Some(document),
        Granted::InlineNamed(_) => None,
        Granted::Managed(policy) => match &policy.link {
            Link::Declared(id) => model.policies.get(*id).map(|policy| &policy.document),
            Link::Named(arn) => aws_managed::document(arn).map(|(_, document)| document),
            Link::Unknown(_) | Link::Several(_) | Link::None => None,
        },
    }
}

/// Every place that hands out power, in the order of the input.
pub fn sources(model: &Model) -> Vec<Source<'_>> {
    let policies = model.policies.iter().flat_map(|(id, policy)| of_policy(model, id, policy));
    let policies = policies.filter_map(|source| source.possible(model)?.of_use(model));
    let mut sources: Vec<Source<'_>> = policies.collect();
    // One resource may attach one policy to many principals: that is one source.
    let mut attached: BTreeMap<(Arc<str>, Arc<str>), usize> = BTreeMap::new();
    for grant in &model.grants {
        let (key, found) = match &grant.policy {
            Granted::Inline { name, document } => {
                let name = name.as_text().map(crate::value::Text::display).unwrap_or_default();
                (name.clone().into(), of_inline(model, grant, &name, document))
            }
            Granted::Managed(policy) => match &policy.link {
                Link::Named(arn) if is_customer_managed(arn) => {
                    let unknown = Arc::new(Unknown::new(Reason::Import, Arc::clone(arn)));
                    (Arc::clone(arn), vec![of_unknown(grant, &unknown)])
                }
                Link::Named(arn) => (Arc::clone(arn), of_named(grant, arn).into_iter().collect()),
                Link::Unknown(unknown) => (Arc::clone(&unknown.what), vec![of_unknown(grant, unknown)]),
                Link::Declared(_) | Link::Several(_) | Link::None => continue,
            },
            Granted::InlineNamed(_) => continue,
        };
        for source in found.into_iter().filter_map(|source| source.of_use(model)) {
            let key = (Arc::clone(&grant.declared.subject), Arc::clone(&key));
            let known = attached.get(&key).copied();
            match known.and_then(|at| sources.get_mut(at)) {
                Some(same) if same.is_like(&source) => same.grants.push(grant),
                _ => {
                    attached.insert(key, sources.len());
                    sources.push(source);
                }
            }
        }
    }
    let combined = combinations(model, &sources);
    sources.extend(combined);
    sources
}

fn of_policy<'m>(model: &'m Model, id: Id<Policy>, policy: &'m Policy) -> Vec<Source<'m>> {
    let source = |Case { outcome, guards }: Case<Option<Handed>>| {
        let Handed { power, how, span } = outcome?;
        Some(Source {
            declared: &policy.declared,
            span: span.or(policy.document.span).unwrap_or(policy.declared.span),
            what: format!("the policy `{}`", policy.declared.subject),
            how,
            power,
            grants: model.grants_of_policy(id).collect(),
            guards,
            together: None,
        })
    };
    cases(model, &policy.document, &policy.declared.guard).into_iter().filter_map(source).collect()
}

fn of_inline<'m>(model: &'m Model, grant: &'m Grant, name: &str, document: &Document) -> Vec<Source<'m>> {
    let source = |Case { outcome, guards }: Case<Option<Handed>>| {
        let Handed { power, how, span } = outcome?;
        Some(Source {
            declared: &grant.declared,
            span: span.or(document.span).unwrap_or(grant.span),
            what: if name.is_empty() {
                "an inline policy".to_owned()
            } else {
                format!("the inline policy `{name}`")
            },
            how,
            power,
            grants: vec![grant],
            guards,
            together: None,
        })
    };
    cases(model, document, &grant.guard).into_iter().filter_map(source).collect()
}

fn of_named<'m>(grant: &'m Grant, arn: &str) -> Option<Source<'m>> {
    let policy = aws_managed::managed(arn)?;
    let Handed { power, how, .. } = policy.handed.get_or_init(|| handed(&policy.document)).clone()?;
    Some(Source {
        declared: &grant.declared,
        span: grant.span,
        what: format!("the AWS-managed policy `{}`", policy.name),
        how,
        power,
        grants: vec![grant],
        guards: vec![Guard::always()],
        together: None,
    })
}

/// Whether an ARN is that of a policy which an account manages itself: what it says stands elsewhere.
fn is_customer_managed(arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':').skip(2);
    let (service, account) = (parts.next(), parts.nth(1));
    service == Some("iam")
        && account.is_some_and(|account| !account.is_empty() && account != "aws")
        && parts.next().is_some_and(|resource| resource.starts_with("policy/"))
}

fn of_unknown<'m>(grant: &'m Grant, unknown: &Arc<Unknown>) -> Source<'m> {
    Source {
        declared: &grant.declared,
        span: grant.span,
        what: "a policy".to_owned(),
        how: "",
        power: Err(Arc::clone(unknown)),
        grants: vec![grant],
        guards: vec![Guard::always()],
        together: None,
    }
}

/// The power that a document hands out.
#[derive(Clone, Debug)]
pub(super) struct Handed {
    power: Result<Power, Arc<Unknown>>,
    how: &'static str,
    span: Option<Span>,
}

/// Deployments that have the same power from different places of one document are one case.
impl PartialEq for Handed {
    fn eq(&self, other: &Self) -> bool {
        self.power == other.power && self.how == other.how
    }
}

/// What a document hands out in every deployment in which something is granted.
fn cases(model: &Model, document: &Document, assumed: &Guard) -> Vec<Case<Option<Handed>>> {
    // Most documents hand out nothing, whatever is deployed.
    if handed(&document.deployed(&Deployment::default(), None)).is_none() {
        return Vec::new();
    }
    let document = document.with_statements(|statement| has_say(statement) || may_be_near(statement));
    let judge = |deployment: &Deployment| handed(&document.deployed(deployment, None));
    model.conditions.cases(assumed, document.guards(), judge)
}

/// Whether a document hands out power, or may.
pub(super) fn hands_out_power(document: &Document) -> bool {
    handed(document).is_some()
}

fn handed(document: &Document) -> Option<Handed> {
    handed_to(document, &Bearer::anyone())
}

fn handed_to(document: &Document, bearer: &Bearer) -> Option<Handed> {
    match administration_of(&[document], bearer) {
        Administration::Yes(Grounds { how, spans }) => {
            Some(Handed { power: Ok(Power::Administration), how, span: spans.first().copied() })
        }
        Administration::Unless(unknown) | Administration::Perhaps(unknown) => {
            Some(Handed { power: Err(unknown), how: "", span: None })
        }
        Administration::No => near_administration(document, bearer),
    }
}

/// The actions of one service that are near to administration together.
struct Near {
    service: &'static str,
    how: &'static str,
    /// The same when a Deny takes some away.
    less: &'static str,
}

const NEAR: [Near; 3] = [
    Near {
        service: "iam",
        how: "allows every action of IAM",
        less: "allows every action of IAM but those that a Deny takes away",
    },
    Near {
        service: "organizations",
        how: "allows every action of Organizations",
        less: "allows every action of Organizations but those that a Deny takes away",
    },
    Near {
        service: "kms",
        how: "allows every action of KMS, key policies included",
        less: "allows every action of KMS but those that a Deny takes away",
    },
];

/// Whether a statement may hand out power that is near to administration, or take it away.
fn may_be_near(statement: &Statement) -> bool {
    let may_cover =
        |near: &Near| statement.actions.covered_by(&format!("{}:*", near.service), true).0 != Answer::No;
    statement.is_deny() || statement.actions.except || NEAR.iter().any(may_cover)
}

/// Power that is near to administration: everything but some services, all of Organizations, all of KMS.
fn near_administration(document: &Document, bearer: &Bearer) -> Option<Handed> {
    Circumstances::all(bearer, &[document]).iter().find_map(|circumstances| {
        let mut denied = None;
        document.statements.iter().find_map(|statement| {
            let undecided = statement.undecided.as_ref();
            let is_conditional = undecided.is_some_and(|unknown| unknown.reason == Reason::Budget);
            let is_plain = statement.is_allow()
                && (undecided.is_none() || is_conditional)
                && is_everywhere(statement)
                && circumstances.allow(document, statement, None) == Answer::Yes
                && statement.conditions_open.is_none();
            if !is_plain || !may_be_near(statement) {
                return None;
            }
            let denied = denied.get_or_insert_with(|| denied_everywhere(document, circumstances));
            let (how, span) = near(statement, denied)?;
            // Whether a statement is there that depends on too many conditions is not known.
            let power = undecided.map_or(Ok(Power::NearAdministration), |unknown| Err(Arc::clone(unknown)));
            Some(Handed { how: if power.is_ok() { how } else { "" }, power, span })
        })
    })
}

/// How what a statement allows is near to administration when some actions are denied, and where it says so.
fn near(statement: &Statement, denied: &Actions) -> Option<(&'static str, Option<Span>)> {
    let mut left = Actions::of(&statement.actions, Reading::Sure);
    left.remove(denied);
    if left.is_open && statement.actions.except {
        return Some(("allows everything but the actions that it names", statement.actions.key));
    }
    if left.is_open {
        let (_, element) = statement.actions.covered_by("*", true);
        let how = "allows every action but those that a Deny takes away";
        return Some((how, element.and_then(|element| element.span)));
    }
    NEAR.iter().find_map(|Near { service, how, less }| {
        let facts = iamrail_catalog::service(service)?;
        let (covered, element) = statement.actions.covered_by(&format!("{service}:*"), true);
        let is_whole = match statement.actions.except {
            true => Actions::of(&statement.actions, Reading::Sure).listed.has_service(facts),
            false => covered == Answer::Yes,
        };
        // Who cannot change who may use a key has no power over KMS, and who can change nothing has none at all.
        let is_power = |action: &&'static iamrail_catalog::Action| match *service {
            "kms" => action.access().is_permissions_management(),
            _ => !(action.access().is_list() || action.access().is_read()),
        };
        let mut powers = facts.actions().iter().filter(is_power);
        if !is_whole || !powers.any(|action| left.listed.contains(action)) {
            return None;
        }
        let how = if left.listed.has_service(facts) { how } else { less };
        let key = statement.actions.key.filter(|_| statement.actions.except);
        Some((*how, key.or_else(|| element.and_then(|element| element.span))))
    })
}

/// The actions that are denied on everything, whatever the circumstances that the caller chooses.
fn denied_everywhere(document: &Document, circumstances: &Circumstances) -> Actions {
    let mut denied = Actions::default();
    for statement in document.statements.iter().filter(|statement| statement.is_deny()) {
        let is_certain = statement.undecided.is_none() && statement.conditions_open.is_none();
        if is_certain
            && is_everywhere(statement)
            && circumstances.deny(document, statement, None) == Answer::Yes
        {
            denied.extend(&Actions::of(&statement.actions, Reading::Sure));
        }
    }
    denied
}

/// Whether a statement is about every resource.
fn is_everywhere(statement: &Statement) -> bool {
    let covers =
        |resources: &Elements| !resources.except && resources.covered_by("*", false).0 == Answer::Yes;
    statement.resources.as_ref().is_some_and(covers)
}

/// A policy on its way to a principal.
struct Way<'m> {
    grant: &'m Grant,
    /// The membership that it takes, when it reaches a user through a group.
    through: Option<&'m Membership>,
    /// Those of its statements that have a say in administration.
    document: Arc<Document>,
}

/// The statements of documents that have a say in administration, each document read once: many principals have the same.
type Says = HashMap<*const Document, Arc<Document>>;

impl<'m> Way<'m> {
    fn of(
        model: &'m Model,
        grant: &'m Grant,
        through: Option<&'m Membership>,
        says: &mut Says,
    ) -> Option<Self> {
        let whole = document(model, grant)?;
        let says = says.entry(std::ptr::from_ref(whole));
        let says = says.or_insert_with(|| Arc::new(whole.with_statements(has_say).into_owned()));
        Some(Self { grant, through, document: Arc::clone(says) })
    }

    fn guards(&self) -> impl Iterator<Item = &Guard> {
        let through = self.through.map(|membership| &membership.guard);
        std::iter::once(&self.grant.guard).chain(through).chain(self.document.guards())
    }

    /// What reaches the principal in a deployment.
    fn deployed(&self, deployment: &Deployment) -> Option<Cow<'_, Document>> {
        let through = self.through.and_then(|membership| membership.undecided.as_ref());
        let mut undecided = self.grant.undecided.as_ref().or(through).cloned();
        let is_there = deployment.keeps(&self.grant.guard, &mut undecided)
            && self.through.is_none_or(|one| deployment.keeps(&one.guard, &mut undecided));
        is_there.then(|| self.document.deployed(deployment, undecided.as_ref()))
    }
}

/// Declared principals whose policies amount to administration only together.
fn combinations<'m>(model: &'m Model, single: &[Source<'m>]) -> Vec<Source<'m>> {
    let alone: HashSet<*const Grant> = single
        .iter()
        .filter(|source| {
            source.power == Ok(Power::Administration) && source.guards.iter().all(Guard::is_always)
        })
        .flat_map(|source| source.grants.iter().map(|grant| std::ptr::from_ref(*grant)))
        .collect();
    let users = model.users.iter().map(|(id, user)| {
        let own = model.grants_of_user(id).map(|grant| (grant, None));
        let joined = model.memberships_of_user(id).flat_map(|membership| {
            let group = membership.group.declared().into_iter();
            group.flat_map(|id| model.grants_of_group(id)).map(move |grant| (grant, Some(membership)))
        });
        (Holder::User(id), &user.declared, own.chain(joined).collect::<Vec<_>>())
    });
    let groups = model.groups.iter().map(|(id, group)| {
        (
            Holder::Group(id),
            &group.declared,
            model.grants_of_group(id).map(|grant| (grant, None)).collect::<Vec<_>>(),
        )
    });
    let roles = model.roles.iter().map(|(id, role)| {
        (
            Holder::Role(id),
            &role.declared,
            model.grants_of_role(id).map(|grant| (grant, None)).collect::<Vec<_>>(),
        )
    });
    let principals = users.chain(groups).chain(roles);
    let mut says = Says::default();
    principals
        .filter_map(|(holder, declared, grants)| {
            combination(model, (holder, declared), &grants, &alone, &mut says)
        })
        .collect()
}

/// Documents without those that come again, as they do through several groups.
pub(super) fn each_once<'d>(documents: &'d [Cow<'_, Document>]) -> Vec<&'d Document> {
    let mut seen = HashSet::default();
    documents
        .iter()
        .map(|document| &**document)
        .filter(|document| seen.insert(std::ptr::from_ref(*document)))
        .collect()
}

fn combination<'m>(
    model: &'m Model,
    (holder, declared): (Holder, &'m Arc<Declared>),
    grants: &[(&'m Grant, Option<&'m Membership>)],
    alone: &HashSet<*const Grant>,
    says: &mut Says,
) -> Option<Source<'m>> {
    let is_enough_alone = |(grant, through): &(&'m Grant, Option<&Membership>)| {
        let is_joined = through.is_none_or(|one| one.guard.is_always() && one.undecided.is_none());
        is_joined && grant.guard.is_always() && alone.contains(&std::ptr::from_ref(*grant))
    };
    if grants.len() < 2 || grants.iter().any(is_enough_alone) {
        return None;
    }
    let ways: Vec<Way<'m>> =
        grants.iter().filter_map(|(grant, through)| Way::of(model, grant, *through, says)).collect();
    if ways.len() < 2 {
        return None;
    }
    let held = policies(model, holder);
    let bearer = Bearer::of(model, holder, held.iter().flat_map(|held| &held.document.statements));
    let judge = |deployment: &Deployment| {
        let deployed: Vec<_> = ways.iter().filter_map(|way| way.deployed(deployment)).collect();
        let documents = each_once(&deployed);
        let is_enough_alone =
            |document: &&Document| matches!(administration_of(&[document], &bearer), Administration::Yes(_));
        match administration_of(&documents, &bearer) {
            Administration::Yes(grounds) if !documents.iter().any(is_enough_alone) => {
                Some((grounds.how, deployed.len()))
            }
            _ => None,
        }
    };
    // Most policies do not amount to it, whatever is deployed.
    let all: Vec<_> = ways.iter().filter_map(|way| way.deployed(&Deployment::default())).collect();
    if matches!(administration_of(&each_once(&all), &bearer), Administration::No) {
        return None;
    }
    // Where one of them is enough by itself nothing is combined: without those that are wherever they are there, the rest must be.
    let mut enough: HashMap<*const Document, bool> = HashMap::default();
    let mut is_enough = |document: &Arc<Document>| {
        let is_enough = enough.entry(Arc::as_ptr(document));
        *is_enough
            .or_insert_with(|| matches!(administration_of(&[document], &bearer), Administration::Yes(_)))
    };
    let rest = ways.iter().filter(|way| !is_enough(&way.document));
    let rest: Vec<_> = rest.filter_map(|way| way.deployed(&Deployment::default())).collect();
    if matches!(administration_of(&each_once(&rest), &bearer), Administration::No) {
        return None;
    }
    let guards: Vec<&Guard> = ways.iter().flat_map(|way| way.guards()).collect();
    let cases = model.conditions.cases(&declared.guard, guards, judge);
    cases.into_iter().find_map(|Case { outcome, guards }| {
        let (how, count) = outcome?;
        let source = Source {
            declared,
            span: declared.span,
            what: format!("the combination of its {count} policies"),
            how,
            power: Ok(Power::Administration),
            grants: grants.iter().map(|(grant, _)| *grant).collect(),
            guards,
            together: Some(holder),
        };
        source.possible(model)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deny_of_everything_leaves_no_power() {
        let read = |deny: &str| {
            let allow = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
            let deny = format!(r#"{{"Effect": "Deny", {deny}}}"#);
            handed(&Document::from_text(&format!(r#"{{"Statement": [{allow}, {deny}]}}"#)))
        };
        assert!(read(r#""Action": "*", "Resource": "*""#).is_none());
        assert!(read(r#""Action": "iam:*", "Resource": "*""#).is_some());
    }

    #[test]
    fn what_a_deny_takes_away_is_no_power() {
        let how = |allow: &str, deny: &str| {
            let text = format!(
                r#"{{"Statement": [{{"Effect": "Allow", {allow}, "Resource": "*"}}, {{"Effect": "Deny", {deny}, "Resource": "*"}}]}}"#
            );
            handed(&Document::from_text(&text)).map(|handed| handed.how)
        };
        let (all, but) = (r#""Action": "*""#, r#""NotAction": "iam:*""#);
        for (allow, deny, expected) in [
            (r#""Action": "kms:*""#, r#""Action": "kms:*""#, None),
            (
                r#""Action": "kms:*""#,
                r#""Action": ["kms:PutKeyPolicy", "kms:CreateGrant", "kms:R*Grant"]"#,
                None,
            ),
            (
                r#""Action": "kms:*""#,
                r#""Action": "kms:ScheduleKeyDeletion""#,
                Some("allows every action of KMS but those that a Deny takes away"),
            ),
            (r#""Action": "organizations:*""#, r#""NotAction": "organizations:Describe*""#, None),
            (but, r#""NotAction": "s3:*""#, None),
            (but, r#""Action": "s3:*""#, Some("allows everything but the actions that it names")),
            (but, r#""NotAction": "kms:*""#, Some("allows every action of KMS, key policies included")),
            (all, r#""Action": "iam:*""#, Some("allows every action but those that a Deny takes away")),
            (all, r#""Action": ["iam:*", "*"]"#, None),
            (
                r#""Action": "iam:*""#,
                r#""Action": ["iam:Put*", "iam:Attach*"]"#,
                Some("allows every action of IAM but those that a Deny takes away"),
            ),
        ] {
            assert_eq!(how(allow, deny), expected, "{allow} without {deny}");
        }
    }

    #[test]
    fn of_the_policies_of_aws_few_hand_out_administration() {
        let mut administrative = Vec::new();
        let mut near = Vec::new();
        let mut open = Vec::new();
        for policy in crate::catalog::managed_policies() {
            let Some((_, document)) = aws_managed::document(&policy.arn("aws")) else {
                panic!("{}", policy.name())
            };
            assert!(document.problems.is_empty(), "{}: {:?}", policy.name(), document.problems);
            match handed(document).map(|handed| handed.power) {
                Some(Ok(Power::Administration)) => administrative.push(policy.name()),
                Some(Ok(Power::NearAdministration)) => near.push(policy.name()),
                Some(Err(_)) => open.push(policy.name()),
                None => {}
            }
        }
        assert_eq!(administrative, ["AdministratorAccess", "IAMFullAccess"]);
        assert_eq!(near, ["AIDevOpsAgentActionsPolicy", "AWSOrganizationsFullAccess", "PowerUserAccess"]);
        assert_eq!(open, [""; 0]);
    }
}

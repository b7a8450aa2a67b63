//! What documents say of the actions that paths take, as one account sees it: the one that the input is deployed in.
//!
//! That account, its region and its partition have made-up names here, which stand for whatever they are called. What a
//! document says of it in other words (`${data.aws_caller_identity.current.account_id}`, `AWS::Region`, `aws-cn`) is put into
//! these names, and so are the attributes of users, groups, roles and policies. What is not known of a name is in letters that stand
//! for it. Then texts can be compared.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::actions::Actions;
use crate::collections::HashMap;
use crate::policy::{Answer, Condition, Document, Effect, Element, Elements, OpenName, Statement};
use crate::value::{Hole, Origin, Origins, Part, Place, Reason, Text, symbol};

/// The account that the input is deployed in.
pub(super) const ACCOUNT: &str = "111122223333";
/// The region that it is deployed in.
pub(super) const REGION: &str = "us-east-1";

/// Condition keys whose values are up to the caller, or describe a caller that can be had: they keep nobody from anything. Some
/// are kept nevertheless where the model knows their value.
const FREE: [&str; 20] = [
    "aws:multifactorauthage",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:referer",
    "aws:securetransport",
    "aws:sourceidentity",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:tagkeys",
    "aws:useragent",
    "aws:userid",
    "aws:vpcsourceip",
    "ec2:sourceinstancearn",
    "sts:externalid",
    "sts:rolesessionname",
    "sts:sourceidentity",
    "sts:transitivetagkeys",
    "sts:authorizedcaller",
];

/// Keys that describe the service which calls for someone in this account.
const OF_SERVICES: [&str; 3] = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid"];

/// How the entities of the model are called: name and ARN by the address of the resource.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) by_subject: HashMap<Arc<str>, (String, String)>,
    /// The resource that declares the entity with an ARN; the first when there are several.
    pub(super) by_arn: HashMap<String, Arc<str>>,
    /// The ARNs of which not all is known.
    pub(super) open: HashMap<String, Arc<OpenName>>,
    /// The account as the input writes it, if it does.
    pub(super) account: Option<String>,
    /// The region that conditions ask for, if they do.
    pub(super) region: Option<String>,
}

/// A document as far as it concerns paths.
#[derive(Debug)]
pub(super) struct Reading {
    /// The statements that speak of an action that a path takes.
    pub(super) document: Document,
    /// The same as STS takes it, where that differs: a role to be assumed may be one of another account.
    pub(super) of_sts: Option<Document>,
    /// What it may allow.
    pub(super) allowed: Actions,
    /// What it may deny.
    pub(super) denied: Actions,
    /// The keys of its conditions that speak of tags of the caller or of the resource, in lower case, each once.
    pub(super) tag_keys: Vec<String>,
}

impl Reading {
    /// The conditions of its statements.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.document.statements.iter().flat_map(|statement| &statement.conditions)
    }

    /// Reads the policy of a user, a group or a role.
    pub(super) fn of_identity(document: &Document, names: &Names) -> Self {
        let mut reading = Self::empty(document);
        let variables = document.has_variables();
        let mut of_sts = reading.document.clone();
        let mut differs = false;
        for statement in &document.statements {
            let actions = Actions::named_by(&statement.actions);
            if actions.is_empty() {
                continue;
            }
            let Some(mut statement) = possible(statement, false, &variables) else { continue };
            if !statement.actions.except {
                // Long lists name mostly what no path takes.
                let mut items = std::mem::take(&mut statement.actions.items);
                items.retain(|item| {
                    !Actions::named_by(&Elements { items: vec![item.clone()], ..Elements::default() })
                        .is_empty()
                });
                statement.actions.items = items;
            }
            let is_of_sts = statement
                .actions
                .items
                .iter()
                .all(|item| item.widest_pattern().to_ascii_lowercase().starts_with("sts:"));
            let mut assuming = statement.clone();
            for element in assuming.resources.iter_mut().flat_map(|resources| &mut resources.items) {
                localise(element, names, false);
            }
            for element in statement.resources.iter_mut().flat_map(|resources| &mut resources.items) {
                localise(element, names, !is_of_sts);
            }
            let texts = |statement: &Statement| {
                let items = statement.resources.iter().flat_map(|resources| &resources.items);
                items.map(Element::widest_pattern).collect::<Vec<_>>()
            };
            let speaks_of_sts = actions.meets(Actions::of("sts:AssumeRole"));
            differs |= speaks_of_sts && texts(&assuming) != texts(&statement);
            of_sts.statements.push(assuming);
            if statement.effect != Effect::Deny {
                reading.allowed.extend(actions);
            }
            if statement.effect != Effect::Allow {
                reading.denied.extend(actions);
            }
            reading.document.statements.push(statement);
        }
        reading.tag_keys = tag_keys(&reading.document);
        reading.of_sts = differs.then_some(of_sts);
        reading
    }

    /// Reads the trust policy of a role.
    pub(super) fn of_trust(document: &Document, names: &Names) -> Self {
        let mut reading = Self::empty(document);
        reading.document.open = document.open.clone();
        let variables = document.has_variables();
        for statement in &document.statements {
            let Some(mut statement) = possible(statement, true, &variables) else { continue };
            let principals = statement.principals.iter_mut().flat_map(|principals| &mut principals.entries);
            for element in principals.flat_map(|(_, elements)| &mut elements.items) {
                localise(element, names, false);
            }
            reading.document.statements.push(statement);
        }
        reading.tag_keys = tag_keys(&reading.document);
        reading
    }

    fn empty(document: &Document) -> Self {
        let document =
            Document { version: document.version.clone(), span: document.span, ..Document::default() };
        let (allowed, denied) = (Actions::default(), Actions::default());
        Self { document, of_sts: None, allowed, denied, tag_keys: Vec::new() }
    }
}

fn tag_keys(document: &Document) -> Vec<String> {
    let conditions = || document.statements.iter().flat_map(|statement| &statement.conditions);
    let resources = document.statements.iter().flat_map(|one| &one.resources).flat_map(|one| &one.items);
    let texts = resources.chain(conditions().flat_map(|condition| &condition.values.items));
    let keys = conditions().map(Condition::folded_key);
    let keys = keys.chain(texts.flat_map(|element| variables(&element.widest_pattern())));
    let is_of_target =
        |key: &String| key.starts_with("aws:resourcetag/") || key.starts_with("iam:resourcetag/");
    let keys = keys.filter(|key| is_of_principal(key) || is_of_target(key));
    keys.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The keys of the variables in a text, in lower case.
fn variables(text: &str) -> Vec<String> {
    let starts = text.split("${").skip(1);
    let insides = starts.filter_map(|start| start.split_once('}').map(|(inside, _)| inside));
    insides
        .map(|inside| inside.split(',').next().unwrap_or_default().trim_end().to_ascii_lowercase())
        .collect()
}

/// Whether a key in lower case speaks of a tag of the caller.
pub(super) fn is_of_principal(key: &str) -> bool {
    key.starts_with("aws:principaltag/")
}

/// A statement without the conditions that keep nobody from anything; `None` for a Deny that everybody can keep clear of. A
/// condition that never holds keeps everybody from everything.
fn possible(statement: &Statement, is_trust: bool, variables: &Answer) -> Option<Statement> {
    let is_free = |condition: &Condition| {
        let key = condition.folded_key();
        FREE.contains(&key.as_str())
            || key.starts_with("aws:requesttag/")
            || is_trust && OF_SERVICES.contains(&key.as_str())
    };
    let mut statement = statement.clone();
    match statement.effect {
        Effect::Deny if statement.conditions.iter().any(is_free) => return None,
        Effect::Allow => {
            statement.conditions.retain(|condition| !is_free(condition) || condition.is_void(variables));
        }
        Effect::Deny | Effect::Unknown(_) => {}
    }
    Some(statement)
}

/// Puts an element into the names of the account. `is_of_account` says that it can only mean something of this account.
fn localise(element: &mut Element, names: &Names, is_of_account: bool) {
    if let Some(arn) = whole(element, names) {
        element.text = Text::literal(in_one_place(&arn, names, is_of_account), element.span);
        return;
    }
    let mut before = String::new();
    // Literals next to each other are one, so that an ARN is seen as one.
    let mut parts: Vec<Part> = Vec::new();
    let mut literal = String::new();
    for part in element.text.parts() {
        match part {
            Part::Literal { text, .. } => literal.push_str(text),
            Part::Hole(hole) => {
                match known(hole, &format!("{before}{literal}"), element, names, is_of_account) {
                    Some(text) => literal.push_str(&text),
                    None => {
                        before.push_str(&literal);
                        before.push('*');
                        parts.extend([
                            Part::Literal { text: std::mem::take(&mut literal).into(), span: None },
                            part.clone(),
                        ]);
                    }
                }
            }
        }
    }
    parts.push(Part::Literal { text: literal.into(), span: None });
    let is_whole = parts.len() == 1;
    if let Some(Part::Literal { text, .. }) = parts.first_mut()
        && (is_whole || colons(text) >= 5)
    {
        *text = in_one_place(text, names, is_of_account).into();
    }
    if let [Part::Literal { span, .. }] = parts.as_mut_slice() {
        *span = element.span;
    }
    element.text = Text::from_parts(parts);
}

fn colons(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b':').count()
}

/// What a part of an ARN is by its place, whatever it is called: behind what stands `before` it.
fn in_head(before: &str, is_of_account: bool) -> Option<&'static str> {
    if !before.starts_with("arn:") || !before.ends_with(':') {
        return None;
    }
    match colons(before) {
        1 => Some("aws"),
        3 => Some(REGION),
        4 if is_of_account => Some(ACCOUNT),
        _ => None,
    }
}

/// The ARN or the name of the entity that an element as a whole is.
fn whole(element: &Element, names: &Names) -> Option<String> {
    let of_hole = match element.text.parts() {
        [Part::Hole(hole)] => Some(&hole.origins),
        _ => None,
    };
    let origins = of_hole.into_iter().chain([&element.value.origins]);
    origins.flat_map(Origins::all_exact).find_map(|origin| attribute(origin, names))
}

fn attribute(origin: &Origin, names: &Names) -> Option<String> {
    let (name, arn) = names.by_subject.get(&origin.resource)?;
    let attribute = origin.attribute.to_ascii_lowercase();
    let is_arn =
        attribute.contains("arn") || arn.contains(":policy/") && (attribute == "ref" || attribute == "id");
    Some(if is_arn { arn.clone() } else { name.clone() })
}

/// What a hole is in the names of the account, if it can be known.
fn known(hole: &Hole, before: &str, element: &Element, names: &Names, is_of_account: bool) -> Option<String> {
    if let Some(known) = hole.origins.all_exact().find_map(|origin| attribute(origin, names)) {
        return Some(known);
    }
    // In the name of a resource, what is not known stays what it is: the same variable is the same text wherever it stands.
    let is_in_name = before.starts_with("arn:") && colons(before) >= 5;
    let by_word = hole.unknown.place().filter(|_| !is_in_name).map(literal);
    if let Some(known) = by_word.or_else(|| in_head(before, is_of_account)) {
        return Some(known.to_owned());
    }
    // Whoever deploys the input is nobody that it declares.
    let is_deployer = matches!(hole.unknown.reason, Reason::Environment | Reason::Deployer);
    (is_deployer && element.text.parts().len() == 1).then(|| symbol(&hole.unknown.what))
}

fn literal(place: Place) -> &'static str {
    match place {
        Place::Suffix => "amazonaws.com",
        Place::Partition => "aws",
        Place::Region => REGION,
        Place::Account => ACCOUNT,
    }
}

/// A text as it is when there is one partition, one region, and one account.
fn in_one_place(text: &str, names: &Names, is_of_account: bool) -> String {
    if let Some(service) = text.strip_suffix(".amazonaws.com.cn") {
        return format!("{service}.amazonaws.com");
    }
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_home = |account: &str| is_of_account || names.account.as_deref() == Some(account);
    if is_account(text) && is_home(text) {
        return ACCOUNT.to_owned();
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, partition, service, region, account, resource] = parts.as_slice() else {
        return text.to_owned();
    };
    if !arn.eq_ignore_ascii_case("arn") {
        return text.to_owned();
    }
    let partition = if partition.starts_with("aws-") { "aws" } else { partition };
    let region = if region.is_empty() || region.contains(['*', '?']) { region } else { REGION };
    let account = if is_account(account) && is_home(account) { ACCOUNT } else { account };
    [arn, partition, service, region, account, *resource].join(":")
}

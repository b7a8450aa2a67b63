//! Actions of a statement that none of its resources can be the object of.

use iamrail_catalog::{Action, ActionSet, ResourceType, Service, expand};

use super::{Fault, shown, to_no_effect};
use crate::collections::{HashMap, HashSet};
use crate::policy::{Answer, Element, Glob, Statement, glob_covers_folded};
use crate::value::{Form, Hole, Origin, Origins, Part};

/// The shape of the ARNs of buckets. The name of a bucket has no slash, unlike most of what stands at the end of an ARN.
const BUCKET: &str = "arn:${Partition}:s3:::${BucketName}";

pub(super) fn check(statement: &Statement, variables: &Answer, faults: &mut Vec<Fault>) {
    let Some(resources) = &statement.resources else { return };
    if resources.except || resources.open.is_some() || resources.items.is_empty() || statement.actions.except
    {
        return;
    }
    let targets: Vec<Target> =
        resources.items.iter().map(|element| Target::read(element, variables)).collect();
    if targets.iter().any(|target| matches!(target, Target::Anything)) {
        return;
    }
    let mut reached = HashMap::default();
    for element in &statement.actions.items {
        let Some(text) = element.text.as_str() else { continue };
        // What stands for all services is never without an object.
        if text.starts_with('*') {
            continue;
        }
        let actions = expand(&text);
        // What the catalog does not know is another fault, or none.
        if !actions.is_empty() && !can_reach(&actions, &targets, &mut reached) {
            faults.push(fault(statement, element, &text, &actions, &resources.items));
        }
    }
}

/// What a resource of a statement can be.
enum Target {
    /// Every resource, or one of which nothing is known.
    Anything,
    /// One resource, of any kind.
    One,
    /// At most the ARNs of a pattern.
    Arns(Arns),
}

struct Arns {
    pattern: String,
    /// In lower case; none when it is not written out.
    service: Option<String>,
    /// Whether all resources of the service are meant.
    is_whole_service: bool,
    /// Whether it is one resource.
    is_one: bool,
    /// Whether a wildcard stands before the last colon of the ARN's frame. AWS's pages do not say whether it reaches over colons.
    has_open_frame: bool,
    has_slash: bool,
}

impl Target {
    fn read(element: &Element, variables: &Answer) -> Self {
        let text = widest(element, variables);
        let parts = text.split(':').count();
        let is_arn = |origin: &Origin| origin.attribute.eq_ignore_ascii_case("arn");
        if text.starts_with("arn:") && parts > 2 {
            let arns = Arns::read(&text, parts);
            // What is not known of the ARN of one resource is no wildcard.
            let is_one = arns.is_one || element.value.origins.exact().is_some_and(is_arn);
            return Self::Arns(Arns { is_one, ..arns });
        }
        // A slash that is written stands in no name of a bucket, whatever is before it.
        if text.contains('/') && text.starts_with('*') {
            return Self::Arns(Arns {
                pattern: text,
                service: None,
                is_whole_service: false,
                is_one: false,
                has_open_frame: true,
                has_slash: true,
            });
        }
        match element.text.parts() {
            [Part::Hole(hole)]
                if hole.origins.exact().or(element.value.origins.exact()).is_some_and(is_arn) =>
            {
                Self::One
            }
            _ => Self::Anything,
        }
    }

    /// Whether it can be of a type.
    fn can_be(&self, kind: &ResourceType) -> bool {
        let Self::Arns(arns) = self else { return true };
        let meets = || {
            let (theirs, mine) = (Glob::new(&kind.pattern().to_lowercase()), Glob::new(&arns.pattern));
            match arns.has_open_frame {
                true => theirs.meets(&mine),
                false => theirs.meets_in_parts(&mine),
            }
        };
        arns.may_be_of_service_of(kind) && meets()
    }

    /// The same as far as it is plain from a look at one letter after the other: either pattern may cover the other. Errs on the side
    /// of `false`.
    fn plainly_can_be(&self, kind: &ResourceType) -> bool {
        let Self::Arns(arns) = self else { return true };
        let meet = |one: &str, other: &str| glob_covers_folded(one, other) || glob_covers_folded(other, one);
        let meets = || match arns.has_open_frame {
            true => meet(kind.pattern(), &arns.pattern),
            false => {
                let (mut theirs, mut mine) = (kind.pattern().splitn(6, ':'), arns.pattern.splitn(6, ':'));
                loop {
                    match (theirs.next(), mine.next()) {
                        (Some(theirs), Some(mine)) if meet(theirs, mine) => {}
                        (None, None) => return true,
                        _ => return false,
                    }
                }
            }
        };
        arns.may_be_of_service_of(kind) && meets()
    }

    /// Whether it may be what a service asks about where it asks about no resource. AWS's pages say that such an action needs the
    /// resource `*`; services are known to be content with patterns, but not with one resource.
    fn can_be_nameless(&self) -> bool {
        match self {
            Self::Anything => true,
            Self::One => false,
            Self::Arns(arns) => !arns.is_one,
        }
    }

    /// Whether it is all resources of a service, which are those of its actions whatever else these act on.
    fn is_all_of(&self, service: &Service) -> bool {
        let Self::Arns(arns) = self else { return false };
        arns.is_whole_service && arns.service.as_deref().is_none_or(|mine| mine == service.prefix())
    }
}

impl Arns {
    /// Whether what is written of it does not speak against a type before the patterns are compared.
    fn may_be_of_service_of(&self, kind: &ResourceType) -> bool {
        let arn = kind.arn();
        let of = arn.split(':').nth(2).filter(|of| arn.starts_with("arn:") && !of.contains('$'));
        let may_be = self.service.as_deref().zip(of).is_none_or(|(mine, of)| mine.eq_ignore_ascii_case(of));
        may_be && !(arn == BUCKET && self.has_slash)
    }

    fn read(text: &str, parts: usize) -> Self {
        let has_wildcard = |text: &str| text.bytes().any(|byte| matches!(byte, b'*' | b'?'));
        let whole = text.to_owned() + &":*".repeat(6_usize.saturating_sub(parts));
        let (frame, name) = match whole.match_indices(':').nth(4) {
            Some((colon, _)) => (whole.get(..colon), whole.get(colon + 1..)),
            None => (None, None),
        };
        let (frame, name) = (frame.unwrap_or(&whole), name.unwrap_or_default());
        let service = text.split(':').nth(2).filter(|service| !has_wildcard(service));
        let is_object = name.contains('/') && !name.starts_with('*') && whole.contains(":s3:::");
        Self {
            service: service.map(str::to_owned),
            is_whole_service: name.starts_with('*'),
            is_one: is_object || !(has_wildcard(name) || name.ends_with(['/', ':']) || name.is_empty()),
            has_open_frame: has_wildcard(frame),
            has_slash: text.contains('/'),
            pattern: whole,
        }
    }
}

/// The widest pattern that a resource can be, in lower case: variables and what is not known stand for anything. What is known to
/// have neither colon nor slash stands for a name, which fits wherever one does. The ARN of a bucket that is not known yet is one of a
/// bucket.
fn widest(element: &Element, variables: &Answer) -> String {
    let is_whole = element.text.parts().len() == 1;
    let is_arn_of_bucket =
        |hole: &Hole| is_bucket(&hole.origins) || is_whole && is_bucket(&element.value.origins);
    let parts = element.text.parts().iter().map(|part| match part {
        Part::Literal { text, .. } => text,
        Part::Hole(hole) if is_arn_of_bucket(hole) => "arn:aws:s3:::{bucket}",
        Part::Hole(hole) => match hole.form() {
            Form::Name => "{name}",
            Form::Path | Form::Any => "*",
        },
    });
    let mut text: String = parts.collect();
    match text.is_ascii() {
        true => text.make_ascii_lowercase(),
        false => text = text.to_lowercase(),
    }
    if *variables == Answer::No || !text.contains('$') {
        return text;
    }
    let mut pattern = String::new();
    let mut rest = text.as_str();
    while let Some((before, behind)) = rest.split_once("${") {
        let Some((_, after)) = behind.split_once('}') else { break };
        pattern.push_str(before);
        pattern.push('*');
        rest = after;
    }
    pattern + rest
}

/// Whether something is the ARN of a bucket of the configuration.
fn is_bucket(origins: &Origins) -> bool {
    origins.exact().is_some_and(|origin| {
        let kind = origin.resource.rsplit('.').nth(1);
        &*origin.attribute == "arn" && kind == Some("aws_s3_bucket")
    })
}

/// Whether one of the targets can be the object of one of the actions. What is found of the shape of an ARN is remembered in
/// `reached`, as most actions of a statement act on the same few.
fn can_reach(actions: &ActionSet, targets: &[Target], reached: &mut HashMap<&'static str, bool>) -> bool {
    let mut seen: HashSet<&str> = HashSet::default();
    let mut kinds: Vec<&'static ResourceType> = Vec::new();
    for (kind, _) in actions.iter().flat_map(Action::resource_types) {
        if !seen.insert(kind.arn()) {
            continue;
        }
        // Most resources are plainly of a type; to compare patterns in full takes far longer.
        if targets.iter().any(|target| target.plainly_can_be(kind)) {
            return true;
        }
        kinds.push(kind);
    }
    let mut is_reached = |kind: &&'static ResourceType| {
        *reached.entry(kind.arn()).or_insert_with(|| targets.iter().any(|target| target.can_be(kind)))
    };
    let is_object = kinds.iter().any(&mut is_reached);
    let Some(service) = actions.iter().next().and_then(Action::service) else { return true };
    // What is called on resources of other services is called on more of them than AWS's pages say.
    let is_at_home = |arn: &&str| arn.split(':').nth(2) == Some(service.prefix());
    if is_object || !seen.iter().all(is_at_home) || targets.iter().any(|target| target.is_all_of(service)) {
        return true;
    }
    // Where services ask about no resource, what they create and change is known to be asked about all the same.
    let mut nameless = actions.iter().filter(|action| !action.can_be_limited()).peekable();
    nameless.peek().is_some()
        && (nameless.any(|action| !action.access().is_list()) || targets.iter().any(Target::can_be_nameless))
}

fn fault(
    statement: &Statement,
    element: &Element,
    text: &str,
    actions: &ActionSet,
    resources: &[Element],
) -> Fault {
    let effect = to_no_effect(statement);
    let arns = arns(actions);
    let (message, help) = match arns.as_slice() {
        [] => (
            format!("{} can only be used with the resource `*`, {effect} here", shown(text)),
            "move it to a statement with the resource `*`".to_owned(),
        ),
        arns => (
            format!("{} is not used with any of the statement's resources, {effect} here", shown(text)),
            format!("its resources are those of the form {}", listed(arns)),
        ),
    };
    let first = resources.first();
    let shown = first.map_or_else(String::new, |resource| shown(&resource.text.display()));
    let what = match resources.len() {
        1 => format!("the resource is {shown}"),
        more => format!("the resources are {shown} and {} more", more - 1),
    };
    let span = first.and_then(|resource| resource.span);
    Fault { related: Some((span, what)), ..Fault::void(message, None).of(element).help(help) }
}

/// The shapes of the ARNs that actions can be limited to, each once.
pub(crate) fn arns(actions: &ActionSet) -> Vec<&'static str> {
    let mut arns: Vec<&str> = Vec::new();
    for (kind, _) in actions.iter().flat_map(Action::resource_types) {
        if !arns.contains(&kind.arn()) {
            arns.push(kind.arn());
        }
    }
    arns
}

/// Up to two shapes of ARNs, for people.
pub(crate) fn listed(arns: &[&str]) -> String {
    match arns {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [one, other] => format!("`{one}` or `{other}`"),
        [one, other, more @ ..] => format!("`{one}`, `{other}` or {} more", more.len()),
    }
}

//! Where a configuration hands on what it declares: in outputs, to modules that may not be at hand, to other resources.

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use iamrail_core::collections::{HashMap, HashSet};
use iamrail_core::model::{Mention, Model};
use iamrail_core::source::Span;

use crate::eval::{Evaluator, Frame, FrameId};
use crate::module::Entity;
use crate::resources::{OUTPUT, attaches, holds_link};
use crate::syntax::{Declaration, Expr, ExprKind, Referred};

/// The attributes by which a policy or group is known elsewhere.
const NAMES: [&str; 3] = ["arn", "id", "name"];

/// The most places that are looked at for all that is looked for.
const MOST: usize = 200_000;

/// Resources that others may be handed: the module and the block of each address.
pub(super) type Made = HashMap<Arc<str>, (FrameId, Arc<str>)>;

/// The model with the places that mention what is idle in it.
pub(super) fn mentioned(model: Model, made: &Made, evaluator: &Evaluator<'_>) -> Model {
    let mut search = Search { evaluator, found: HashMap::default(), looked_at: 0 };
    let mut mentions = Vec::new();
    for declared in model.idle() {
        let Some((frame, name)) = made.get(&declared.subject) else { continue };
        let places = search.places(*frame, name, declared.span);
        let of = |place: &Place| Mention {
            of: Arc::clone(&declared.subject),
            by: Arc::clone(&place.by),
            span: place.span,
            hands_on: place.hands_on,
        };
        mentions.extend(places.iter().map(of));
    }
    model.with_mentions(mentions)
}

/// What leads to a resource within a module: the first names of a reference, and whether an attribute that follows matters.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Target {
    names: Vec<Arc<str>>,
    /// Whether it is the resource itself, of which only some attributes tell its name.
    is_resource: bool,
}

/// A place that has the target.
struct Place {
    by: Arc<str>,
    span: Span,
    hands_on: bool,
}

type Places = Rc<[Place]>;

struct Search<'e> {
    evaluator: &'e Evaluator<'e>,
    /// By module instance and block.
    found: HashMap<(FrameId, Arc<str>), Places>,
    looked_at: usize,
}

impl Search<'_> {
    /// The places that have the name of a resource, with what they are part of.
    fn places(&mut self, frame: FrameId, name: &Arc<str>, span: Span) -> Places {
        let key = (frame, Arc::clone(name));
        if let Some(known) = self.found.get(&key) {
            return Rc::clone(known);
        }
        let names = name.split('.').map(Arc::from).collect();
        let mut waiting = VecDeque::from([(frame, Target { names, is_resource: true })]);
        let mut seen: HashSet<(FrameId, Target)> = waiting.iter().cloned().collect();
        let mut places = Vec::new();
        while let Some((id, target)) = waiting.pop_front() {
            let Some(frame) = self.evaluator.frame(id) else { continue };
            if self.looked_at > MOST {
                // Not all of it is looked at: whatever is left may be such a place.
                places.push(Place { by: frame.address("terraform"), span, hands_on: true });
                break;
            }
            for next in self.follow(&frame, &target, &mut places) {
                if seen.insert(next.clone()) {
                    waiting.push_back(next);
                }
            }
        }
        let places: Places = places.into();
        self.found.insert(key, Rc::clone(&places));
        places
    }

    /// Adds the places of a module that have the target, and gives what has it in turn.
    fn follow(&mut self, frame: &Frame, target: &Target, places: &mut Vec<Place>) -> Vec<(FrameId, Target)> {
        let module = &frame.module;
        let mut next = Vec::new();
        for (name, entity) in module.resources.iter().chain(&module.data) {
            let kind = entity.declaration().label(0);
            // What attaches policies to principals is in the model.
            let is_in_model = |argument: &str| {
                holds_link(kind, argument) || (attaches(kind) && ["count", "for_each"].contains(&argument))
            };
            let found = self.look(entity, target, &|argument| !is_in_model(argument));
            places.extend(found.map(|span| Place { by: frame.address(name), span, hands_on: true }));
            let found = self.look(entity, target, &is_in_model);
            places.extend(found.map(|span| Place { by: frame.address(name), span, hands_on: false }));
        }
        for (name, call) in &module.calls {
            let found = self.look(call, target, &|_| true);
            let by = || frame.address(&format!("module.{name}"));
            places.extend(found.map(|span| Place { by: by(), span, hands_on: true }));
        }
        for (name, output) in &module.outputs {
            let Some(span) = self.look(output, target, &|_| true) else { continue };
            match frame.caller() {
                Some((caller, call)) => {
                    let names = vec!["module".into(), Arc::clone(call), Arc::clone(name)];
                    next.push((caller, Target { names, is_resource: false }));
                }
                None => {
                    places.push(Place { by: format!("{OUTPUT}.{name}").into(), span, hands_on: true });
                }
            }
        }
        for local in module.locals_of(|block| block.may_say(target.word())) {
            self.looked_at += 1;
            for member in target.members(&local.value) {
                let names = ["local".into(), Arc::clone(&local.name)].into_iter().chain(member).collect();
                next.push((frame.id(), Target { names, is_resource: false }));
            }
        }
        next
    }

    /// Where a block has the target.
    fn look(&mut self, entity: &Entity, target: &Target, is_meant: &dyn Fn(&str) -> bool) -> Option<Span> {
        self.looked_at += 1;
        if !entity.declarations().any(|declaration: &Declaration| declaration.may_say(target.word())) {
            return None;
        }
        let found = entity.body().references(is_meant);
        found.into_iter().find(|one| target.is_meant_by(one)).map(|one| one.span)
    }
}

impl Target {
    /// A word that stands wherever it is referred to.
    fn word(&self) -> &str {
        self.names.get(1).map_or("", |name| name)
    }

    /// The members of an object that have it, or the whole value.
    fn members(&self, value: &Expr) -> Vec<Option<Arc<str>>> {
        let has_it = |value: &Expr| value.references().iter().any(|one| self.is_meant_by(one));
        let ExprKind::Object(items) = &value.kind else {
            return if has_it(value) { vec![None] } else { Vec::new() };
        };
        let having = items.iter().filter(|item| has_it(&item.value) || has_it(&item.key));
        having.map(|item| item.name().cloned()).collect()
    }

    fn is_meant_by(&self, referred: &Referred) -> bool {
        let is_same = self.names.iter().zip(&referred.names).all(|(one, other)| one == other);
        // A module as a whole has all of its outputs.
        let is_whole = referred.names.len() >= self.names.len().min(2);
        let attribute = referred.names.get(self.names.len());
        let tells = !self.is_resource || attribute.is_none_or(|name| NAMES.contains(&&**name));
        is_same && is_whole && tells
    }
}

//! Where a configuration hands on what it declares: in outputs, to modules that may not be at hand, to other resources.

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use super::references::{References, Within};
use iamrail_core::collections::{HashMap, HashSet};
use iamrail_core::model::{Mention, Model};
use iamrail_core::source::Span;

use crate::eval::{Evaluator, Frame, FrameId};
use crate::resources::OUTPUT;

/// The attributes by which a policy or group is known elsewhere, and none.
const NAMES: [&str; 4] = ["", "arn", "id", "name"];

/// The most references that are looked at for all that is looked for. Tests see to the end of it.
const MOST: usize = if cfg!(test) { 20_000 } else { 5_000_000 };

/// Resources that others may be handed: the module and the block of each address.
pub(super) type Made = HashMap<Arc<str>, (FrameId, Arc<str>)>;

/// The model with the places that mention what is idle in it, as far as they decide what becomes of that; and what is to be said when
/// that was too much to look for.
pub(super) fn mentioned(model: Model, made: &Made, evaluator: &Evaluator<'_>) -> (Model, Option<Span>) {
    let mut search = Search::of(evaluator);
    let mut mentions = Vec::new();
    let mut given_up = None;
    for declared in model.idle() {
        let Some((frame, name)) = made.get(&declared.subject) else { continue };
        let places = search.places(*frame, name);
        if search.looked_at > MOST {
            given_up = Some(declared.span);
            break;
        }
        let of = |place: &Place| Mention {
            of: Arc::clone(&declared.subject),
            by: Arc::clone(&place.by),
            span: place.span,
            hands_on: place.hands_on,
        };
        mentions.extend(places.iter().map(of));
    }
    (model.with_mentions(mentions), given_up)
}

/// What leads to a resource within a module.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Target {
    /// The first names of a reference.
    names: [Arc<str>; 2],
    behind: Behind,
}

/// What follows the first names of a reference.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Behind {
    /// An attribute that tells the name of the resource, or nothing.
    Name,
    /// This, or nothing: a module as a whole has all of its outputs.
    This(Arc<str>),
    Anything,
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
    /// By directory of the module.
    references: HashMap<Arc<str>, References>,
    /// By module instance and block.
    found: HashMap<(FrameId, Arc<str>), Places>,
    looked_at: usize,
}

impl<'e> Search<'e> {
    fn of(evaluator: &'e Evaluator<'e>) -> Self {
        Self { evaluator, references: HashMap::default(), found: HashMap::default(), looked_at: 0 }
    }

    /// The places that have the name of a resource, with what they are part of: the first that hands it on, or all that do not.
    fn places(&mut self, frame: FrameId, name: &Arc<str>) -> Places {
        let key = (frame, Arc::clone(name));
        if let Some(known) = self.found.get(&key) {
            return Rc::clone(known);
        }
        let mut places = Vec::new();
        if let Some((kind, name)) = name.split_once('.') {
            let target = Target { names: [kind.into(), name.into()], behind: Behind::Name };
            self.search(frame, target, &mut places);
        }
        let first = places.iter().position(|place| place.hands_on);
        let decisive = first.map(|first| places.swap_remove(first)).map_or(places, |first| vec![first]);
        let places: Places = decisive.into();
        self.found.insert(key, Rc::clone(&places));
        places
    }

    fn search(&mut self, frame: FrameId, target: Target, places: &mut Vec<Place>) {
        let mut waiting = VecDeque::from([(frame, target)]);
        let mut seen: HashSet<(FrameId, Target)> = waiting.iter().cloned().collect();
        while let Some((id, target)) = waiting.pop_front() {
            let Some(frame) = self.evaluator.frame(id) else { continue };
            for next in self.follow(&frame, &target, places) {
                if seen.insert(next.clone()) {
                    waiting.push_back(next);
                }
            }
            if self.looked_at > MOST || places.last().is_some_and(|place| place.hands_on) {
                return;
            }
        }
    }

    /// Adds the places of a module that have the target, up to the first that hands it on, and gives what has it in turn.
    fn follow(&mut self, frame: &Frame, target: &Target, places: &mut Vec<Place>) -> Vec<(FrameId, Target)> {
        let module = &frame.module;
        let references = self
            .references
            .entry(Arc::clone(&module.dir))
            .or_insert_with(|| References::of(Arc::clone(module)));
        let found = match &target.behind {
            Behind::Name => references.to(&target.names, Some(&NAMES)),
            Behind::This(name) => references.to(&target.names, Some(&["", &**name])),
            Behind::Anything => references.to(&target.names, None),
        };
        self.looked_at += found.len() + 1;
        let mut next = Vec::new();
        for one in found {
            let place = |by| Place { by, span: one.span, hands_on: one.hands_on };
            match (&one.within, frame.caller()) {
                (Within::Block(address), _) => places.push(place(frame.address(address))),
                (Within::Output(name), None) => places.push(place(format!("{OUTPUT}.{name}").into())),
                (Within::Output(name), Some((caller, call))) => {
                    let names = ["module".into(), Arc::clone(call)];
                    next.push((caller, Target { names, behind: Behind::This(Arc::clone(name)) }));
                }
                (Within::Local(name, member), _) => {
                    let behind = member.clone().map_or(Behind::Anything, Behind::This);
                    let names = ["local".into(), Arc::clone(name)];
                    next.push((frame.id(), Target { names, behind }));
                }
            }
            if places.last().is_some_and(|place| place.hands_on) {
                break;
            }
        }
        next
    }
}

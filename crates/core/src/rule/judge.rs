//! Where a rule hands in its verdicts.

use std::sync::Arc;

use iamrail_credentials::KeyId;

use super::Rule;
use crate::check::Thing;
use crate::collections::HashMap;
use crate::model::{Conditions, Declared, Guard, undecided};
use crate::policy::Answer;
use crate::report::{Level, Related, Tally, Verdict};
use crate::source::Span;
use crate::value::Unknown;

/// How many ways to one finding are followed.
const MOST_WAYS: usize = 64;

/// Takes the verdicts of one rule on one unit or text.
#[derive(Debug)]
pub struct Judge<'r> {
    pub(crate) rule: &'r Rule,
    pub(crate) level: Level,
    pub(crate) drafts: Vec<Draft>,
    holds: usize,
    pub(crate) secrets: Vec<Span>,
}

/// What a verdict speaks of: a declared resource, or a file.
#[derive(Clone, Debug)]
pub struct Subject {
    pub(crate) name: Arc<str>,
    pub(crate) declared: Option<Arc<Declared>>,
}

impl From<&Arc<Declared>> for Subject {
    fn from(declared: &Arc<Declared>) -> Self {
        Self { name: Arc::clone(&declared.subject), declared: Some(Arc::clone(declared)) }
    }
}

impl From<&Arc<str>> for Subject {
    fn from(name: &Arc<str>) -> Self {
        Self { name: Arc::clone(name), declared: None }
    }
}

/// A finding in the making.
#[derive(Debug)]
pub struct Draft {
    pub(crate) verdict: Verdict,
    pub(crate) subject: Subject,
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) level: Level,
    pub(crate) label: String,
    pub(crate) help: String,
    /// What is not known and decides.
    pub(crate) unknown: Option<Unknown>,
    pub(crate) related: Vec<Related>,
    /// The conditions that it needs, each guard one of several ways to it; none when they contradict each other.
    pub(crate) guards: Vec<Guard>,
    pub(crate) key: String,
    /// What clears it when another unit of the run speaks of it.
    pub(crate) unless: Option<Thing>,
    /// How many verdicts it stands for.
    pub(crate) verdicts: usize,
    /// The environments that it holds in, where the rule knows that and not the engine.
    pub(crate) environments: Vec<Arc<str>>,
    /// The access key that it is about.
    pub(crate) access_key: Option<KeyId>,
}

impl<'r> Judge<'r> {
    pub(crate) fn new(rule: &'r Rule, level: Level) -> Self {
        Self { rule, level, drafts: Vec::new(), holds: 0, secrets: Vec::new() }
    }

    /// The rule holds for a subject.
    pub fn holds(&mut self) {
        self.holds += 1;
    }

    /// The rule holds for so many subjects.
    pub fn holds_for(&mut self, subjects: usize) {
        self.holds += subjects;
    }

    /// The rule is violated. `span` is the narrowest place that shows it.
    pub fn violated(
        &mut self,
        subject: impl Into<Subject>,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Draft {
        self.draft(Verdict::Violated, subject.into(), span, message.into())
    }

    /// What decides is not known. The message is complete with the reason; the help is the front end's word on what would settle
    /// it, unless the rule says something better.
    pub fn undetermined(
        &mut self,
        subject: impl Into<Subject>,
        span: Span,
        message: impl Into<String>,
        unknown: &Unknown,
    ) -> &mut Draft {
        let message = format!("{}: {unknown}", message.into());
        let draft = self.draft(Verdict::Undetermined, subject.into(), span, message);
        draft.unknown = Some(unknown.clone());
        draft
    }

    /// A place that holds a secret, which no output may show.
    pub fn secret(&mut self, span: Span) {
        self.secrets.push(span);
    }

    /// Makes one of what is said several times of the same place, each time under other conditions.
    fn put_together(&mut self) {
        let mut known: HashMap<(Span, String), Vec<usize>> = HashMap::default();
        let mut together: Vec<Draft> = Vec::with_capacity(self.drafts.len());
        for draft in std::mem::take(&mut self.drafts) {
            let here = known.entry((draft.span, draft.message.clone())).or_default();
            let same =
                here.iter().copied().find(|at| together.get(*at).is_some_and(|one| one.is_same(&draft)));
            match same.and_then(|at| together.get_mut(at)) {
                Some(same) if same.guards.len() + draft.guards.len() <= MOST_WAYS => {
                    same.guards.extend(draft.guards);
                }
                _ => {
                    here.push(together.len());
                    together.push(draft);
                }
            }
        }
        self.drafts = together;
    }

    /// Drops what needs conditions that exclude each other, and says with the fewest conditions what the others need.
    pub(crate) fn keep_possible(&mut self, conditions: &Conditions) {
        self.put_together();
        self.drafts.retain_mut(|draft| {
            draft.keep_possible(conditions);
            if draft.guards.len() > 1 {
                draft.guards = conditions.ways(&draft.guards);
            }
            draft.guards.iter_mut().for_each(|guard| *guard = conditions.simplest(guard));
            !draft.guards.is_empty()
        });
    }

    /// Where it was first given up to find out which conditions hold together.
    pub(crate) fn gave_up(&self) -> Option<Span> {
        if self.drafts.is_empty() {
            return None;
        }
        let undecided = Some(undecided());
        self.drafts.iter().find(|draft| draft.unknown == undecided).map(|draft| draft.span)
    }

    /// The verdicts by kind.
    pub(crate) fn tally(&self) -> Tally {
        let of = |verdict| self.drafts.iter().filter(move |draft| draft.verdict == verdict);
        let count = |verdict| of(verdict).map(|draft| draft.verdicts).sum();
        Tally {
            holds: self.holds,
            violated: count(Verdict::Violated),
            undetermined: count(Verdict::Undetermined),
            excepted: 0,
        }
    }

    fn draft(&mut self, verdict: Verdict, subject: Subject, span: Span, message: String) -> &mut Draft {
        let guard = subject.declared.as_ref().map(|declared| declared.guard.clone()).unwrap_or_default();
        self.drafts.push(Draft {
            verdict,
            subject,
            span,
            message,
            level: self.level,
            label: String::new(),
            help: String::new(),
            unknown: None,
            related: Vec::new(),
            guards: vec![guard],
            key: String::new(),
            unless: None,
            verdicts: 1,
            environments: Vec::new(),
            access_key: None,
        });
        let last = self.drafts.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "the element was pushed just above")]
        &mut self.drafts[last]
    }
}

impl Draft {
    /// Whether it says the same as another, under whatever conditions.
    fn is_same(&self, other: &Self) -> bool {
        (self.verdict, &self.message) == (other.verdict, &other.message)
            && self.subject.name == other.subject.name
            && self.level == other.level
            && (&self.label, &self.help, &self.key) == (&other.label, &other.help, &other.key)
            && self.unknown == other.unknown
            && self.related == other.related
            && self.unless == other.unless
            && self.verdicts == other.verdicts
    }

    /// Drops the ways whose conditions exclude each other. What is left with none of which that is certain is undetermined.
    fn keep_possible(&mut self, conditions: &Conditions) {
        let judged = std::mem::take(&mut self.guards).into_iter();
        let judged = judged.map(|guard| (conditions.possibility(&guard), guard));
        let (possible, others): (Vec<_>, Vec<_>) = judged.partition(|(answer, _)| *answer == Answer::Yes);
        let unknown = others.iter().find_map(|(answer, _)| match answer {
            Answer::Perhaps(unknown) => Some(Arc::clone(unknown)),
            Answer::Yes | Answer::No => None,
        });
        let open = others.into_iter().filter(|(answer, _)| *answer != Answer::No);
        match unknown {
            Some(unknown) if possible.is_empty() => {
                self.guards = open.map(|(_, guard)| guard).collect();
                if self.verdict == Verdict::Violated {
                    self.verdict = Verdict::Undetermined;
                    self.message = format!("whether {} is not known: {unknown}", self.message);
                    self.help = String::new();
                    self.unknown = Some(Unknown::clone(&unknown));
                }
            }
            _ => self.guards = possible.into_iter().map(|(_, guard)| guard).collect(),
        }
    }

    /// What the place shows, in a few words.
    pub fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = label.into();
        self
    }

    /// What to do.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = help.into();
        self
    }

    /// Another place that takes part.
    pub fn related(&mut self, related: Related) -> &mut Self {
        self.related.push(related);
        self
    }

    /// It holds under these conditions of the input only. One whose conditions exclude each other is dropped.
    pub fn when(&mut self, guard: &Guard) -> &mut Self {
        self.when_any([guard])
    }

    /// It holds only when one of the guards does.
    pub fn when_any<'g>(&mut self, guards: impl IntoIterator<Item = &'g Guard>) -> &mut Self {
        let guards: Vec<&Guard> = guards.into_iter().collect();
        let ways = self.guards.iter().flat_map(|own| guards.iter().filter_map(|guard| own.and(guard)));
        self.guards = ways.take(MOST_WAYS).collect();
        self
    }

    /// It weighs less than the rule does. A level that options set is not raised by this.
    pub fn at_most(&mut self, level: Level) -> &mut Self {
        self.level = self.level.min(level);
        self
    }

    /// It stands for as many verdicts: those on several subjects that have one fault in common.
    pub fn stands_for(&mut self, verdicts: usize) -> &mut Self {
        self.verdicts = verdicts;
        self
    }

    /// It holds in these environments alone; none says that it depends on none.
    pub(crate) fn in_environments(&mut self, environments: Vec<Arc<str>>) -> &mut Self {
        self.environments = environments;
        self
    }

    /// It is about this access key, whose id is known or not.
    pub(crate) fn of_access_key(&mut self, id: Option<KeyId>) -> &mut Self {
        self.access_key = id;
        self
    }

    /// What tells it from other findings of the rule on the same subject, whatever its line.
    pub fn key(&mut self, key: impl Into<String>) -> &mut Self {
        self.key = key.into();
        self
    }

    /// It holds unless another unit of the run speaks of this.
    pub(crate) fn unless_spoken_of(&mut self, thing: Option<Thing>) -> &mut Self {
        self.unless = thing;
        self
    }
}

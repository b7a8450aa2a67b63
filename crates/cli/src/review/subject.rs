//! A unit under review, and how its parts are told.

use std::sync::Arc;

use iamrail::core::analysis::administrators::Administrators;
use iamrail::core::analysis::holding::{Held, Holder, policies};
use iamrail::core::analysis::mfa::{Flaws, Trusts};
use iamrail::core::analysis::principal::{Named, declared, named};
use iamrail::core::check::Reading;
use iamrail::core::model::{Declared, Guard, Id, Link, Model, Principal, Reference, Role, User};
use iamrail::core::options::Options;
use iamrail::core::report::{Finding, Report, Verdict};
use iamrail::core::source::Span;
use iamrail::core::value::{Kind, Unknown, Value};
use serde_json::Value as Json;

use super::page::Cell;
use crate::output::{Line, Scene, Tone};
use crate::show::value::value;

/// How many ways to something are told.
const MOST_WAYS: usize = 3;

/// A unit with what the analyses say of it.
pub(super) struct Subject<'r> {
    pub(super) scene: &'r Scene<'r>,
    pub(super) report: &'r Report,
    /// Its place in the report.
    pub(super) unit: usize,
    /// The environments in which it is like this; none when it belongs to none.
    pub(super) environments: &'r [Arc<str>],
    pub(super) model: &'r Model,
    pub(super) options: &'r Options,
    pub(super) administrators: Administrators<'r>,
    pub(super) trusts: Trusts<'r>,
    pub(super) flaws: Flaws<'r>,
}

impl<'r> Subject<'r> {
    /// A unit of a report.
    pub(super) fn new(
        scene: &'r Scene<'r>,
        report: &'r Report,
        reading: &'r Reading,
        options: &'r Options,
    ) -> Self {
        let (unit, environments, model) = (reading.number, &reading.environments, &reading.unit.model);
        let administrators = Administrators::of(model);
        let flaws = Flaws::of(model, &administrators);
        Self {
            scene,
            report,
            unit,
            environments,
            model,
            options,
            administrators,
            trusts: Trusts::of(model),
            flaws,
        }
    }

    /// What was found in the unit.
    pub(super) fn findings(&self) -> impl Iterator<Item = &'r Finding> {
        let is_here = |finding: &Finding| {
            let mut own = finding.environments.iter();
            own.len() == 0 || own.any(|environment| self.environments.contains(environment))
        };
        self.report.findings.iter().filter(move |one| one.unit == self.unit && is_here(one))
    }

    /// What was found in the unit and no exception covers.
    pub(super) fn counting(&self) -> impl Iterator<Item = &'r Finding> {
        self.findings().filter(|finding| finding.exception.is_none())
    }

    /// The rules that do not hold for a resource, or may not, each once.
    pub(super) fn rules_against(&self, declared: &Declared) -> Cell {
        let mut rules: Vec<(&str, Verdict, bool)> = self
            .findings()
            .filter(|finding| finding.subject == declared.subject)
            .map(|finding| (finding.rule.name, finding.verdict, finding.exception.is_some()))
            .collect();
        rules.sort_unstable();
        rules.dedup();
        let line = |(rule, verdict, is_excepted)| {
            let mark = match is_excepted {
                true => Line::mark(Tone::Plain, "excepted"),
                false => verdict_mark(verdict),
            };
            mark.and_prose(" ").and_code(rule)
        };
        rules.into_iter().map(line).collect()
    }

    /// Where something stands.
    pub(super) fn place(&self, span: Span) -> Line {
        place(self.scene, span)
    }

    /// A message or reason, in which names stand between backticks.
    pub(super) fn message(&self, text: &str) -> Line {
        Line::message(self.scene, text)
    }

    /// Why something is not known.
    pub(super) fn unknown(&self, unknown: &Unknown) -> Line {
        Line::mark(Tone::Open, "not known").and_prose(": ").and(self.message(&unknown.to_string()))
    }

    /// The name of a resource, and what makes it uncertain that it is there.
    pub(super) fn name(&self, named: &Named<'_>) -> Cell {
        let mut cell = vec![Line::code(&*named.name)];
        if let Some(declared) = named.declared {
            if *declared.subject != *named.name {
                cell.push(Line::code(&*declared.subject));
            }
            cell.extend(self.existence(declared));
        }
        cell
    }

    /// What makes it uncertain that a resource is there.
    pub(super) fn existence(&self, declared: &Declared) -> Cell {
        let when = self.when(std::slice::from_ref(&declared.guard));
        let instances = declared.instances.as_ref();
        let instances = instances
            .map(|unknown| Line::prose("any number of them: ").and(self.message(&unknown.to_string())));
        when.into_iter().chain(instances).collect()
    }

    /// The conditions under which something is so; `None` when it always is.
    pub(super) fn when(&self, guards: &[Guard]) -> Option<Line> {
        if guards.iter().any(Guard::is_always) || guards.is_empty() {
            return None;
        }
        let mut line = Line::prose("when ");
        for (at, guard) in guards.iter().take(MOST_WAYS).enumerate() {
            line = if at > 0 { line.and_prose(" or ") } else { line };
            line = line.and_code(guard.to_string());
        }
        Some(match guards.len().saturating_sub(MOST_WAYS) {
            0 => line,
            more => line.and_prose(format!(" or in {more} more ways")),
        })
    }

    /// A value, a line for each that it can have; none for one that is not there.
    pub(super) fn value(&self, shown: &Value) -> Cell {
        let one = |possible: iamrail::core::value::Possible<'_>| {
            let value = possible.value.filter(|value| !value.is_null())?;
            let line = match (&value.kind, leaf(self.scene, value)) {
                (Kind::Text(text), leaf) if text.is_known() => Line::prose(leaf),
                (_, leaf) => Line::code(leaf),
            };
            Some(match self.when(&[possible.guard]) {
                Some(when) => line.and_prose(" ").and(when),
                None => line,
            })
        };
        shown.alternatives().into_iter().filter_map(one).collect()
    }

    /// A user by its name.
    pub(super) fn user(&self, id: Id<User>) -> Named<'r> {
        declared("user", &self.model.users, id, |user| (&user.declared, &user.name))
    }

    /// A role by its name.
    pub(super) fn role(&self, id: Id<Role>) -> Named<'r> {
        declared("role", &self.model.roles, id, |role| (&role.declared, &role.name))
    }

    /// What a membership or a grant names: its name, with what makes it uncertain.
    pub(super) fn linked(
        &self,
        principal: &Principal,
        guard: &Guard,
        undecided: Option<&Arc<Unknown>>,
    ) -> Line {
        let found = named(self.model, principal);
        let line = match &found.unknown {
            Some(unknown) if found.declared.is_none() => self.unknown(unknown),
            _ => Line::code(&*found.name),
        };
        let line = match found.declared {
            None if found.unknown.is_none() => line.and_prose(" (declared elsewhere)"),
            _ => line,
        };
        let line = match self.when(std::slice::from_ref(guard)) {
            Some(when) => line.and_prose(" ").and(when),
            None => line,
        };
        match undecided {
            Some(unknown) => line.and_prose(", perhaps: ").and(self.message(&unknown.to_string())),
            None => line,
        }
    }

    /// The policies of someone, a line each.
    pub(super) fn policies(&self, holder: Holder) -> Cell {
        let line = |held: Held<'_>| {
            let line = self.message(&held.what);
            let line = match self.when(&[held.guard]) {
                Some(when) => line.and_prose(" ").and(when),
                None => line,
            };
            match held.undecided {
                Some(unknown) => line.and_prose(", perhaps: ").and(self.message(&unknown.to_string())),
                None => line,
            }
        };
        let cell: Cell = policies(self.model, holder).into_iter().map(line).collect();
        if cell.is_empty() { vec![Line::prose("none here")] } else { cell }
    }
}

/// What a verdict is called.
pub(super) fn verdict_mark(verdict: Verdict) -> Line {
    match verdict {
        Verdict::Violated => Line::mark(Tone::Bad, "violated"),
        Verdict::Undetermined => Line::mark(Tone::Open, "undetermined"),
    }
}

/// Where something stands: `main.tf:12`.
pub(super) fn place(scene: &Scene<'_>, span: Span) -> Line {
    let located = scene.sources.locate(span);
    located
        .map_or_else(Line::default, |at| Line::place(format!("{}:{}", scene.path(&at.path), at.start.line)))
}

/// What a reference names, as text; `None` when it is declared or names nothing.
pub(super) fn elsewhere<T>(reference: &Reference<T>) -> Option<String> {
    match &reference.link {
        Link::Named(name) => Some(name.to_string()),
        Link::Unknown(unknown) => Some(format!("${{{}}}", unknown.what)),
        _ => None,
    }
}

/// A value in one line.
fn leaf(scene: &Scene<'_>, shown: &Value) -> String {
    match value(scene, shown) {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

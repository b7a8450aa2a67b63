//! Templates.

use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::source::Span;
use iamrail_core::value::{Alternative, Hole, Kind, Origins, Part, Text, Unknown, Value};

use super::Evaluator;
use super::access::described;
use super::choice::{MOST_ALTERNATIVES, choose};
use super::collection::Element;
use super::guard::negated;
use super::scope::{Binding, Scope};
use crate::syntax::{ForDirective, IfDirective, Piece};
use crate::types::format_number;

/// What a template may come out as, under one combination of what is not known.
#[derive(Clone)]
struct Draft {
    guard: Guard,
    parts: Vec<Part>,
    bytes: usize,
}

/// A template that is being written.
struct Writing {
    drafts: Vec<Draft>,
    undecided: Option<Arc<Unknown>>,
    origins: Vec<Origins>,
    sensitive: bool,
}

impl Evaluator<'_> {
    /// The text that a template gives; what it holds alone when that is a single interpolation.
    pub(super) fn template(&self, pieces: &[Piece], span: Span, scope: &Scope<'_>) -> Value {
        if let [Piece::Interpolation(expr)] = pieces {
            return self.eval(expr, scope);
        }
        let mut writing = Writing {
            drafts: vec![Draft { guard: Guard::always(), parts: Vec::new(), bytes: 0 }],
            undecided: None,
            origins: Vec::new(),
            sensitive: false,
        };
        self.write(pieces, &mut writing, span, scope);
        let too_large = writing.drafts.iter().any(|draft| !self.allows_text(draft.bytes, draft.parts.len()));
        if too_large {
            return self.over_budget(span);
        }
        let alternatives = writing
            .drafts
            .into_iter()
            .map(|draft| Alternative {
                guard: draft.guard,
                value: Some(Value::new(Kind::Text(Text::from_parts(draft.parts))).at(span)),
            })
            .collect();
        let origins = Origins::of_all(&writing.origins);
        let value = choose(alternatives, writing.undecided);
        Value { sensitive: writing.sensitive, ..value }.with_origins(origins).at(span)
    }

    fn write(&self, pieces: &[Piece], writing: &mut Writing, span: Span, scope: &Scope<'_>) {
        for piece in pieces {
            // A text that has grown too large is given up as a whole at the end.
            if writing.drafts.iter().any(|draft| !self.allows_text(draft.bytes, draft.parts.len())) {
                return;
            }
            match piece {
                Piece::Literal(text) => writing.append(text.parts()),
                Piece::Interpolation(expr) => {
                    let value = self.eval(expr, scope);
                    self.write_value(&value, writing, expr.span);
                }
                Piece::If(directive) => self.write_if(directive, writing, span, scope),
                Piece::For(directive) => self.write_for(directive, writing, span, scope),
            }
        }
    }

    fn write_value(&self, value: &Value, writing: &mut Writing, span: Span) {
        writing.note(value);
        let alternatives = value.alternatives();
        let fits = writing.drafts.len() * alternatives.len() <= MOST_ALTERNATIVES;
        if matches!(value.kind, Kind::Choice(_)) && fits {
            let before = std::mem::take(&mut writing.drafts);
            for possible in &alternatives {
                writing.undecided = writing.undecided.take().or_else(|| possible.undecided.cloned());
                let parts = possible.value.map_or_else(Vec::new, |value| self.parts(value, span));
                for draft in &before {
                    let Some(guard) = draft.guard.and(&possible.guard) else { continue };
                    let mut draft = Draft { guard, ..draft.clone() };
                    draft.append(&parts);
                    writing.drafts.push(draft);
                }
            }
            return;
        }
        let parts = self.parts(value, span);
        writing.append(&parts);
    }

    /// A value as a part of a text.
    fn parts(&self, value: &Value, span: Span) -> Vec<Part> {
        let literal = |text: String| vec![Part::Literal { text: text.into(), span: value.span }];
        match &value.kind {
            Kind::Text(text) => text.parts().to_vec(),
            Kind::Number(number) => literal(format_number(*number)),
            Kind::Bool(value) => literal(value.to_string()),
            Kind::Unknown(_) | Kind::Choice(_) => match value.unknown_part() {
                Some(unknown) => vec![hole(unknown, value, span)],
                None => Vec::new(),
            },
            kind => {
                let message = format!("{} cannot be a part of a text", described(kind));
                let value = self.invalid(span, "invalid-template", message);
                value.unknown_part().map(|unknown| hole(unknown, &value, span)).into_iter().collect()
            }
        }
    }

    fn write_if(&self, directive: &IfDirective, writing: &mut Writing, span: Span, scope: &Scope<'_>) {
        let decision = self.eval(&directive.condition, scope);
        writing.sensitive |= decision.sensitive;
        match (decision.as_bool(), decision.unknown_part()) {
            (Some(true), _) => self.write(&directive.then, writing, span, scope),
            (Some(false), _) => self.write(&directive.otherwise, writing, span, scope),
            (None, Some(unknown)) if writing.drafts.len() * 2 <= MOST_ALTERNATIVES => {
                let (guard, not_guard) = self.guards(&directive.condition, &decision, scope);
                writing.undecided = writing.undecided.take().or_else(|| Some(Arc::clone(unknown)));
                let before = std::mem::take(&mut writing.drafts);
                let mut after = Vec::new();
                for (pieces, guard) in [(&directive.then, guard), (&directive.otherwise, not_guard)] {
                    writing.drafts = before
                        .iter()
                        .filter_map(|draft| Some(Draft { guard: draft.guard.and(&guard)?, ..draft.clone() }))
                        .collect();
                    self.write(pieces, writing, span, scope);
                    after.append(&mut writing.drafts);
                }
                writing.drafts = after;
            }
            (None, Some(unknown)) => writing.append(&[hole(unknown, &decision, directive.condition.span)]),
            (None, None) => {
                let message = "the condition is neither true nor false";
                self.report(directive.condition.span, "invalid-condition", message);
            }
        }
    }

    fn write_for(&self, directive: &ForDirective, writing: &mut Writing, span: Span, scope: &Scope<'_>) {
        let collection = self.eval(&directive.collection, scope);
        writing.sensitive |= collection.sensitive;
        let elements = match self.elements(&collection, directive.collection.span) {
            Ok(elements) => elements,
            Err(value) => {
                writing.note(&collection);
                if let Some(unknown) = value.unknown_part() {
                    writing.append(&[hole(unknown, &collection, directive.collection.span)]);
                }
                return;
            }
        };
        for (key, value) in elements.items {
            let Element { value, doubt } = Element::of(value);
            let without = doubt.as_ref().map(|_| writing.drafts.clone());
            let value = Binding { name: &directive.value_name, value, outer: scope.names };
            match &directive.key_name {
                Some(name) => {
                    let key = Binding { name, value: key, outer: Some(&value) };
                    self.write(&directive.body, writing, span, &scope.with(&key));
                }
                None => self.write(&directive.body, writing, span, &scope.with(&value)),
            }
            if let (Some(without), Some((guard, unknown))) = (without, doubt) {
                writing.or_else(without, &guard, &unknown, directive.collection.span);
            }
        }
        if let Some(unknown) = elements.open {
            writing.append(&[hole(&unknown, &collection, directive.collection.span)]);
        }
    }
}

impl Writing {
    fn append(&mut self, parts: &[Part]) {
        for draft in &mut self.drafts {
            draft.append(parts);
        }
    }

    /// What was written last may not be there: then the text goes on as it was `without` it.
    fn or_else(&mut self, without: Vec<Draft>, guard: &Guard, unknown: &Arc<Unknown>, span: Span) {
        self.undecided.get_or_insert_with(|| Arc::clone(unknown));
        if self.drafts.len() + without.len() > MOST_ALTERNATIVES {
            self.drafts = without;
            self.append(&[hole(unknown, &Value::null(), span)]);
            return;
        }
        let under = |drafts: Vec<Draft>, guard: &Guard| {
            drafts
                .into_iter()
                .filter_map(|draft| Some(Draft { guard: draft.guard.and(guard)?, ..draft }))
                .collect()
        };
        let mut drafts: Vec<Draft> = under(std::mem::take(&mut self.drafts), guard);
        let without: Vec<Draft> = under(without, &negated(guard));
        drafts.extend(without);
        self.drafts = drafts;
    }

    fn note(&mut self, value: &Value) {
        self.sensitive |= value.sensitive;
        if !value.origins.is_empty() {
            self.origins.push(value.origins.clone());
        }
    }
}

impl Draft {
    fn append(&mut self, parts: &[Part]) {
        for part in parts {
            if let Part::Literal { text, .. } = part {
                self.bytes = self.bytes.saturating_add(text.len());
            }
            self.parts.push(part.clone());
        }
    }
}

/// A gap where a value is not known.
fn hole(unknown: &Arc<Unknown>, value: &Value, span: Span) -> Part {
    // A choice or a list is no attribute, whatever its parts are.
    let origins = if value.is_unknown() { value.origins.clone() } else { value.origins.inexact() };
    Part::Hole(Arc::new(Hole { unknown: Arc::clone(unknown), origins, span: Some(span) }))
}

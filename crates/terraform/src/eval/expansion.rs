//! What `count` and `for_each` make of a resource or module call.

use std::rc::Rc;
use std::sync::Arc;

use iamrail_core::model::Guard;
use iamrail_core::source::Span;
use iamrail_core::value::{Kind, Number, Reason, Unknown, Value};

use super::Evaluator;
use super::frame::{Frame, Memo};
use super::instance::{Expansion, Form, Instance, Key};
use super::scope::Scope;
use crate::module::Entity;
use crate::syntax::Expr;

impl Evaluator<'_> {
    /// The instances of a block of a module. `name` is what it is known by: `aws_iam_user.u`, `module.m`.
    pub(crate) fn expansion(&self, frame: &Frame, name: &Arc<str>, entity: &Entity) -> Rc<Expansion> {
        match frame.expansions.borrow().get(name) {
            Some(Memo::Done(expansion)) => return Rc::clone(expansion),
            Some(Memo::Running) => {
                self.report_cycle(entity.heading(), &frame.address(name));
                return Rc::new(Expansion::new(Form::One, vec![Instance::single()]));
            }
            None => {}
        }
        frame.expansions.borrow_mut().insert(Arc::clone(name), Memo::Running);
        let expansion = Rc::new(self.apart(|| self.expand(frame, entity)));
        frame.expansions.borrow_mut().insert(Arc::clone(name), Memo::Done(Rc::clone(&expansion)));
        expansion
    }

    fn expand(&self, frame: &Frame, entity: &Entity) -> Expansion {
        let body = self.need(entity);
        if let Some(count) = body.value("count") {
            if let Some(each) = body.attribute("for_each") {
                let message = "`count` and `for_each` exclude each other";
                self.report(each.name_span, "invalid-for-each", message);
            }
            let value = self.eval(count, &Scope::of(frame));
            return Expansion::new(Form::List, self.counted(count, &value, frame));
        }
        if let Some(each) = body.value("for_each") {
            let value = self.eval(each, &Scope::of(frame));
            return Expansion::new(Form::Map, self.named(each, &value));
        }
        Expansion::new(Form::One, vec![Instance::single()])
    }

    fn counted(&self, expr: &Expr, value: &Value, frame: &Frame) -> Vec<Instance> {
        if let Kind::Choice(_) = &value.kind {
            return self.counted_choice(expr, value, frame);
        }
        if let Some(unknown) = value.unknown_part() {
            return vec![Instance::unnumbered(unknown, Guard::always())];
        }
        match self.count_of(value) {
            Some(count) if count >= 0 => {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                if self.allows_instances(count) {
                    return (0..count).map(Instance::numbered).collect();
                }
                self.report_budget(expr.span);
                vec![Instance::unnumbered(&Arc::new(Unknown::new(Reason::Budget, "count")), Guard::always())]
            }
            _ => {
                self.report(
                    expr.span,
                    "invalid-count",
                    "`count` must be a whole number that is not negative",
                );
                vec![Instance::unnumbered(&Arc::new(Unknown::new(Reason::Invalid, "count")), Guard::always())]
            }
        }
    }

    /// A count that depends on something unknown: usually none or one.
    fn counted_choice(&self, expr: &Expr, value: &Value, frame: &Frame) -> Vec<Instance> {
        let alternatives = value.alternatives();
        let some: Vec<_> = alternatives
            .iter()
            .filter(|one| one.value.is_none_or(|value| self.count_of(value) != Some(0)))
            .collect();
        match some.as_slice() {
            [] => Vec::new(),
            // Where all alternatives have as many, it does not matter which one is real.
            [first, others @ ..]
                if some.len() == alternatives.len()
                    && first.value.is_some_and(|value| {
                        let count = self.count_of(value);
                        count.is_some()
                            && others.iter().all(|o| o.value.is_some_and(|v| self.count_of(v) == count))
                    }) =>
            {
                first.value.map_or_else(Vec::new, |value| self.counted(expr, value, frame))
            }
            some => {
                let guard = match some {
                    [only] => only.guard.clone(),
                    _ => Guard::always(),
                };
                let is_alone =
                    some.iter().all(|one| one.value.and_then(|value| self.count_of(value)) == Some(1));
                let make = if is_alone { Instance::perhaps } else { Instance::unnumbered };
                value.unknown_part().map(|unknown| make(unknown, guard)).into_iter().collect()
            }
        }
    }

    fn count_of(&self, value: &Value) -> Option<i128> {
        match &value.kind {
            Kind::Number(Number::Int(count)) => Some(*count),
            Kind::Bool(_) | Kind::Null => None,
            Kind::Text(text) => text.as_str()?.trim().parse().ok(),
            _ => None,
        }
    }

    fn named(&self, expr: &Expr, value: &Value) -> Vec<Instance> {
        match &value.kind {
            Kind::Map(map) if !self.allows_instances(map.entries.len()) => {
                self.report_budget(expr.span);
                vec![Instance::unnamed(&Arc::new(Unknown::new(Reason::Budget, "for_each")), None)]
            }
            Kind::Map(map) => {
                let known = map.iter().map(|(key, item)| {
                    let name = Value::text(Arc::clone(key)).at(map.entries.get(key).and_then(|f| f.key));
                    Instance::named(Arc::clone(key), name, item.clone())
                });
                let open = map.open.iter().map(|unknown| Instance::unnamed(unknown, None));
                known.chain(open).collect()
            }
            Kind::Set(set) => self.named_by(expr.span, &set.items, set.open.as_ref()),
            Kind::Choice(_) => self.named_choice(expr, value),
            Kind::Unknown(unknown) => vec![Instance::unnamed(unknown, None)],
            Kind::List(list) => {
                self.report(
                    expr.span,
                    "invalid-for-each",
                    "`for_each` takes a map or a set of strings, not a list; `toset` makes a set of it",
                );
                // What the list says is still the best guess at what is meant.
                self.named_by(expr.span, &list.items, list.open.as_ref())
            }
            _ => {
                self.report(expr.span, "invalid-for-each", "`for_each` takes a map or a set of strings");
                vec![Instance::unnamed(&Arc::new(Unknown::new(Reason::Invalid, "for_each")), None)]
            }
        }
    }

    fn named_by(&self, span: Span, items: &[Value], open: Option<&Arc<Unknown>>) -> Vec<Instance> {
        if !self.allows_instances(items.len()) {
            self.report_budget(span);
            return vec![Instance::unnamed(&Arc::new(Unknown::new(Reason::Budget, "for_each")), None)];
        }
        let mut instances = Vec::new();
        let mut unnamed: Vec<(Arc<Unknown>, Option<Value>)> = Vec::new();
        for item in items {
            match item.as_str() {
                Some(name) => {
                    let key: Arc<str> = name.into();
                    instances.push(Instance::named(key, item.clone(), item.clone()));
                }
                None => match item.unknown_part() {
                    Some(unknown) => unnamed.push((Arc::clone(unknown), Some(item.clone()))),
                    None => self.report(
                        item.span.unwrap_or(span),
                        "invalid-for-each",
                        "a set for `for_each` has only strings",
                    ),
                },
            }
        }
        unnamed.extend(open.map(|unknown| (Arc::clone(unknown), None)));
        match unnamed.as_slice() {
            [] => {}
            [(unknown, item)] => {
                let mut instance = Instance::unnamed(unknown, item.clone());
                if item.is_some() {
                    // The element is there; only its name is not known.
                    instance.instances = None;
                }
                instances.push(instance);
            }
            [(unknown, _), ..] => instances.push(Instance::unnamed(unknown, None)),
        }
        instances
    }

    /// The instances of every alternative, each under its condition.
    fn named_choice(&self, expr: &Expr, value: &Value) -> Vec<Instance> {
        let mut instances: Vec<Instance> = Vec::new();
        let alternatives = value.alternatives();
        let everywhere = |key: &Key, all: &[Vec<Instance>]| {
            all.iter().all(|one| one.iter().any(|instance| instance.key == *key))
        };
        let unknown = value.unknown_part();
        let each: Vec<Vec<Instance>> = alternatives
            .iter()
            .map(|one| match one.value {
                Some(value) if !matches!(value.kind, Kind::Choice(_)) => self.named(expr, value),
                _ => Vec::new(),
            })
            .collect();
        for (alternative, made) in alternatives.iter().zip(&each) {
            for instance in made {
                if instances.iter().any(|one| one.key == instance.key) {
                    continue;
                }
                let mut instance = instance.clone();
                if !everywhere(&instance.key, &each) {
                    instance.guard = alternative.guard.clone();
                    instance.instances = instance.instances.or_else(|| unknown.cloned());
                }
                instances.push(instance);
            }
        }
        instances
    }
}

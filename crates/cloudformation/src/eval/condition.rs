//! Conditions of the template, and `If`.

use std::ops::RangeInclusive;
use std::sync::Arc;

use iamrail_core::model::{Formula, Guard};
use iamrail_core::source::Span;
use iamrail_core::value::Alternative;
use iamrail_core::value::Value;

use super::call::{Call, Function};
use super::distribute::choose;
use super::equality::equality;
use super::{Scope, Stack};
use crate::tree::{Node, Resolved};

/// How deeply conditions nest, through those that they name.
const MOST_DEPTH: usize = 600;
/// How deeply the functions of one condition nest.
const MOST_LEVELS: usize = 64;
/// How many terms a condition may have with those that it names written out.
const MOST_TERMS: usize = 2_000;
/// How many conditions `And` and `Or` take.
const OPERANDS: RangeInclusive<usize> = 2..=10;

impl Stack {
    pub(super) fn choose(&self, call: &Call<'_>, scope: &Scope) -> Option<Value> {
        let arguments = call.arguments();
        let Some([condition, yes, no]) = arguments.as_deref() else {
            return Some(self.wrong(call.span, "`If` takes a list of a condition and two values"));
        };
        let Some(name) =
            condition.text().filter(|_| condition.tag().is_none_or(|tag| &*tag.name == "Condition"))
        else {
            return Some(self.wrong(condition.span(), "`If` takes the name of a condition"));
        };
        let name = &*self.bound(name, condition.span(), scope);
        match self.decide(name, condition.span(), &scope.guard) {
            Some(true) => self.evaluate(*yes, scope),
            Some(false) => self.evaluate(*no, scope),
            None => {
                let branch = |node: Node<'_>, holds| {
                    let guard = Guard::when(self.id(name), holds);
                    let value = self.evaluate(node, &scope.assuming(&guard)?);
                    Some(Alternative { guard, value })
                };
                let alternatives: Vec<_> =
                    [branch(*yes, true), branch(*no, false)].into_iter().flatten().collect();
                if alternatives.iter().all(|one| one.value.is_none()) {
                    return None;
                }
                Some(choose(alternatives, None, false).at(call.span))
            }
        }
    }

    /// Whether a condition holds under assumptions; `None` when both is possible.
    pub(super) fn decide(&self, name: &str, span: Span, assumed: &Guard) -> Option<bool> {
        let given_up = self.conditions.borrow().given_up();
        let decision = self.decide_formula(name, assumed, || self.formula(name, span));
        if self.conditions.borrow().given_up() > given_up {
            let message = format!("whether the condition `{name}` holds takes too long to find out");
            self.report("too-large", message, span);
        }
        decision
    }

    /// Whether a formula with a name holds under assumptions; `None` when both is possible.
    pub(super) fn decide_formula(
        &self,
        name: &str,
        assumed: &Guard,
        formula: impl FnOnce() -> Formula,
    ) -> Option<bool> {
        let key = (assumed.terms().to_vec(), Arc::<str>::from(name));
        if let Some(decision) = self.memo.borrow().decisions.get(&key) {
            return *decision;
        }
        let formula = formula();
        let decision = self.conditions.borrow().decide(&formula, assumed);
        self.memo.borrow_mut().decisions.insert(key, decision);
        decision
    }

    /// What a condition says. A condition that does not exist, or depends on itself, may or may not hold.
    pub(super) fn formula(&self, name: &str, span: Span) -> Formula {
        self.formula_within(name, span, 0)
    }

    /// The same, so deep within the condition that is being read.
    fn formula_within(&self, name: &str, span: Span, depth: usize) -> Formula {
        match self.memo.borrow().formulas.get(name) {
            Some(Some(formula)) => return formula.clone(),
            Some(None) => {
                self.say_cycle(name, span);
                return self.opaque(name);
            }
            None => {}
        }
        let Some(condition) = self.sections.conditions.get(name) else {
            if self.may_declare_more() {
                return self.opaque(name);
            }
            self.wrong(span, format!("there is no condition `{name}`"));
            return self.opaque(name);
        };
        let depth = self.reading.borrow().last().map_or(0, |(_, depth)| *depth) + depth;
        if depth > MOST_DEPTH {
            self.wrong(span, format!("the condition `{name}` is reached through too many others"));
            return self.opaque(name);
        }
        self.memo.borrow_mut().formulas.insert(name.into(), None);
        let scope = Scope::default().within(&condition.bindings).symbolic();
        self.reading.borrow_mut().push((name.into(), depth));
        let mut formula = self.read_formula(self.template.node(condition.node), &scope, 1);
        self.reading.borrow_mut().pop();
        if !formula.fits(MOST_TERMS) {
            self.wrong(span, format!("the condition `{name}` is too large to be reasoned about"));
            formula = self.opaque(name);
        }
        self.memo.borrow_mut().formulas.insert(name.into(), Some(formula.clone()));
        self.conditions.borrow_mut().define(self.id(name), formula.clone());
        formula
    }

    /// Says which conditions depend on each other, once.
    fn say_cycle(&self, name: &str, span: Span) {
        let reading = self.reading.borrow();
        let cycle = reading.iter().map(|(name, _)| name).skip_while(|one| &***one != name);
        let cycle: Vec<&Arc<str>> = cycle.collect();
        let is_new = |one: &&Arc<str>| self.cyclic.borrow_mut().insert(Arc::clone(one));
        if cycle.iter().filter(|one| is_new(one)).count() == 0 {
            return;
        }
        let names: Vec<String> = cycle.iter().map(|one| format!("`{one}`")).collect();
        let message = match names.as_slice() {
            [several @ .., last] if !several.is_empty() => {
                format!("the conditions {} and {last} depend on each other", several.join(", "))
            }
            _ => format!("the condition `{name}` depends on itself"),
        };
        self.report("invalid-function", message, span);
    }

    fn read_formula(&self, node: Node<'_>, scope: &Scope, depth: usize) -> Formula {
        let unclear = || {
            let written = self.template.tree.file_of(node.span()).slice(node.span());
            self.opaque(&self.bound(written, node.span(), scope))
        };
        if depth > MOST_LEVELS || node.is_unread() || node.is_cut() {
            return unclear();
        }
        let Some(call) = Call::of_condition(node) else {
            return match node.resolved() {
                Some(Resolved::Bool(truth)) => Formula::Known(truth),
                Some(Resolved::Text("true")) => Formula::Known(true),
                Some(Resolved::Text("false")) => Formula::Known(false),
                _ => {
                    self.wrong(node.span(), "a condition must be a function that gives a truth value");
                    unclear()
                }
            };
        };
        let arguments = call.arguments().unwrap_or_default();
        let operands =
            || arguments.iter().map(|&node| self.read_formula(node, scope, depth + 1)).collect::<Arc<[_]>>();
        if matches!(call.function, Function::And | Function::Or) && !OPERANDS.contains(&arguments.len()) {
            let message = format!("`{}` takes two to ten conditions", call.function.name());
            self.warn("invalid-function", message, call.span);
        }
        match (call.function, arguments.as_slice()) {
            (Function::And, [_, ..]) => Formula::All(operands()),
            (Function::Or, [_, ..]) => Formula::Any(operands()),
            (Function::Not, [operand]) => {
                Formula::Not(Arc::new(self.read_formula(*operand, scope, depth + 1)))
            }
            (Function::Equals, [left, right]) => self.equals(*left, *right, scope).unwrap_or_else(unclear),
            (Function::Condition, _) => match call.text() {
                Some(name) => self.formula_within(&self.bound(name, call.span, scope), call.span, depth),
                None => {
                    self.wrong(call.span, "`Condition` takes the name of a condition");
                    unclear()
                }
            },
            (function, _) => {
                self.wrong(call.span, format!("`{}` is used wrongly in a condition", function.name()));
                unclear()
            }
        }
    }

    /// An equality of two values; `None` when nothing is known of it.
    fn equals(&self, left: Node<'_>, right: Node<'_>, scope: &Scope) -> Option<Formula> {
        let [left, right] = [left, right].map(|node| self.evaluate(node, scope).unwrap_or_default());
        equality(&self.conditions.borrow(), &left, &right)
    }

    /// A condition that may or may not hold, the same wherever the stack writes it alike.
    fn opaque(&self, written: &str) -> Formula {
        // No parameter has a name with a space.
        Formula::Is { variable: format!("condition {}", self.id(written)).into(), value: "true".into() }
    }

    /// Says which values parameters may have.
    pub(super) fn limit_parameters(&self) {
        // A list has any number of its values.
        let parameters = self.template.parameters.iter().filter(|(_, parameter)| !parameter.is_list());
        for (name, parameter) in parameters {
            let texts = parameter.allowed.iter().filter_map(|&node| self.template.node(node).value_text());
            self.conditions.borrow_mut().limit(self.id(name), texts.map(Arc::from).collect());
        }
    }
}

//! The section `Rules`: assertions on parameters, without which CloudFormation deploys nothing.

use std::sync::Arc;

use iamrail_core::model::Formula;
use iamrail_core::value::Value;

use super::call::{Call, Function};
use super::equality::equality;
use super::{Scope, Stack};
use crate::tree::Node;

/// How deeply assertions nest.
const MOST_DEPTH: usize = 64;
/// How many terms an assertion may have.
const MOST_TERMS: usize = 2_000;

impl Stack {
    /// Takes every assertion for granted of which all is understood: a deployment that does not keep it does not take place.
    pub(super) fn keep_assertions(&self) {
        let rules = self.template.section("Rules").and_then(Node::entries);
        for rule in rules.into_iter().flatten() {
            let condition = rule.value.get("RuleCondition");
            let condition = condition.map_or(Some(Formula::Known(true)), |node| self.assertion(node, 0));
            let Some(condition) = condition else { continue };
            let assertions = rule.value.get("Assertions").and_then(Node::items);
            for node in assertions.into_iter().flatten().filter_map(|one| one.get("Assert")) {
                let Some(assertion) = self.assertion(node, 0) else { continue };
                let fact = Formula::Any([Formula::Not(Arc::new(condition.clone())), assertion].into());
                if fact.fits(MOST_TERMS) && !self.conditions.borrow_mut().suppose(fact) {
                    let message =
                        format!("the rule `{}` allows no deployment with these parameters", rule.key);
                    self.report("rule", message, node.span());
                }
            }
        }
    }

    /// What an assertion says; `None` when that is not understood.
    fn assertion(&self, node: Node<'_>, depth: usize) -> Option<Formula> {
        let call = Call::of(node).filter(|_| depth < MOST_DEPTH)?;
        let arguments = call.arguments()?;
        let operands =
            || arguments.iter().map(|&node| self.assertion(node, depth + 1)).collect::<Option<Arc<[_]>>>();
        let value = |node| self.evaluate(node, &Scope::default().symbolic()).unwrap_or_default();
        let equal = |left: &Value, right: &Value| equality(&self.conditions.borrow(), left, right);
        let is_one_of = |value: &Value, list: &[Value]| {
            let each = list.iter().map(|item| equal(item, value));
            Some(Formula::Any(each.collect::<Option<Arc<[_]>>>()?))
        };
        match (call.function, arguments.as_slice()) {
            (Function::And, _) => Some(Formula::All(operands()?)),
            (Function::Or, _) => Some(Formula::Any(operands()?)),
            (Function::Not, [operand]) => Some(Formula::Not(Arc::new(self.assertion(*operand, depth + 1)?))),
            (Function::Equals, [left, right]) => equal(&value(*left), &value(*right)),
            (Function::Contains, [list, one]) => is_one_of(&value(*one), &self.members(*list)?),
            (Function::EachMemberEquals, [list, one]) => {
                let one = value(*one);
                let each = self.members(*list)?.iter().map(|item| equal(item, &one)).collect::<Option<_>>();
                Some(Formula::All(each?))
            }
            (Function::EachMemberIn, [list, others]) => {
                let (list, others) = (self.members(*list)?, self.members(*others)?);
                let each = list.iter().map(|item| is_one_of(item, &others)).collect::<Option<_>>();
                Some(Formula::All(each?))
            }
            _ => None,
        }
    }

    /// The members of a list of texts; `None` when not all of them are told apart.
    fn members(&self, node: Node<'_>) -> Option<Vec<Value>> {
        let scope = Scope::default().symbolic();
        let all = Call::of(node).filter(|call| call.function == Function::RefAll);
        if let Some(kind) = all.as_ref().map(|call| call.text()) {
            let parameters = self.template.parameters.iter();
            let of_kind = parameters.filter(|(_, parameter)| Some(&*parameter.kind) == kind);
            let each = of_kind.map(|(name, parameter)| match parameter.is_list() {
                true => None,
                false => Some(self.parameter(name, parameter, node.span(), &scope)),
            });
            return each.collect();
        }
        let list = self.evaluate(node, &scope)?;
        let list = list.as_list().filter(|list| list.doubt().is_none())?;
        Some(list.items.clone())
    }
}

//! The section `Rules`: assertions on parameters, without which CloudFormation deploys nothing.

use std::cell::Cell;
use std::sync::Arc;

use iamrail_core::model::Formula;
use iamrail_core::value::Value;

use super::call::{Call, Function};
use super::equality::{Side, all, any};
use super::{Scope, Stack};
use crate::tree::Node;

/// How deeply assertions nest.
const MOST_DEPTH: usize = 64;
/// How many terms an assertion may have.
const MOST_TERMS: usize = 2_000;
/// How many pairs of texts the assertions of a template compare. Those behind are not taken into account.
const MOST_PAIRS: usize = 1 << 18;

impl Stack {
    /// Takes every assertion for granted of which all is understood: a deployment that does not keep it does not take place.
    pub(super) fn keep_assertions(&self) {
        let rules = self.template.section("Rules").and_then(Node::entries);
        let pairs = Cell::new(MOST_PAIRS);
        for rule in rules.into_iter().flatten() {
            let condition = rule.value.get("RuleCondition");
            let condition =
                condition.map_or(Some(Formula::Known(true)), |node| self.assertion(node, 0, &pairs));
            let Some(condition) = condition else { continue };
            let assertions = rule.value.get("Assertions").and_then(Node::items);
            for node in assertions.into_iter().flatten().filter_map(|one| one.get("Assert")) {
                let Some(assertion) = self.assertion(node, 0, &pairs) else { continue };
                let fact = Formula::Any([Formula::Not(Arc::new(condition.clone())), assertion].into());
                if fact.fits(MOST_TERMS) && !self.conditions.borrow_mut().suppose(fact) {
                    let message =
                        format!("the rule `{}` allows no deployment with these parameters", rule.key);
                    self.report("rule", message, node.span());
                }
            }
        }
    }

    /// What an assertion says; `None` when that is not understood. `pairs` is how many pairs of texts may still be compared.
    fn assertion(&self, node: Node<'_>, depth: usize, pairs: &Cell<usize>) -> Option<Formula> {
        let call = Call::of(node).filter(|_| depth < MOST_DEPTH)?;
        let arguments = call.arguments()?;
        let operand = |node| self.assertion(node, depth + 1, pairs);
        let operands = || arguments.iter().map(|&node| operand(node)).collect::<Option<Arc<[_]>>>();
        match (call.function, arguments.as_slice()) {
            (Function::And, _) => Some(Formula::All(operands()?)),
            (Function::Or, _) => Some(Formula::Any(operands()?)),
            (Function::Not, [one]) => Some(Formula::Not(Arc::new(operand(*one)?))),
            (Function::Equals, [left, right]) => {
                each_is_one_of(&[self.text(*left)?], &[self.text(*right)?], pairs)
            }
            (Function::Contains, [list, one]) => {
                each_is_one_of(&[self.text(*one)?], &self.members(*list)?, pairs)
            }
            (Function::EachMemberEquals, [list, one]) => {
                each_is_one_of(&self.members(*list)?, &[self.text(*one)?], pairs)
            }
            (Function::EachMemberIn, [list, others]) => {
                each_is_one_of(&self.members(*list)?, &self.members(*others)?, pairs)
            }
            _ => None,
        }
    }

    /// A text that is compared; `None` when nothing is known of it.
    fn text(&self, node: Node<'_>) -> Option<Side> {
        if is_of_account(node) {
            return None;
        }
        self.side(&self.evaluate(node, &Scope::default().symbolic()).unwrap_or_default())
    }

    fn side(&self, value: &Value) -> Option<Side> {
        Side::of(&self.conditions.borrow(), value)
    }

    /// The members of a list of texts; `None` when not all of them are told apart, or when they are too many.
    fn members(&self, node: Node<'_>) -> Option<Vec<Side>> {
        let scope = Scope::default().symbolic();
        let all = Call::of(node).filter(|call| call.function == Function::RefAll);
        if let Some(kind) = all.as_ref().map(|call| call.text()) {
            let parameters = self.template.parameters.iter();
            let of_kind = parameters.filter(|(_, parameter)| Some(&*parameter.kind) == kind);
            let of_kind: Vec<_> = of_kind.take(MOST_TERMS + 1).collect();
            if of_kind.len() > MOST_TERMS || of_kind.iter().any(|(_, parameter)| parameter.is_list()) {
                return None;
            }
            let value = |name, parameter| self.parameter(name, parameter, node.span(), &scope);
            return of_kind.into_iter().map(|(name, parameter)| self.side(&value(name, parameter))).collect();
        }
        if is_of_account(node) {
            return None;
        }
        let list = self.evaluate(node, &scope)?;
        let list = list.as_list().filter(|list| list.doubt().is_none() && list.items.len() <= MOST_TERMS)?;
        list.items.iter().map(|item| self.side(item)).collect()
    }
}

/// Whether a node asks for what the account knows of the resource that a parameter names, such as the VPC of a subnet.
fn is_of_account(node: Node<'_>) -> bool {
    Call::of(node).is_some_and(|call| matches!(call.function, Function::ValueOf | Function::ValueOfAll))
}

/// That each of these texts is one of the others; `None` when nothing is known of that, or when there is too much to compare.
fn each_is_one_of(texts: &[Side], others: &[Side], pairs: &Cell<usize>) -> Option<Formula> {
    if texts.len() * others.len() > MOST_TERMS {
        return None;
    }
    let cases = |sides: &[Side]| sides.iter().map(Side::cases).sum::<usize>();
    pairs.set(pairs.get().checked_sub(cases(texts) * cases(others))?);
    let is_one = |text: &Side| {
        let each = others.iter().map(|other| other.equals(text));
        let each = each.filter(|equal| *equal != Some(Formula::Known(false)));
        Some(any(each.collect::<Option<_>>()?))
    };
    let each: Option<Vec<_>> = texts.iter().map(is_one).collect();
    Some(all(each?))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use iamrail_core::model::{Conditions, Formula};
    use iamrail_core::value::Value;

    use super::{MOST_PAIRS, MOST_TERMS, each_is_one_of};
    use crate::eval::equality::Side;

    fn sides(count: usize) -> Vec<Side> {
        let text = |at: usize| Side::of(&Conditions::default(), &Value::text(at.to_string()));
        (0..count).map(|at| text(at).expect("it is known")).collect()
    }

    #[test]
    fn lists_that_make_too_many_terms_tell_nothing() {
        let pairs = Cell::new(MOST_PAIRS);
        let (few, many) = (sides(20), sides(MOST_TERMS / 20));
        assert_eq!(each_is_one_of(&few, &many, &pairs), Some(Formula::Known(true)));
        assert_eq!(MOST_PAIRS - pairs.get(), MOST_TERMS);
        assert_eq!(each_is_one_of(&many, &few, &pairs), Some(Formula::Known(false)));
        let more = sides(MOST_TERMS / 20 + 1);
        let left = pairs.get();
        assert_eq!(each_is_one_of(&few, &more, &pairs), None);
        assert_eq!(pairs.get(), left);
    }

    #[test]
    fn all_assertions_together_compare_so_many_pairs() {
        let pairs = Cell::new(MOST_TERMS);
        let (few, many) = (sides(20), sides(MOST_TERMS / 20));
        assert!(each_is_one_of(&few, &many, &pairs).is_some());
        assert_eq!(each_is_one_of(&few, &few, &pairs), None);
    }
}

//! Operators with their operands.

use super::{Lines, OPERATORS, Reader};
use crate::syntax::expression::{Conditional, Expr, ExprKind, Operator};

/// An operand, or what operators made of several, with its place: parentheses around it included, which the expression
/// itself leaves out.
struct Operand {
    start: usize,
    end: usize,
    expr: Expr,
}

/// Operands and the operators that wait for another one, each binding stronger than the one before it.
#[derive(Default)]
struct Waiting {
    operands: Vec<Operand>,
    operators: Vec<Operator>,
}

impl<const KEEP: bool> Reader<'_, KEEP> {
    pub(super) fn expr(&mut self, lines: Lines) -> Option<Expr> {
        let around = std::mem::take(&mut self.operators);
        let mut own = 0;
        let expr = self.deeper(|reader| reader.operands(lines, &mut own))?;
        let within = self.operators + own;
        self.operators = around.max(within);
        (within <= OPERATORS).then_some(expr)
    }

    /// Operands and what is between them; `own` counts the operators.
    fn operands(&mut self, lines: Lines, own: &mut usize) -> Option<Expr> {
        let mut waiting = Waiting::default();
        loop {
            self.skip(lines);
            let start = self.cursor.at();
            let expr = self.operand(lines)?;
            let mut last = Operand { start, end: self.cursor.at(), expr };
            // Line ends before an operator count only where they are blanks.
            let behind = self.cursor.clone();
            self.skip(lines);
            let operator = self.operator();
            if operator.is_none() && self.cursor.peek() != Some(b'?') {
                self.cursor = behind;
                return Some(self.all(&mut waiting, last).expr);
            }
            let Some(operator) = operator else {
                let condition = self.all(&mut waiting, last);
                return self.conditional(condition, lines);
            };
            *own += 1;
            (*own <= OPERATORS).then_some(())?;
            if KEEP {
                while waiting.operators.last().is_some_and(|one| binds(*one) >= binds(operator)) {
                    last = self.joined(&mut waiting, last);
                }
                waiting.operands.push(last);
                waiting.operators.push(operator);
            }
        }
    }

    fn conditional(&mut self, condition: Operand, lines: Lines) -> Option<Expr> {
        self.cursor.advance(1);
        let then = self.expr(lines)?;
        self.skip(lines);
        self.eat(b':')?;
        let otherwise = self.expr(lines)?;
        let Operand { start, expr: condition, .. } = condition;
        Some(self.made(start, || ExprKind::Conditional(Box::new(Conditional { condition, then, otherwise }))))
    }

    /// The operator at the cursor, which is moved over. A single `=` is none, nor is the arrow of `for`, a comment, or the heredoc
    /// that cannot follow an operand.
    fn operator(&mut self) -> Option<Operator> {
        let (operator, length) = match (self.cursor.peek()?, self.cursor.peek_second()) {
            (b'=', Some(b'=')) => (Operator::Equal, 2),
            (b'!', Some(b'=')) => (Operator::NotEqual, 2),
            (b'<', Some(b'=')) => (Operator::LessOrEqual, 2),
            (b'>', Some(b'=')) => (Operator::GreaterOrEqual, 2),
            (b'&', Some(b'&')) => (Operator::And, 2),
            (b'|', Some(b'|')) => (Operator::Or, 2),
            (b'<', Some(b'<')) | (b'/', Some(b'/' | b'*')) => return None,
            (b'<', _) => (Operator::Less, 1),
            (b'>', _) => (Operator::Greater, 1),
            (b'+', _) => (Operator::Add, 1),
            (b'-', _) => (Operator::Subtract, 1),
            (b'*', _) => (Operator::Multiply, 1),
            (b'/', _) => (Operator::Divide, 1),
            (b'%', _) => (Operator::Remainder, 1),
            _ => return None,
        };
        self.cursor.advance(length);
        Some(operator)
    }

    /// What all that waits makes together with its last operand.
    fn all(&self, waiting: &mut Waiting, mut last: Operand) -> Operand {
        while !waiting.operators.is_empty() {
            last = self.joined(waiting, last);
        }
        last
    }

    /// What the last operator that waits makes of its operands.
    fn joined(&self, waiting: &mut Waiting, right: Operand) -> Operand {
        let (Some(left), Some(operator)) = (waiting.operands.pop(), waiting.operators.pop()) else {
            return right;
        };
        let (start, end) = (left.start, right.end);
        let kind = ExprKind::Binary(operator, Box::new([left.expr, right.expr]));
        Operand { start, end, expr: Expr::new(kind, self.lowering.places.span(start, end)) }
    }
}

/// How strong an operator binds; those that bind alike go from left to right.
fn binds(operator: Operator) -> u8 {
    match operator {
        Operator::Multiply | Operator::Divide | Operator::Remainder => 6,
        Operator::Add | Operator::Subtract => 5,
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => 4,
        Operator::Equal | Operator::NotEqual => 3,
        Operator::And => 2,
        Operator::Or => 1,
    }
}

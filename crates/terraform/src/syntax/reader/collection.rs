//! Lists, objects, and `for` in both.

use std::sync::Arc;

use iamrail_core::value::Text;

use super::{Lines, Reader, without_room};
use crate::syntax::expression::{Expr, ExprKind, For, Item};

/// `for key, value in collection`.
struct Intro {
    key_name: Option<Arc<str>>,
    value_name: Arc<str>,
    collection: Expr,
}

impl<const KEEP: bool> Reader<'_, KEEP> {
    pub(super) fn list(&mut self) -> Option<Expr> {
        let start = self.cursor.at();
        self.eat(b'[')?;
        self.skip(Lines::AreBlanks);
        if self.begins_for() {
            let intro = self.for_intro()?;
            let value = self.expr(Lines::AreBlanks)?;
            let condition = self.for_condition()?;
            self.close(b']')?;
            return Some(self.each(start, intro, None, value, false, condition));
        }
        let mut items = Vec::new();
        loop {
            self.skip(Lines::AreBlanks);
            if self.cursor.peek() == Some(b']') {
                self.cursor.advance(1);
                return Some(self.made(start, || ExprKind::Tuple(without_room(items))));
            }
            let item = self.expr(Lines::AreBlanks)?;
            if KEEP {
                items.push(item);
            }
            self.skip(Lines::AreBlanks);
            match self.cursor.peek()? {
                b',' => self.cursor.advance(1),
                b']' => {}
                _ => return None,
            }
        }
    }

    pub(super) fn object(&mut self) -> Option<Expr> {
        let start = self.cursor.at();
        self.eat(b'{')?;
        self.skip(Lines::AreBlanks);
        if self.begins_for() {
            return self.for_object(start);
        }
        let mut items = Vec::new();
        loop {
            self.cursor.skip_trivia();
            if self.cursor.peek() == Some(b'}') {
                self.cursor.advance(1);
                return Some(self.made(start, || ExprKind::Object(without_room(items))));
            }
            let is_bare = self.cursor.peek() != Some(b'(');
            let key = self.expr(Lines::Matter)?;
            self.cursor.skip_blanks();
            matches!(self.cursor.peek()?, b'=' | b':').then(|| self.cursor.advance(1))?;
            let value = self.expr(Lines::Matter)?;
            if KEEP {
                items.push(Item { key: if is_bare { named(key) } else { key }, value });
            }
            self.skip_line_rest();
            match self.cursor.peek()? {
                b',' | b'\n' => self.cursor.advance(1),
                b'}' => {}
                _ => return None,
            }
        }
    }

    fn for_object(&mut self, start: usize) -> Option<Expr> {
        let intro = self.for_intro()?;
        let key = self.expr(Lines::AreBlanks)?;
        self.skip(Lines::AreBlanks);
        self.cursor.sees(b"=>").then(|| self.cursor.advance(2))?;
        let value = self.expr(Lines::AreBlanks)?;
        self.skip(Lines::AreBlanks);
        let grouping = self.cursor.sees(b"...");
        if grouping {
            self.cursor.advance(3);
        }
        let condition = self.for_condition()?;
        self.close(b'}')?;
        Some(self.each(start, intro, Some(key), value, grouping, condition))
    }

    fn each(
        &self,
        start: usize,
        intro: Intro,
        key: Option<Expr>,
        value: Expr,
        grouping: bool,
        condition: Option<Expr>,
    ) -> Expr {
        let Intro { key_name, value_name, collection } = intro;
        self.made(start, || {
            ExprKind::For(Box::new(For { key_name, value_name, collection, key, value, grouping, condition }))
        })
    }

    fn begins_for(&self) -> bool {
        if self.cursor.peek() != Some(b'f') {
            return false;
        }
        let mut ahead = self.cursor.clone();
        ahead.ascii_identifier() == Some("for") && matches!(ahead.peek(), Some(b' ' | b'\t' | b'\n'))
    }

    fn for_intro(&mut self) -> Option<Intro> {
        self.cursor.ascii_identifier()?;
        self.skip(Lines::AreBlanks);
        let first = self.cursor.ascii_identifier()?;
        self.skip(Lines::AreBlanks);
        let mut second = None;
        if self.cursor.peek() == Some(b',') {
            self.cursor.advance(1);
            self.skip(Lines::AreBlanks);
            second = Some(self.cursor.ascii_identifier()?);
            self.skip(Lines::AreBlanks);
        }
        (self.cursor.ascii_identifier()? == "in").then_some(())?;
        let collection = self.expr(Lines::AreBlanks)?;
        self.close(b':')?;
        let (key, value) = match second {
            Some(second) => (Some(first), second),
            None => (None, first),
        };
        Some(Intro { key_name: key.map(Arc::from), value_name: value.into(), collection })
    }

    #[expect(clippy::option_option, reason = "whether it can be read, and whether there is one")]
    fn for_condition(&mut self) -> Option<Option<Expr>> {
        self.skip(Lines::AreBlanks);
        let mut ahead = self.cursor.clone();
        if ahead.ascii_identifier() == Some("if") {
            self.cursor = ahead;
            return self.expr(Lines::AreBlanks).map(Some);
        }
        Some(None)
    }
}

/// A bare name as a key is a text, and so is `null`.
fn named(key: Expr) -> Expr {
    let name = match key.kind {
        ExprKind::Name(name) => name,
        ExprKind::Null => "null".into(),
        _ => return key,
    };
    Expr::new(ExprKind::Text(Text::literal(name, Some(key.span))), key.span)
}

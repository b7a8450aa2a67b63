//! Templates that functions put together, of whose text parts are not known.

use iamrail_core::report::Diagnostic;
use iamrail_core::source::Span;

use super::embedded::Places;
use super::scalar::Scalar;
use super::{Content, Node, NodeId, Tag, Tree};

/// What encloses the number of a part that is not known: letters that Unicode gives no meaning to.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// Keys whose values decide how a template is read. One that is not known leaves nothing to be read.
const DECIDING: [&str; 5] = ["Condition", "Fn::GetAtt", "Fn::Transform", "Ref", "Type"];

/// A piece of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece<'t> {
    /// Letters that are known.
    Known(&'t str),
    /// Something that is not.
    Hole,
}

/// The name of the parameter that stands for a part that is not known, by its place among those.
pub(crate) fn parameter(hole: usize) -> String {
    format!("{OPEN}{hole}")
}

impl Tree {
    /// The document that a text is that was put together at a place. Where a part is not known that stands within a scalar, the
    /// scalar is the text of a `Sub` with a parameter in its place. `None` when one may be anything else, and when there is
    /// no document.
    pub(crate) fn composed(
        &self,
        pieces: &[(Piece<'_>, Option<Span>)],
        whole: Span,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Tree> {
        let mut text = String::new();
        let mut lengths = Vec::new();
        let mut holes = 0;
        for (piece, span) in pieces {
            let before = text.len();
            match piece {
                Piece::Known(known) if known.contains([OPEN, CLOSE]) => return None,
                Piece::Known(known) => text.push_str(known),
                Piece::Hole => {
                    text.push_str(&format!("{}{CLOSE}", parameter(holes)));
                    holes += 1;
                }
            }
            lengths.push((text.len() - before, *span));
        }
        let places = Places::of_pieces(lengths.into_iter(), whole);
        let mut found = Vec::new();
        let mut tree = self.within(&text, &places, &mut found);
        if holes > 0 {
            // What is no syntax now may be some with the letters that are not known.
            tree = tree.filter(|_| found.is_empty()).and_then(Tree::with_holes);
            found.clear();
        }
        diagnostics.extend(found);
        tree
    }

    /// The tree with calls of `Sub` for the scalars of which parts are not known; `None` when more than scalars is not.
    fn with_holes(mut self) -> Option<Tree> {
        // What has no resources now may have some with the letters that are not known.
        self.documents().next()?.get("Resources").filter(|resources| resources.entries().is_some())?;
        let mut called: Vec<NodeId> = Vec::new();
        for node in self.nodes() {
            for entry in node.entries().into_iter().flatten() {
                let is_deciding = DECIDING.contains(&&**entry.key);
                if has_hole(entry.key) || is_deciding && entry.value.text().is_some_and(has_hole) {
                    return None;
                }
                if &**entry.key == "Fn::Sub" {
                    called.extend(text_of_call(entry.value));
                }
            }
            if node.tag().is_some_and(|tag| &*tag.name == "Sub") {
                called.extend(text_of_call(node));
            }
        }
        let called: Vec<u32> = called.into_iter().map(|id| id.0).collect();
        for (at, data) in self.nodes.iter_mut().enumerate() {
            let Content::Scalar(scalar) = &mut data.content else { continue };
            let Some(text) = scalar.decoded.as_deref().filter(|text| has_hole(text)) else { continue };
            let is_called = u32::try_from(at).is_ok_and(|at| called.contains(&at));
            let text = match (is_called, &data.tag) {
                (true, _) => with_variables(text),
                (false, None) => with_variables(&text.replace("${", "${!")),
                // What a function answers that is asked for something unknown is not known either.
                (false, Some(_)) => first_variable(text)?,
            };
            if !is_called {
                data.tag = Some(Box::new(Tag { name: "Sub".into(), span: data.span }));
            }
            *scalar = Scalar { decoded: Some(text.into()), ..scalar.clone() };
        }
        Some(self)
    }
}

/// The text of a call of `Sub`, which may stand in a list with the values of its variables.
fn text_of_call(node: Node<'_>) -> Option<NodeId> {
    let text = match node.items() {
        Some(mut items) => items.next()?,
        None => node,
    };
    text.text().map(|_| text.id())
}

fn has_hole(text: &str) -> bool {
    text.contains(OPEN)
}

/// A text with variables of a `Sub` where parts are not known.
fn with_variables(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            OPEN => whole.extend(["${", "\u{E000}"]),
            CLOSE => whole.push('}'),
            letter => whole.push(letter),
        }
    }
    whole
}

/// The variable of the first part that is not known.
fn first_variable(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(OPEN)?;
    let (number, _) = rest.split_once(CLOSE)?;
    Some(format!("${{{OPEN}{number}}}"))
}

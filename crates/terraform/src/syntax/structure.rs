//! Blocks, bodies and attributes.

use std::sync::{Arc, OnceLock};

use iamrail_core::source::{SourceFile, Span};

use super::expression::Expr;
use super::hcl;

/// What stands between the braces of a block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    /// The arguments, in order.
    pub(crate) attributes: Vec<Attribute>,
    /// The nested blocks, in order.
    pub(crate) blocks: Vec<Block>,
}

/// `name = value`.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    /// Its name.
    pub(crate) name: Arc<str>,
    /// Where the name stands.
    pub(crate) name_span: Span,
    /// Its value.
    pub(crate) value: Expr,
}

/// A nested block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Its type.
    pub(crate) kind: Arc<str>,
    /// Its labels.
    pub(crate) labels: Vec<Label>,
    /// Where its type and labels stand.
    pub(crate) heading: Span,
    /// What is in it.
    pub(crate) body: Body,
}

/// A label of a block.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    /// The text without quotes.
    pub(crate) text: Arc<str>,
    /// Where it stands, without quotes.
    pub(crate) span: Span,
}

/// A block of a file. Its heading is known from a scan, its body is parsed when something asks for it.
#[derive(Debug)]
pub(crate) struct Declaration {
    /// Its type: `resource`, `variable`.
    pub(crate) kind: Arc<str>,
    /// Its labels.
    pub(crate) labels: Vec<Label>,
    /// Where its type and labels stand.
    pub(crate) heading: Span,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// The body is kept from when it is first asked for; of one that nobody asks for, only what is wrong with it.
    Text {
        file: Arc<SourceFile>,
        span: Span,
        parsed: OnceLock<Box<Parsed>>,
        checked: OnceLock<Option<Box<Fault>>>,
    },
    Body(Body),
}

/// The result of parsing a block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parsed {
    /// What could be parsed; empty when nothing could.
    pub(crate) body: Body,
    /// What is wrong with the rest.
    pub(crate) fault: Option<Fault>,
}

/// Something that is no valid syntax.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// What is wrong, in one lower-case line without full stop.
    pub(crate) message: String,
    /// Where.
    pub(crate) span: Span,
}

impl From<Result<Body, Fault>> for Parsed {
    fn from(body: Result<Body, Fault>) -> Self {
        match body {
            Ok(body) => Self { body, fault: None },
            Err(fault) => Self { body: Body::default(), fault: Some(fault) },
        }
    }
}

impl Declaration {
    /// A block whose whole text, heading included, stands at `span`.
    pub(crate) fn unparsed(
        kind: Arc<str>,
        labels: Vec<Label>,
        heading: Span,
        file: Arc<SourceFile>,
        span: Span,
    ) -> Self {
        Self {
            kind,
            labels,
            heading,
            content: Content::Text { file, span, parsed: OnceLock::new(), checked: OnceLock::new() },
        }
    }

    /// A block whose body is at hand.
    pub(crate) fn parsed(kind: Arc<str>, labels: Vec<Label>, heading: Span, body: Body) -> Self {
        Self { kind, labels, heading, content: Content::Body(body) }
    }

    /// What is in it; empty when it cannot be parsed, which [`Declaration::fault`] tells.
    pub(crate) fn body(&self) -> &Body {
        match &self.content {
            Content::Text { file, span, parsed, .. } => {
                &parsed.get_or_init(|| Box::new(hcl::parse_block(file, *span))).body
            }
            Content::Body(body) => body,
        }
    }

    /// What is wrong with it.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match &self.content {
            Content::Text { file, span, parsed, checked } => match parsed.get() {
                Some(parsed) => parsed.fault.as_ref(),
                None => checked.get_or_init(|| hcl::check_block(file, *span).map(Box::new)).as_deref(),
            },
            Content::Body(_) => None,
        }
    }

    /// Its whole place in an HCL file, heading included.
    pub(crate) fn whole(&self) -> Option<Span> {
        match &self.content {
            Content::Text { span, .. } => Some(*span),
            Content::Body(_) => None,
        }
    }

    /// Its text; `None` for a block that does not stand in HCL.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text { file, span, .. } => Some(file.slice(*span)),
            Content::Body(_) => None,
        }
    }

    /// The text of a label, empty when there is none.
    pub(crate) fn label(&self, index: usize) -> &str {
        self.labels.get(index).map_or("", |label| &label.text)
    }

    /// The label that names it: the last one, or its type when it has none.
    pub(crate) fn name(&self) -> &Arc<str> {
        self.labels.last().map_or(&self.kind, |label| &label.text)
    }
}

impl Body {
    /// The attribute of a name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name == name)
    }

    /// The value of the attribute of a name.
    pub(crate) fn value(&self, name: &str) -> Option<&Expr> {
        self.attribute(name).map(|attribute| &attribute.value)
    }

    /// The nested blocks of a type.
    pub(crate) fn blocks_of<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| &*block.kind == kind)
    }
}

impl Block {
    /// The type of the blocks that it stands for: a dynamic block stands for those that it makes.
    pub(crate) fn produces(&self) -> &str {
        match (&*self.kind, self.labels.first()) {
            ("dynamic", Some(label)) => &label.text,
            (kind, _) => kind,
        }
    }
}

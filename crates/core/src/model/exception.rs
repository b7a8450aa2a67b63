//! Exceptions that the input claims for its own resources.

use std::sync::Arc;

use super::Declared;
use crate::source::Span;
use crate::value::Value;

/// An exception that stands in the metadata of a resource, as it is written there. Nothing is honoured by being written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exception {
    /// The resource it stands in.
    pub declared: Arc<Declared>,
    /// Where.
    pub span: Span,
    /// What is written: a map of fields if it is what an exception should be.
    pub written: Value,
}

impl Exception {
    /// An exception that a resource claims.
    pub fn new(declared: Arc<Declared>, span: Span, written: Value) -> Self {
        Self { declared, span, written }
    }

    /// A field by its name in lower case with spaces: `review date`. It may be written in any case, with spaces,
    /// underscores or hyphens.
    pub fn field(&self, name: &str) -> Option<&Value> {
        let is_it = |written: &str| {
            let mut letters = written.chars().map(|letter| match letter {
                '_' | '-' => ' ',
                other => other.to_ascii_lowercase(),
            });
            letters.by_ref().eq(name.chars())
        };
        self.written.as_map()?.iter().find(|(written, _)| is_it(written)).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Exception;
    use crate::collections::IndexMap;
    use crate::model::Declared;
    use crate::source::{MemoryFiles, Sources};
    use crate::value::{Field, Value};

    #[test]
    fn fields_are_found_however_they_are_written() {
        for written in ["review date", "Review-Date", "REVIEW_DATE"] {
            let field = Field { key: None, value: Value::text("2027-01-31") };
            let fields = Value::map(IndexMap::from_iter([(Arc::from(written), field)]));
            let sources = Sources::new(MemoryFiles::default());
            let span = sources.adopt("t.yaml", Vec::new()).expect("it is UTF-8").span(0, 0);
            let exception =
                Exception::new(Arc::new(Declared::new("R", "AWS::IAM::Role", span)), span, fields);
            let date = exception.field("review date").and_then(Value::as_str);
            assert_eq!(date.as_deref(), Some("2027-01-31"), "{written}");
            assert!(exception.field("review").is_none());
        }
    }
}

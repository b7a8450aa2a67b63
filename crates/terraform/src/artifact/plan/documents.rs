//! Policy documents that Terraform could not read yet, because a part of them is not known.
//!
//! All that a plan says of such a document is in the arguments of the data source, which are known but for that part. The
//! text is rendered from them. An expression that does more with a document than pass it on is taken to pass it on, since
//! a plan does not tell them apart.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use iamrail_core::collections::HashMap;
use iamrail_core::value::{Reason, Unknown, Value};
use serde_json::value::RawValue;

use super::graph::{Graph, Place};
use super::tracer::Tracer;
use crate::artifact::flow::Comparison;
use crate::functions::policy_document;

/// The type of the data source.
pub(super) const KIND: &str = "aws_iam_policy_document";

/// How many documents may be made of each other.
const DEEPEST: usize = 32;

/// The documents of a plan.
pub(super) struct Documents<'g, 't> {
    graph: &'g Graph<'t>,
    comparison: &'g Comparison<'g>,
    blocks: HashMap<Arc<str>, Block<'t>>,
    rendered: RefCell<HashMap<Arc<str>, Value>>,
    depth: Cell<usize>,
}

/// Where a data source stands, and its expressions.
pub(super) type Block<'t> = (Place<'t>, Option<&'t RawValue>);

impl<'g, 't> Documents<'g, 't> {
    pub(super) fn new(
        graph: &'g Graph<'t>,
        comparison: &'g Comparison<'g>,
        blocks: HashMap<Arc<str>, Block<'t>>,
    ) -> Self {
        Self { graph, comparison, blocks, rendered: RefCell::default(), depth: Cell::new(0) }
    }

    /// The JSON of the document at an address.
    pub(super) fn json(&self, address: &Arc<str>) -> Option<Value> {
        if let Some(value) = self.rendered.borrow().get(address) {
            return Some(value.clone());
        }
        let (place, raw) = self.blocks.get(address)?;
        if self.depth.get() >= DEEPEST {
            return Some(Value::unknown(Unknown::new(Reason::Budget, Arc::clone(address))));
        }
        self.depth.set(self.depth.get() + 1);
        let attributes = self.comparison.attributes_of(address)?.clone();
        let expressions = raw.map(|raw| self.graph.expressions(raw)).unwrap_or_default();
        let tracer = Tracer {
            graph: self.graph,
            comparison: self.comparison,
            documents: Some(self),
            place: place.clone(),
        };
        let arguments = tracer.arguments(attributes, &expressions, &|_| false);
        let json = policy_document(&arguments).get("json").cloned();
        self.depth.set(self.depth.get() - 1);
        self.rendered.borrow_mut().extend(json.clone().map(|json| (Arc::clone(address), json)));
        json
    }
}

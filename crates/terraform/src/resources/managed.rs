//! The ARNs of AWS-managed policies by name.

use std::sync::Arc;

use iamrail_core::catalog::{ManagedPolicy, managed_policy};
use iamrail_core::value::{Hole, Kind, Origins, Part, Reason, Text, Unknown, Value};

/// The ARN of the AWS-managed policy of this name, whose partition is not known. A policy that is younger than the catalog
/// may lack its path; its name, which is what it is known by here, is right all the same.
pub(crate) fn managed_policy_arn(name: &str) -> Value {
    let path = managed_policy(name).map_or("/", ManagedPolicy::path);
    let unknown = Arc::new(Unknown::new(Reason::Environment, "the partition"));
    let text = Text::from_parts(vec![
        Part::Literal { text: "arn:".into(), span: None },
        Part::Hole(Arc::new(Hole { unknown, origins: Origins::none(), span: None })),
        Part::Literal { text: format!(":iam::aws:policy{path}{name}").into(), span: None },
    ]);
    Value::new(Kind::Text(text))
}

//! The ARNs of AWS-managed policies by name.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use iamrail_core::value::{Hole, Kind, Origins, Part, Reason, Text, Unknown, Value};

/// The policies that live under a path, such as `service-role/AWSLambdaRole`; all others have none.
static PATHS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let lines = include_str!("../../data/managed_policies.txt").lines();
    lines.filter_map(|line| Some((line.rsplit_once('/')?.1, line))).collect()
});

/// The ARN of the AWS-managed policy of this name, whose partition is not known. A policy that is younger than the list
/// may lack its path; its name, which is what it is known by here, is right all the same.
pub(crate) fn managed_policy_arn(name: &str) -> Value {
    let policy = PATHS.get(name).copied().unwrap_or(name);
    let unknown = Arc::new(Unknown::new(Reason::Environment, "the partition"));
    let text = Text::from_parts(vec![
        Part::Literal { text: "arn:".into(), span: None },
        Part::Hole(Arc::new(Hole { unknown, origins: Origins::none(), span: None })),
        Part::Literal { text: format!(":iam::aws:policy/{policy}").into(), span: None },
    ]);
    Value::new(Kind::Text(text))
}

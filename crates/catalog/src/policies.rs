//! The policies that AWS manages.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::load::unpack;

static PACKED: &[u8] = include_bytes!("../data/policies.zst");

/// A policy that AWS manages, the same in every partition but for the partition in its ARNs.
#[derive(Debug)]
pub struct ManagedPolicy {
    name: &'static str,
    path: &'static str,
    version: &'static str,
    retired: bool,
    document: &'static [u8],
}

/// A part of a policy document. ARNs in it are those of the partition `aws`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// JSON's null.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number as it is written.
    Number(&'static str),
    /// A text.
    Text(&'static str),
    /// An array.
    List(Vec<Node>),
    /// An object.
    Map(Vec<(&'static str, Node)>),
}

struct Facts {
    texts: Vec<&'static str>,
    policies: Vec<ManagedPolicy>,
    by_name: HashMap<&'static str, usize>,
}

fn facts() -> &'static Facts {
    static FACTS: OnceLock<Facts> = OnceLock::new();
    FACTS.get_or_init(|| Facts::read(unpack(PACKED)))
}

/// All policies, by name.
pub fn managed_policies() -> &'static [ManagedPolicy] {
    &facts().policies
}

/// The policy of a name.
pub fn managed_policy(name: &str) -> Option<&'static ManagedPolicy> {
    let facts = facts();
    facts.policies.get(*facts.by_name.get(name)?)
}

/// The policy that an ARN names, in any partition; the partition may be a pattern.
///
/// ```
/// use iamrail_catalog::managed_policy_by_arn;
/// let policy = managed_policy_by_arn("arn:aws-cn:iam::aws:policy/job-function/Billing").unwrap();
/// assert_eq!(policy.name(), "Billing");
/// assert!(managed_policy_by_arn("arn:aws:iam::aws:policy/Billing").is_none(), "its path is part of the ARN");
/// assert!(managed_policy_by_arn("arn:aws:iam::111122223333:policy/AdministratorAccess").is_none());
/// ```
pub fn managed_policy_by_arn(arn: &str) -> Option<&'static ManagedPolicy> {
    let (_, rest) = arn.strip_prefix("arn:")?.split_once(':')?;
    let path = rest.strip_prefix("iam::aws:policy")?;
    let (before, name) = path.rsplit_once('/')?;
    let policy = managed_policy(name)?;
    (policy.path.strip_suffix('/') == Some(before)).then_some(policy)
}

impl ManagedPolicy {
    /// Its name: `AmazonS3ReadOnlyAccess`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its path, which starts and ends with a slash.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The version whose document this is: `v3`.
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// Whether AWS has withdrawn it: it cannot be attached any more, and stays where it is attached.
    pub fn is_retired(&self) -> bool {
        self.retired
    }

    /// Its ARN in a partition: `aws`, `aws-cn`, `aws-us-gov`.
    pub fn arn(&self, partition: &str) -> String {
        format!("arn:{partition}:iam::aws:policy{}{}", self.path, self.name)
    }

    /// What it says.
    pub fn document(&self) -> Node {
        let mut reader = Reader { rest: self.document };
        reader.node(&facts().texts, 0).unwrap_or(Node::Null)
    }
}

impl Facts {
    /// Reads the bytes that `data/catalog.py` describes.
    fn read(content: &'static [u8]) -> Self {
        let mut facts = Self { texts: Vec::new(), policies: Vec::new(), by_name: HashMap::new() };
        // The bytes are part of the program, and a test reads all of them: they do not end early.
        let _ = facts.take(&mut Reader { rest: content });
        facts
    }

    fn take(&mut self, reader: &mut Reader) -> Option<()> {
        let count = reader.number()?;
        self.texts.reserve(count);
        for _ in 0..count {
            let length = reader.number()?;
            self.texts.push(std::str::from_utf8(reader.bytes(length)?).ok()?);
        }
        let count = reader.number()?;
        self.policies.reserve(count);
        self.by_name.reserve(count);
        for place in 0..count {
            let mut text = || self.texts.get(reader.number()?).copied();
            let (name, path, version) = (text()?, text()?, text()?);
            let retired = reader.number()? == 1;
            let length = reader.number()?;
            let document = reader.bytes(length)?;
            self.policies.push(ManagedPolicy { name, path, version, retired, document });
            self.by_name.insert(name, place);
        }
        Some(())
    }
}

/// Reads bytes from the front.
struct Reader {
    rest: &'static [u8],
}

impl Reader {
    fn number(&mut self) -> Option<usize> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= usize::from(byte & 127).checked_shl(shift)?;
            if byte & 128 == 0 {
                return Some(number);
            }
            shift += 7;
        }
    }

    fn bytes(&mut self, length: usize) -> Option<&'static [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    fn node(&mut self, texts: &[&'static str], depth: usize) -> Option<Node> {
        if depth > 32 {
            return None;
        }
        let number = self.number()?;
        let (kind, count) = (number & 7, number >> 3);
        Some(match kind {
            0 => Node::Null,
            1 | 2 => Node::Bool(kind == 2),
            3 => Node::Number(texts.get(count)?),
            4 => Node::Text(texts.get(count)?),
            5 => Node::List((0..count).map(|_| self.node(texts, depth + 1)).collect::<Option<_>>()?),
            _ => {
                let pair = |_| {
                    let key = texts.get(self.number()?)?;
                    Some((*key, self.node(texts, depth + 1)?))
                };
                Node::Map((0..count).map(pair).collect::<Option<_>>()?)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_has_a_document_with_statements() {
        assert!(managed_policies().len() > 1_500, "{}", managed_policies().len());
        for policy in managed_policies() {
            let Node::Map(pairs) = policy.document() else { panic!("{}", policy.name()) };
            assert!(pairs.iter().any(|(key, _)| *key == "Statement"), "{}", policy.name());
            let found = managed_policy_by_arn(&policy.arn("aws-us-gov")).map(ManagedPolicy::name);
            assert_eq!(found, Some(policy.name()));
        }
    }

    #[test]
    fn a_document_is_what_it_was() {
        let administrator = managed_policy("AdministratorAccess").unwrap().document();
        let statement = Node::Map(vec![
            ("Action", Node::Text("*")),
            ("Effect", Node::Text("Allow")),
            ("Resource", Node::Text("*")),
        ]);
        let expected = Node::Map(vec![
            ("Statement", Node::List(vec![statement])),
            ("Version", Node::Text("2012-10-17")),
        ]);
        assert_eq!(administrator, expected);
    }

    #[test]
    fn a_policy_that_was_withdrawn_is_marked() {
        assert!(managed_policy("AWSLambdaFullAccess").unwrap().is_retired());
        assert!(!managed_policy("AWSLambda_FullAccess").unwrap().is_retired());
        assert!(managed_policy("NoSuchPolicy").is_none());
    }
}

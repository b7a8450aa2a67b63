//! Recognises calls of intrinsic functions, in short and in long form.

use iamrail_core::source::Span;

use super::looped::PREFIX as LOOP;
use crate::tree::Node;

macro_rules! functions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// An intrinsic function.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Function {
            $($(#[$doc])* $variant,)*
            /// A short form or `Fn::` key that names none.
            Other,
        }

        impl Function {
            fn named(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)*
                    _ => Self::Other,
                }
            }

            /// Whether a name without `Fn::` is that of a function that gives a value in the place of its map.
            pub(super) fn is_one(name: &str) -> bool {
                !matches!(Self::named(name), Self::Other | Self::Transform | Self::Condition)
            }

            /// Its name without `Fn::`.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other => "function",
                }
            }
        }
    };
}

functions! {
    Ref = "Ref",
    GetAtt = "GetAtt",
    Sub = "Sub",
    Join = "Join",
    Split = "Split",
    Select = "Select",
    If = "If",
    FindInMap = "FindInMap",
    Base64 = "Base64",
    ImportValue = "ImportValue",
    GetStackOutput = "GetStackOutput",
    Cidr = "Cidr",
    GetAZs = "GetAZs",
    Transform = "Transform",
    ToJsonString = "ToJsonString",
    Length = "Length",
    And = "And",
    Or = "Or",
    Not = "Not",
    Equals = "Equals",
    Condition = "Condition",
    Contains = "Contains",
    EachMemberEquals = "EachMemberEquals",
    EachMemberIn = "EachMemberIn",
    RefAll = "RefAll",
    ValueOf = "ValueOf",
    ValueOfAll = "ValueOfAll",
}

/// A call of an intrinsic function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'t> {
    pub(super) function: Function,
    /// The name as written, for functions that do not exist.
    pub(super) written: &'t str,
    /// The argument. In short form this is the node that carries the tag.
    pub(super) argument: Node<'t>,
    /// Whether it has the short form.
    pub(super) tagged: bool,
    /// The whole call.
    pub(super) span: Span,
}

impl<'t> Call<'t> {
    /// The call that a node is, if it is one.
    pub(super) fn of(node: Node<'t>) -> Option<Self> {
        if let Some(tag) = node.tag() {
            let function = Function::named(&tag.name);
            return Some(Self {
                function,
                written: &tag.name,
                argument: node,
                tagged: true,
                span: node.span(),
            });
        }
        Self::long(node)
    }

    /// The call in long form that the content of a node is, if it is one.
    pub(super) fn long(node: Node<'t>) -> Option<Self> {
        let mut entries = node.entries()?;
        let (Some(entry), None) = (entries.next(), entries.next()) else { return None };
        let function = match entry.key.as_ref() {
            "Ref" => Function::Ref,
            // A loop makes entries of the map that it stands in.
            key if key.starts_with(LOOP) => return None,
            key => Function::named(key.strip_prefix("Fn::")?),
        };
        let span = node.span();
        Some(Self { function, written: entry.key, argument: entry.value, tagged: false, span })
    }

    /// The call that a node is where a condition is expected: there a key `Condition` refers to another condition.
    pub(super) fn of_condition(node: Node<'t>) -> Option<Self> {
        if let Some(call) = Self::of(node) {
            return Some(call);
        }
        let entry =
            node.find("Condition").filter(|_| node.entries().is_some_and(|entries| entries.len() == 1))?;
        Some(Self {
            function: Function::Condition,
            written: entry.key,
            argument: entry.value,
            tagged: false,
            span: node.span(),
        })
    }

    /// The elements of the argument when it is written as a list.
    pub(super) fn arguments(&self) -> Option<Vec<Node<'t>>> {
        if !self.tagged && self.argument.tag().is_some() {
            return None;
        }
        Some(self.argument.items()?.collect())
    }

    /// The text of the argument when it is written as one.
    pub(super) fn text(&self) -> Option<&'t str> {
        if !self.tagged && self.argument.tag().is_some() { None } else { self.argument.text() }
    }
}

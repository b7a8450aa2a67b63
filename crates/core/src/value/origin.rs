//! Where a value came from: the resource attributes that flowed into it, and the way they took.

use std::sync::Arc;

use crate::source::Span;

/// How many origins a value remembers. More than this many attributes in one value carry no more insight.
const MOST: usize = 1024;

/// The resource attributes that flowed into a value. Most values have none, and give up one pointer for them.
#[derive(Clone, Debug, Default)]
pub struct Origins(Option<Arc<Attributes>>);

/// Resource attributes, mostly one.
#[derive(Debug)]
enum Attributes {
    One(Origin),
    Several(Box<[Origin]>),
}

impl Attributes {
    fn as_slice(&self) -> &[Origin] {
        match self {
            Self::One(origin) => std::slice::from_ref(origin),
            Self::Several(origins) => origins,
        }
    }
}

/// A resource attribute that flowed into a value.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Address or logical id of the resource: `module.m.aws_iam_user.u["a"]`, `DeployUser`.
    pub resource: Arc<str>,
    /// The attribute: `arn`, `name`, `secret`; for CloudFormation `Ref` or the name given to `GetAtt`.
    pub attribute: Arc<str>,
    /// Whether the value *is* that attribute, unchanged, rather than made with it. Only such an origin is a link.
    pub exact: bool,
    /// What the attribute cannot have in it.
    pub form: Form,
    /// The last step of the way from the attribute to the value.
    pub trail: Option<Arc<Step>>,
}

/// What is known of the letters of a value that is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Nothing.
    #[default]
    Any,
    /// It has no colon, and so is no ARN.
    Path,
    /// It has neither colon nor slash: an account, a region, the name of a bucket.
    Name,
}

/// A step that a value took: a local, a module argument, an output, a function.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it went through, in the terms of the input: `local.key`, `module.app.var.secret`, `jsonencode`.
    pub what: Arc<str>,
    /// Where that stands.
    pub span: Option<Span>,
    /// The step before, nearer to the attribute.
    pub before: Option<Arc<Step>>,
}

impl Origins {
    fn new(mut origins: Vec<Origin>) -> Self {
        let attributes = match origins.len() {
            0 | 1 => origins.pop().map(Attributes::One),
            _ => Some(Attributes::Several(origins.into())),
        };
        Self(attributes.map(Arc::new))
    }

    /// None.
    pub const fn none() -> Self {
        Self(None)
    }

    /// The value is the attribute of a resource.
    pub fn of(resource: impl Into<Arc<str>>, attribute: impl Into<Arc<str>>) -> Self {
        Self::of_form(resource, attribute, Form::Any)
    }

    /// The value is the attribute of a resource, which has a form.
    pub fn of_form(resource: impl Into<Arc<str>>, attribute: impl Into<Arc<str>>, form: Form) -> Self {
        let (resource, attribute) = (resource.into(), attribute.into());
        Self(Some(Arc::new(Attributes::One(Origin { resource, attribute, exact: true, form, trail: None }))))
    }

    /// The value is what a variable or parameter of a name is, or something of the place where the input is deployed: the same
    /// text wherever the input has it. It has no attribute.
    pub fn of_variable(name: impl Into<Arc<str>>) -> Self {
        Self::of(name, "")
    }

    /// The same of what has several names in an input: `name` is the one that is written, `common` the one that all of them have.
    pub fn of_named_variable(name: impl Into<Arc<str>>, common: impl Into<Arc<str>>) -> Self {
        Self::of_variable(name).and(&Self::of_variable(common))
    }

    /// If the value is the variable of a name, unchanged: the name that it has wherever the input has it.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        let is_variable = |origin: &&Origin| origin.exact && origin.attribute.is_empty();
        let names = self.iter().filter(is_variable).map(|origin| &*origin.resource);
        names.skip_while(|one| *one != name).last()
    }

    /// The union of the origins of the parts of a value, none of which the value is itself.
    pub fn of_all<'o>(parts: impl IntoIterator<Item = &'o Origins>) -> Self {
        let mut parts = parts.into_iter().filter(|part| !part.is_empty());
        let Some(first) = parts.next() else { return Self::none() };
        let mut all: Vec<Origin> =
            first.iter().map(|origin| Origin { exact: false, ..origin.clone() }).collect();
        for origin in parts.flat_map(Origins::iter) {
            let known =
                all.iter().any(|one| one.resource == origin.resource && one.attribute == origin.attribute);
            if !known && all.len() < MOST {
                all.push(Origin { exact: false, ..origin.clone() });
            }
        }
        Self::new(all)
    }

    /// These origins and then those of what the value is at the same time: a user's name that is the name of a group.
    #[must_use]
    pub fn and(&self, others: &Origins) -> Self {
        if self.is_empty() || others.is_empty() {
            return if self.is_empty() { others.clone() } else { self.clone() };
        }
        let mut all: Vec<Origin> = self.iter().cloned().collect();
        for origin in others.iter() {
            let known =
                all.iter().any(|one| one.resource == origin.resource && one.attribute == origin.attribute);
            if !known && all.len() < MOST {
                all.push(origin.clone());
            }
        }
        Self::new(all)
    }

    /// The same origins of a value that was made from the one that had them.
    #[must_use]
    pub fn inexact(&self) -> Self {
        if self.iter().any(|origin| origin.exact) { Self::of_all([self]) } else { self.clone() }
    }

    /// The same origins but for the attributes that flowed into what was taken away, and into nothing that stayed.
    #[must_use]
    pub fn without<'o>(&self, gone: impl IntoIterator<Item = &'o Origins>, stayed: &Origins) -> Self {
        let is_same =
            |one: &Origin, other: &Origin| one.resource == other.resource && one.attribute == other.attribute;
        let gone: Vec<&Origin> = gone.into_iter().flat_map(Self::iter).collect();
        let stays = |origin: &&Origin| {
            !gone.iter().any(|one| is_same(one, origin)) || stayed.iter().any(|one| is_same(one, origin))
        };
        Self::new(self.iter().filter(stays).cloned().collect())
    }

    /// The same origins after one more step of the way.
    #[must_use]
    pub fn via(&self, what: &Arc<str>, span: Option<Span>) -> Self {
        let step = |origin: &Origin| Origin {
            trail: Some(Arc::new(Step { what: Arc::clone(what), span, before: origin.trail.clone() })),
            ..origin.clone()
        };
        Self::new(self.iter().map(step).collect())
    }

    /// The attribute that the value is, if it is one; the nearest when it is several at once.
    pub fn exact(&self) -> Option<&Origin> {
        self.all_exact().next()
    }

    /// All attributes that the value is, the nearest first.
    pub fn all_exact(&self) -> impl Iterator<Item = &Origin> {
        self.iter().filter(|origin| origin.exact && !origin.attribute.is_empty())
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Origin> {
        self.0.as_ref().map_or([].as_slice(), |attributes| attributes.as_slice()).iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl Origin {
    /// The steps from the attribute to the value, in that order.
    pub fn steps(&self) -> Vec<&Step> {
        let mut steps = Vec::new();
        let mut next = self.trail.as_deref();
        while let Some(step) = next {
            steps.push(step);
            next = step.before.as_deref();
        }
        steps.reverse();
        steps
    }
}

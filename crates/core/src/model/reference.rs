//! How one thing of the model points at another.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::Guard;
use crate::value::{Unknown, Value};

/// The place of an entity in its table.
pub struct Id<T> {
    index: u32,
    entity: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    pub(super) fn new(index: usize) -> Self {
        Self { index: u32::try_from(index).unwrap_or(u32::MAX), entity: PhantomData }
    }

    pub(super) fn index(self) -> usize {
        self.index as usize
    }
}

// Derives would ask the same of `T`, which an identifier does not need.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}
impl<T> std::hash::Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.index)
    }
}

/// A value that names an entity, and what it was found to name.
#[derive(Debug)]
pub struct Reference<T> {
    /// The name, ARN or attribute as the input gives it.
    pub value: Value,
    /// What it names; [`Link::None`] until the model is linked.
    pub link: Link<T>,
}

/// What a reference names.
#[derive(Debug)]
#[non_exhaustive]
pub enum Link<T> {
    /// Nothing: the value is null.
    None,
    /// An entity of the same model.
    Declared(Id<T>),
    /// Something that exists elsewhere, by name or ARN (with `*` for parts that are not known).
    Named(Arc<str>),
    /// Not known.
    Unknown(Arc<Unknown>),
    /// One thing or another, as the deployment has it. What a grant or a membership names is never this: each of its cases
    /// is one of its own.
    Several(Arc<[Named<T>]>),
}

/// What a reference names in some of the deployments.
#[derive(Debug)]
pub struct Named<T> {
    /// What it names, never several things.
    pub link: Link<T>,
    /// The conditions under which it does.
    pub guard: Guard,
    /// Set when it is not known whether it does.
    pub undecided: Option<Arc<Unknown>>,
}

impl<T> Link<T> {
    /// The entity, if the model declares it.
    pub fn declared(&self) -> Option<Id<T>> {
        match self {
            Self::Declared(id) => Some(*id),
            _ => None,
        }
    }
}

impl<T> Reference<T> {
    /// A reference that is not linked yet.
    pub fn new(value: Value) -> Self {
        Self { value, link: Link::None }
    }

    /// A reference that names an entity of the model.
    pub fn to(id: Id<T>) -> Self {
        Self { value: Value::null(), link: Link::Declared(id) }
    }

    /// The entity, if the model declares it.
    pub fn declared(&self) -> Option<Id<T>> {
        self.link.declared()
    }

    /// What it names in every case; nothing is named in none.
    pub fn cases(&self) -> Vec<Named<T>> {
        match &self.link {
            Link::None => Vec::new(),
            Link::Several(cases) => cases.to_vec(),
            link => vec![Named { link: link.clone(), guard: Guard::always(), undecided: None }],
        }
    }
}

impl<T> Default for Reference<T> {
    fn default() -> Self {
        Self::new(Value::null())
    }
}

impl<T> Clone for Reference<T> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), link: self.link.clone() }
    }
}

impl<T> Clone for Link<T> {
    fn clone(&self) -> Self {
        match self {
            Link::None => Link::None,
            Link::Declared(id) => Link::Declared(*id),
            Link::Named(name) => Link::Named(Arc::clone(name)),
            Link::Unknown(unknown) => Link::Unknown(Arc::clone(unknown)),
            Link::Several(cases) => Link::Several(Arc::clone(cases)),
        }
    }
}

impl<T> Clone for Named<T> {
    fn clone(&self) -> Self {
        Self { link: self.link.clone(), guard: self.guard.clone(), undecided: self.undecided.clone() }
    }
}

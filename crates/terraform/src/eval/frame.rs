//! Instances of modules, with what is already computed in them.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use iamrail_core::collections::HashMap;
use iamrail_core::model::{Call, Guard};
use iamrail_core::value::{Unknown, Value};

use super::instance::{Expansion, Instance, Key};
use crate::module::Module;

/// The place of a frame in the list of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FrameId(pub(super) usize);

/// An instance of a module: the root, or one of those that a call makes.
pub(crate) struct Frame {
    pub(super) id: FrameId,
    /// What it is an instance of.
    pub(crate) module: Arc<Module>,
    /// Its address, `module.app["x"]`; empty for the root.
    pub(crate) path: Arc<str>,
    /// The names of the calls that lead to it, joined with dots; empty for the root.
    pub(super) names: Arc<str>,
    /// The call that makes it; `None` for the root.
    pub(super) caller: Option<Caller>,
    /// The calls that lead to it, the outermost first.
    pub(crate) calls: Vec<Call>,
    /// The conditions under which it exists.
    pub(crate) guard: Guard,
    /// Set when it stands for a number of instances that is not known.
    pub(crate) instances: Option<Arc<Unknown>>,
    pub(super) memo: RefCell<HashMap<Node, Memo<Value>>>,
    pub(super) expansions: RefCell<HashMap<Arc<str>, Memo<Rc<Expansion>>>>,
    pub(super) children: RefCell<Children>,
}

/// The modules that calls make, by the name and the instance of the call; `None` where the text is not at hand.
pub(super) type Children = HashMap<(Arc<str>, Key), Option<FrameId>>;

/// Where a module is called from.
pub(super) struct Caller {
    /// The calling instance.
    pub(super) frame: FrameId,
    /// The name of the call.
    pub(super) name: Arc<str>,
    /// The instance of the call.
    pub(super) instance: Instance,
}

/// Something that is computed once in a frame.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Variable(Arc<str>),
    Local(Arc<str>),
    Output(Arc<str>),
    /// All arguments of an instance of a resource or data source, as they are written.
    Arguments(Arc<str>, Key),
    /// An instance of a resource, data source or module as a value.
    Object(Arc<str>, Key),
    /// One attribute of an instance.
    Attribute(Arc<str>, Key, Arc<str>),
}

/// Something that is being computed, or was.
pub(super) enum Memo<T> {
    Running,
    Done(T),
}

impl Frame {
    /// An address of this module as the root sees it.
    pub(crate) fn address(&self, local: &str) -> Arc<str> {
        if self.path.is_empty() { local.into() } else { format!("{}.{local}", self.path).into() }
    }

    /// Its place in the list of all.
    pub(crate) fn id(&self) -> FrameId {
        self.id
    }

    /// The module that calls it, and the name of the call.
    pub(crate) fn caller(&self) -> Option<(FrameId, &Arc<str>)> {
        self.caller.as_ref().map(|caller| (caller.frame, &caller.name))
    }

    /// How many calls lead to it.
    pub(super) fn depth(&self) -> usize {
        self.calls.len()
    }
}

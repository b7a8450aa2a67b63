//! The modules of a run, each read and indexed once, however many units call it.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use iamrail_core::source::Sources;

use super::Module;
use crate::Flavor;

/// A directory, and the program that reads it.
type Key = (Arc<str>, Flavor);

/// Modules by directory, as each program reads it.
#[derive(Debug, Default)]
pub(crate) struct Library {
    modules: RwLock<HashMap<Key, Arc<Module>>>,
}

impl Library {
    /// The module in a directory.
    pub(crate) fn module(&self, dir: &Arc<str>, flavor: Flavor, sources: &Sources) -> Arc<Module> {
        let key = (Arc::clone(dir), flavor);
        let known = self.modules.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(module) = known.filter(|module| belongs_to(module, sources)) {
            return module;
        }
        let module = Arc::new(Module::read(dir, flavor, sources));
        let mut modules = self.modules.write().unwrap_or_else(PoisonError::into_inner);
        match modules.get(&key) {
            // Another thread was faster: what it has parsed already need not be parsed again.
            Some(other) if belongs_to(other, sources) => Arc::clone(other),
            _ => {
                modules.insert(key, Arc::clone(&module));
                module
            }
        }
    }

    /// Forgets a module that nobody is likely to ask for again; whoever does has it read again.
    pub(crate) fn forget(&self, dir: &Arc<str>, flavor: Flavor) {
        let key = (Arc::clone(dir), flavor);
        self.modules.write().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    /// Forgets the modules of runs before.
    pub(crate) fn clear(&self) {
        self.modules.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Whether a module was read in this run: one front end may serve several, at the same time.
fn belongs_to(module: &Module, sources: &Sources) -> bool {
    module
        .files
        .first()
        .is_some_and(|file| sources.file(file.id()).is_some_and(|other| Arc::ptr_eq(file, &other)))
}

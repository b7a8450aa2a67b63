//! The modules of a run, each read and indexed once, however many units call it.

use std::sync::{Arc, PoisonError, RwLock};

use iamrail_core::collections::HashMap;
use iamrail_core::source::Sources;

use super::Module;
use crate::Flavor;

/// A directory, and the program that reads it; none where both read the same files.
type Key = (Arc<str>, Option<Flavor>);

/// Modules by directory, as each program reads it.
#[derive(Debug, Default)]
pub(crate) struct Library {
    modules: RwLock<HashMap<Key, Arc<Module>>>,
}

impl Library {
    /// The module in a directory.
    pub(crate) fn module(&self, dir: &Arc<str>, flavor: Flavor, sources: &Sources) -> Arc<Module> {
        let known = {
            let modules = self.modules.read().unwrap_or_else(PoisonError::into_inner);
            keys(dir, flavor).iter().find_map(|key| modules.get(key)).cloned()
        };
        if let Some(module) = known.filter(|module| belongs_to(module, sources)) {
            return module;
        }
        let module = Arc::new(Module::read(dir, flavor, sources));
        let key = (Arc::clone(dir), module.has_opentofu_files.then_some(flavor));
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
        let mut modules = self.modules.write().unwrap_or_else(PoisonError::into_inner);
        for key in keys(dir, flavor) {
            modules.remove(&key);
        }
    }

    /// Forgets the modules of runs before.
    pub(crate) fn clear(&self) {
        self.modules.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// What the module may be kept under that a program reads.
fn keys(dir: &Arc<str>, flavor: Flavor) -> [Key; 2] {
    [(Arc::clone(dir), None), (Arc::clone(dir), Some(flavor))]
}

/// Whether a module was read in this run: one front end may serve several, at the same time.
fn belongs_to(module: &Module, sources: &Sources) -> bool {
    module
        .files
        .first()
        .is_some_and(|file| sources.file(file.id()).is_some_and(|other| Arc::ptr_eq(file, &other)))
}

#[cfg(test)]
mod tests {
    use iamrail_core::source::MemoryFiles;

    use super::*;

    #[test]
    fn a_module_is_read_twice_only_where_the_programs_read_different_files() {
        let files = [("same/main.tf", ""), ("other/main.tf", ""), ("other/main.tofu", "")];
        let sources = Sources::new(MemoryFiles::new(files));
        let library = Library::default();
        let both = |dir: &str| {
            let dir = dir.into();
            let terraform = library.module(&dir, Flavor::Terraform, &sources);
            (terraform, library.module(&dir, Flavor::OpenTofu, &sources))
        };
        let (terraform, opentofu) = both("same");
        assert!(Arc::ptr_eq(&terraform, &opentofu));
        let (terraform, opentofu) = both("other");
        assert_ne!(terraform.files[0].path(), opentofu.files[0].path());
        library.forget(&"same".into(), Flavor::Terraform);
        library.forget(&"other".into(), Flavor::Terraform);
        assert_eq!(library.modules.read().unwrap().len(), 1);
    }
}

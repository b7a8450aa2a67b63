//! Modules from elsewhere that `terraform init` has installed beside a root module.

use std::sync::Arc;

use iamrail_core::collections::HashMap;
use iamrail_core::source::{Sources, join};

use crate::syntax::read_variables;
use crate::syntax::{Expr, ExprKind};

/// Where the modules behind calls are: directories by the names of the calls, joined with dots.
#[derive(Debug, Default)]
pub(crate) struct Installed {
    directories: HashMap<String, Arc<str>>,
}

impl Installed {
    /// Reads the list that `terraform init` leaves in the root module; without one, nothing is installed.
    pub(crate) fn read(root: &str, sources: &Sources) -> Self {
        let mut installed = Self::default();
        let path = join(root, ".terraform/modules/modules.json");
        let Some(file) = path.and_then(|path| sources.load(&path).ok()) else { return installed };
        let (body, _) = read_variables(&file);
        let Some(ExprKind::Tuple(modules)) = body.value("Modules").map(|modules| &modules.kind) else {
            return installed;
        };
        for module in modules {
            let (Some(key), Some(dir)) = (text(module, "Key"), text(module, "Dir")) else { continue };
            if let Some(dir) = join(root, &dir) {
                installed.directories.insert(key, dir.into());
            }
        }
        installed
    }

    /// The directory of the module behind a chain of calls, such as `app.role`.
    pub(crate) fn directory(&self, calls: &str) -> Option<&Arc<str>> {
        self.directories.get(calls)
    }
}

fn text(object: &Expr, name: &str) -> Option<String> {
    let ExprKind::Object(items) = &object.kind else { return None };
    let item = items.iter().find(|item| item.key.literal().as_deref() == Some(name))?;
    item.value.literal()
}

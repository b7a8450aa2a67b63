//! Terraform and OpenTofu, which read different files of a directory.

use iamrail_core::source::{Sources, join};
use memchr::memmem;

/// The program for which a configuration is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flavor {
    /// Terraform, which does not know files that end in `.tofu`.
    Terraform,
    /// OpenTofu, for which a `.tofu` file takes the place of the `.tf` file of the same name.
    OpenTofu,
}

impl Flavor {
    /// The program that wrote a plan or state, which names the registry of its providers.
    pub(crate) fn of_artifact(text: &str) -> Self {
        let names_registry = memmem::find(text.as_bytes(), b"registry.opentofu.org/").is_some();
        if names_registry { Self::OpenTofu } else { Self::Terraform }
    }
}

/// Whether a root module bears the marks of OpenTofu and none of Terraform: files that set the version, and the registry
/// that providers are locked to.
pub(crate) fn is_for_opentofu_alone(dir: &str, sources: &Sources) -> bool {
    let read = |name: &str| sources.files().read(&join(dir, name)?).ok();
    let lock = read(".terraform.lock.hcl").unwrap_or_default();
    let locks = |registry: &str| memmem::find(&lock, registry.as_bytes()).is_some();
    let is_for_opentofu = read(".opentofu-version").is_some() || locks("\"registry.opentofu.org/");
    let is_for_terraform = read(".terraform-version").is_some() || locks("\"registry.terraform.io/");
    is_for_opentofu && !is_for_terraform
}

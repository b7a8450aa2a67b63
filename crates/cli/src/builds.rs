//! What images are built of: Dockerfiles and templates of Packer. Nothing of them is IAM but the access keys that may stand in them,
//! which are looked for as in every text.

use iamrail_core::check::{Candidate, Discovery, Environments, FrontEnd, Unit, UnitSource};
use iamrail_core::model::Model;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{Sources, file_name};

/// Accepts them as input. They are no units: there is nothing that they would deploy.
#[derive(Clone, Copy, Debug, Default)]
pub struct Builds;

impl FrontEnd for Builds {
    fn name(&self) -> &'static str {
        "Docker or Packer"
    }

    fn discover(&self, candidates: &[Candidate], _: &Environments, sources: &Sources) -> Discovery {
        let mut discovery = Discovery::default();
        for candidate in candidates.iter().filter(|one| is_build(file_name(&one.path))) {
            match sources.load(&candidate.path) {
                Ok(_) => {}
                // What is no UTF-8 is looked through as bytes.
                Err(iamrail_core::source::FileError::NotText { .. }) => {}
                Err(error) => {
                    discovery.diagnostics.push(Diagnostic::unreadable(candidate.path.clone(), &error));
                }
            }
            discovery.claimed.push(candidate.path.clone());
        }
        discovery
    }

    fn read(&self, _: &UnitSource, _: &Sources) -> Unit {
        Unit::new(Model::default(), Vec::new(), 0)
    }
}

fn is_build(name: &str) -> bool {
    let is_file = |kind: &str| {
        let rest = name.strip_prefix(kind);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
    };
    let ends = [".Dockerfile", ".dockerfile", ".Containerfile", ".pkr.hcl", ".pkr.json", ".pkrvars.hcl"];
    is_file("Dockerfile") || is_file("Containerfile") || ends.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::is_build;

    #[test]
    fn builds_are_known_by_their_names() {
        for name in [
            "Dockerfile",
            "Dockerfile.prod",
            "api.Dockerfile",
            "Containerfile",
            "ami.pkr.hcl",
            "ami.pkr.json",
        ] {
            assert!(is_build(name), "{name}");
        }
        for name in ["Dockerfiles", "dockerfile.md", "main.tf", "pkr.hcl", "docker-compose.yaml"] {
            assert!(!is_build(name), "{name}");
        }
    }
}

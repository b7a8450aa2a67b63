//! The manifest: artifacts by identifier, of which stacks and lists of assets matter here.

use std::sync::Arc;

use iamrail_core::report::Diagnostic;
use iamrail_core::source::{Sources, join};

use super::{Assembly, Assets, Constructs, Synthesised, recognise};
use crate::tree::{Entry, Node, Tree};

/// Reads the assembly in a directory.
pub(super) fn read(dir: &str, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) -> Assembly {
    let mut reader = Reader { dir, sources, diagnostics };
    let Some(tree) = recognise::manifest(dir).and_then(|path| reader.file(&path)) else {
        return Assembly::default();
    };
    let artifacts = tree.documents().next().and_then(|root| root.get("artifacts"));
    let mut assembly = Assembly::default();
    for artifact in artifacts.and_then(Node::entries).into_iter().flatten() {
        match artifact.value.get("type").and_then(Node::text) {
            Some("aws:cloudformation:stack") => assembly.stacks.extend(reader.stack(artifact)),
            Some("cdk:asset-manifest") => reader.assets(artifact.value, &mut assembly.assets),
            _ => {}
        }
    }
    assembly
}

struct Reader<'r> {
    dir: &'r str,
    sources: &'r Sources,
    diagnostics: &'r mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn stack(&mut self, artifact: Entry<'_>) -> Option<Synthesised> {
        let properties = artifact.value.get("properties")?;
        let file = properties.get("templateFile")?;
        let Some(template) = file.text().and_then(|file| join(self.dir, file)) else {
            let message = format!("the template of the stack `{}` lies outside of the root", artifact.key);
            let path = Arc::clone(self.sources.load(&recognise::manifest(self.dir)?).ok()?.path());
            self.diagnostics.push(Diagnostic::error("unreadable", path, message).at(file.span()));
            return None;
        };
        let mut constructs = Constructs::new(&template, self.dir);
        if let Some(metadata) = artifact.value.get("metadata") {
            constructs.add(metadata);
        }
        let more = artifact.value.get("additionalMetadataFile").and_then(Node::text);
        if let Some(path) = more.and_then(|file| join(self.dir, file))
            && let Some(tree) = self.file(&path)
        {
            tree.documents().for_each(|metadata| constructs.add(metadata));
        }
        let name = properties.get("stackName").and_then(Node::text).unwrap_or(artifact.key);
        let environment = artifact.value.get("environment").and_then(Node::text).map(environment);
        let pseudo = [("AWS::StackName", Arc::from(name))].into_iter().chain(environment.unwrap_or_default());
        let mut given: Vec<_> = pseudo.map(|(name, value)| (Arc::from(name), value)).collect();
        let parameters = properties.get("parameters").and_then(Node::entries).into_iter().flatten();
        given
            .extend(parameters.filter_map(|one| Some((Arc::clone(one.key), one.value.value_text()?.into()))));
        Some(Synthesised { id: Arc::clone(artifact.key), template, given, constructs })
    }

    fn assets(&mut self, artifact: Node<'_>, assets: &mut Assets) {
        let file = artifact.get("properties").and_then(|properties| properties.get("file"));
        let path = file.and_then(Node::text).and_then(|file| join(self.dir, file));
        if let Some(tree) = path.and_then(|path| self.file(&path)) {
            tree.documents().for_each(|root| assets.add(root, self.dir));
        }
    }

    fn file(&mut self, path: &str) -> Option<Tree> {
        match self.sources.load(path) {
            Ok(file) => {
                let (tree, diagnostics) = Tree::parse(&file);
                self.diagnostics.extend(diagnostics);
                tree
            }
            Err(error) => {
                self.diagnostics.push(Diagnostic::unreadable(path, &error));
                None
            }
        }
    }
}

/// The pseudo parameters that an environment tells: `aws://111122223333/eu-west-1`.
fn environment(text: &str) -> Vec<(&'static str, Arc<str>)> {
    let Some((account, region)) = text.strip_prefix("aws://").and_then(|rest| rest.split_once('/')) else {
        return Vec::new();
    };
    let mut pseudo = Vec::new();
    if account != "unknown-account" {
        pseudo.push(("AWS::AccountId", account.into()));
    }
    if region != "unknown-region" {
        pseudo.push(("AWS::Region", region.into()));
        let partition = match region.split_once('-') {
            Some(("cn", _)) => "aws-cn",
            Some(("us", rest)) if rest.starts_with("gov-") => "aws-us-gov",
            _ => "aws",
        };
        pseudo.push(("AWS::Partition", partition.into()));
    }
    pseudo
}

//! Loads a template with the nested templates that it names.

use std::sync::Arc;

use iamrail_core::collections::HashMap;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{FileError, SourceFile, Sources, Span, join, parent};

use super::Template;
use crate::assembly::{Assets, Constructs, Synthesised};
use crate::tree::{Entry, Full, Include, Node, NodeId, Tree};

/// How deeply templates nest.
const MOST_DEPTH: usize = 16;

/// The template at a path; `None`, with a diagnostic, when there is none.
pub(crate) fn load(
    path: &str,
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Arc<Template>> {
    Loader::new(sources, diagnostics, &Assets::default(), &Constructs::default()).load(path)
}

/// The template of a stack of an assembly; `None`, with a diagnostic, when there is none.
pub(crate) fn load_synthesised(
    stack: &Synthesised,
    assets: &Assets,
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Arc<Template>> {
    Loader::new(sources, diagnostics, assets, &stack.constructs).load(&stack.template)
}

struct Loader<'s, 'd> {
    sources: &'s Sources,
    diagnostics: &'d mut Vec<Diagnostic>,
    assets: &'s Assets,
    constructs: &'s Constructs,
    /// A template that is nested several times is read once.
    loaded: HashMap<String, Option<Arc<Template>>>,
    /// The templates that nest each other on the way here.
    chain: Vec<String>,
}

impl<'s, 'd> Loader<'s, 'd> {
    fn new(
        sources: &'s Sources,
        diagnostics: &'d mut Vec<Diagnostic>,
        assets: &'s Assets,
        constructs: &'s Constructs,
    ) -> Self {
        Self { sources, diagnostics, assets, constructs, loaded: HashMap::default(), chain: Vec::new() }
    }

    fn load(&mut self, path: &str) -> Option<Arc<Template>> {
        if let Some(loaded) = self.loaded.get(path) {
            return loaded.clone();
        }
        self.chain.push(path.to_owned());
        let template = self.read(path).map(Arc::new);
        self.chain.pop();
        self.loaded.insert(path.to_owned(), template.clone());
        template
    }

    fn read(&mut self, path: &str) -> Option<Template> {
        let file = match self.sources.load(path) {
            Ok(file) => file,
            Err(error) => {
                self.diagnostics.push(Diagnostic::unreadable(path, &error));
                return None;
            }
        };
        let (tree, diagnostics) = Tree::parse(&file);
        self.diagnostics.extend(diagnostics);
        let mut tree = tree?.unwrapped(self.diagnostics);
        self.include(path, &mut tree);
        let mut template = Template::read(tree, self.diagnostics)?;
        template.constructs = self.constructs.of(path);
        let nested: Vec<Nested> = nested(template.root(), self.assets).collect();
        for Nested { id, properties, location, span, is_asset } in nested {
            let Some(location) = location else {
                let message =
                    format!("the template that `{id}` nests is not at hand; what it makes is not known");
                let diagnostic = Diagnostic::warning("nested-template", path, message).at(span);
                self.diagnostics.push(diagnostic.help("check it by itself, or name a local copy of it here"));
                continue;
            };
            let target = if is_asset { Some(location.clone()) } else { join(parent(path), &location) };
            let problem = match &target {
                Some(target) if self.chain.contains(target) => {
                    Some(("nests itself".to_owned(), "nest another template, or none"))
                }
                Some(_) if self.chain.len() >= MOST_DEPTH => {
                    Some(("is nested too deeply".to_owned(), "check it by itself"))
                }
                target => self.absence(target.as_deref()),
            };
            if let Some((problem, help)) = problem {
                let message = format!("the nested template `{location}` {problem}");
                let diagnostic = Diagnostic::error("nested-template", path, message).at(span);
                self.diagnostics.push(diagnostic.help(help));
            } else if let Some(inner) = target.and_then(|target| self.load(&target)) {
                template.nested.insert(properties, inner);
            }
        }
        Some(template)
    }
}

impl Loader<'_, '_> {
    /// Why a local file is not at hand, and what to do; `None` when it is.
    fn absence(&self, target: Option<&str>) -> Option<(String, &'static str)> {
        let further_up = "start the check further up, so that the file is part of it";
        Some(match target.map(|target| self.sources.load(target)) {
            Some(Ok(_)) => return None,
            Some(Err(FileError::NotFound)) => {
                ("is not found".to_owned(), "mend the path, which counts from the file that names it")
            }
            None | Some(Err(FileError::OutsideRoot)) => {
                ("lies outside of the directory that is checked".to_owned(), further_up)
            }
            Some(Err(error)) => (format!("cannot be read: {error}"), ""),
        })
    }

    /// Puts the local files that a template includes into its tree. Files include no others.
    fn include(&mut self, path: &str, tree: &mut Tree) {
        let mut adopted = HashMap::default();
        for include in tree.includes().into_iter().filter(|include| is_local(&include.location)) {
            if let Err(Full) = self.graft(path, &include, tree, &mut adopted) {
                let message = "with the files that it includes the template is too large";
                self.diagnostics.push(Diagnostic::error("too-large", path, message).at(include.span));
                return;
            }
        }
    }

    /// Puts one file into a tree. `adopted` are the roots of the files that were read before, by path.
    fn graft(
        &mut self,
        path: &str,
        include: &Include,
        tree: &mut Tree,
        adopted: &mut HashMap<String, Option<NodeId>>,
    ) -> Result<(), Full> {
        let target = join(parent(path), &include.location);
        if let Some((problem, help)) = self.absence(target.as_deref()) {
            let message = format!("the included file `{}` {problem}", include.location);
            self.diagnostics.push(Diagnostic::error("include", path, message).at(include.span).help(help));
        }
        let file = target.and_then(|target| Some((self.sources.load(&target).ok()?, target)));
        let Some((file, target)) = file else { return Ok(()) };
        let root = match adopted.get(&target) {
            Some(root) => *root,
            None => {
                let (other, diagnostics) = Tree::parse(&file);
                self.diagnostics.extend(diagnostics);
                let root = other.map_or(Ok(None), |other| tree.adopt(other))?;
                adopted.insert(target, root);
                root
            }
        };
        root.map_or(Ok(()), |root| tree.graft(include, root))
    }
}

/// The paths of the templates that a text nests, if it is a template.
pub(crate) fn nested_in(file: &Arc<SourceFile>) -> Vec<String> {
    let Some(tree) = Tree::parse(file).0 else { return Vec::new() };
    let path = |nested: Nested| join(parent(file.path()), &nested.location?);
    let assets = Assets::default();
    tree.documents().flat_map(|root| nested(root, &assets)).filter_map(path).collect()
}

/// A resource that nests a template.
struct Nested {
    /// Its logical id, as it is written.
    id: Arc<str>,
    properties: NodeId,
    /// Its path as written; `None` when it is no file of the input, so that its text is not at hand.
    location: Option<String>,
    span: Span,
    /// Whether the path is that of an asset, seen from the root.
    is_asset: bool,
}

/// The templates that a template nests.
fn nested<'t>(root: Node<'t>, assets: &'t Assets) -> impl Iterator<Item = Nested> + 't {
    let mut resources = Vec::new();
    if let Some(section) = root.get("Resources") {
        written(section, 0, &mut resources);
    }
    resources.into_iter().filter_map(|entry| nested_by(entry, assets))
}

/// The resources of a section, those in the bodies of loops once.
fn written<'t>(section: Node<'t>, depth: usize, resources: &mut Vec<Entry<'t>>) {
    for entry in section.entries().into_iter().flatten() {
        match entry.value.items() {
            Some(parts) if depth < MOST_DEPTH => {
                parts.last().into_iter().for_each(|body| written(body, depth + 1, resources));
            }
            _ => resources.push(entry),
        }
    }
}

fn nested_by(entry: Entry<'_>, assets: &Assets) -> Option<Nested> {
    let kind = entry.value.get("Type")?.text()?;
    let properties = entry.value.get("Properties")?;
    let nested = |location: Option<&str>, span, is_asset| {
        let location = location.map(str::to_owned);
        Some(Nested { id: Arc::clone(entry.key), properties: properties.id(), location, span, is_asset })
    };
    let property = match kind {
        "AWS::CloudFormation::Stack" => "TemplateURL",
        "AWS::Serverless::Application" => "Location",
        // What it makes is deployed in other accounts or regions, with parameters of their own.
        "AWS::CloudFormation::StackSet" => {
            let template = properties.get("TemplateURL").or_else(|| properties.get("TemplateBody"))?;
            return nested(None, template.span(), false);
        }
        _ => return None,
    };
    let written = properties.get(property);
    if let Some(url) = written
        && let Some(path) = assets.behind(url)
    {
        return nested(Some(path), url.span(), true);
    }
    let local = written.and_then(|node| Some((node.untagged_text()?, node.span())));
    let local = local.filter(|(text, _)| is_local(text));
    // The AWS CDK puts the place where it uploads the template, and keeps the path aside.
    match local.or_else(|| asset(entry.value, property)) {
        Some((location, span)) => nested(Some(location), span, false),
        None => nested(None, written?.span(), false),
    }
}

fn asset<'t>(resource: Node<'t>, property: &str) -> Option<(&'t str, Span)> {
    let metadata = resource.get("Metadata")?;
    let path = metadata.get("aws:asset:path")?;
    let is_this = metadata.get("aws:asset:property").and_then(Node::text) == Some(property);
    path.text().filter(|_| is_this).map(|text| (text, path.span()))
}

fn is_local(location: &str) -> bool {
    !location.is_empty() && !location.contains("://") && !location.contains("{{")
}

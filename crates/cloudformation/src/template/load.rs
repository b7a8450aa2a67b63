//! Loads a template with the nested templates that it names.

use std::sync::Arc;

use iamrail_core::collections::HashMap;
use iamrail_core::report::Diagnostic;
use iamrail_core::source::{FileError, Sources, Span, join, parent};

use super::nested::{Inner, Nested, is_local, nested};
use super::{Template, Values, computed};
use crate::assembly::{Assets, Constructs, Synthesised};
use crate::tree::{Full, Include, NodeId, Tree};

/// How deeply templates nest.
const MOST_DEPTH: usize = 16;

/// The template at a path, with those that it nests when any of the values is given; `None`, with a diagnostic, when there is none.
pub(crate) fn load(
    path: &str,
    given: &[Values],
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Arc<Template>> {
    Loader::new(sources, diagnostics, &Assets::default(), &Constructs::default()).load(path, given)
}

/// The same of a stack of an assembly; `None`, with a diagnostic, when there is none.
pub(crate) fn load_synthesised(
    stack: &Synthesised,
    assets: &Assets,
    given: &[Values],
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Arc<Template>> {
    Loader::new(sources, diagnostics, assets, &stack.constructs).load(&stack.template, given)
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

    fn load(&mut self, path: &str, given: &[Values]) -> Option<Arc<Template>> {
        if let Some(loaded) = self.loaded.get(path) {
            return loaded.clone();
        }
        self.chain.push(path.to_owned());
        let template = self.read(path, given);
        self.chain.pop();
        self.loaded.insert(path.to_owned(), template.clone());
        template
    }

    fn read(&mut self, path: &str, given: &[Values]) -> Option<Arc<Template>> {
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
        let written: Vec<Nested> = nested(template.root(), self.assets).collect();
        let template = Arc::new(template);
        let mut inner: HashMap<NodeId, Vec<Inner>> = HashMap::default();
        for Nested { id, properties, location, span, is_asset, computed, body } in
            computed::followed(&template, given, written)
        {
            if let Some(body) = body {
                let template = self.written_out(&template, body);
                let nested = template.map(|template| Inner { location: None, template });
                inner.entry(properties).or_default().extend(nested);
                continue;
            }
            // What functions put together may be a key in a bucket as well as a path.
            let location = location.filter(|location| {
                let target = || join(parent(path), location);
                computed.is_none() || self.absence(target().as_deref()).is_none()
            });
            let Some(location) = location else {
                self.diagnostics.push(not_at_hand(path, &id, span));
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
            // What the stack around them gives to those that are nested deeper is not followed.
            } else if let Some(loaded) = target.and_then(|target| self.load(&target, &[])) {
                let location = computed.is_some().then(|| Arc::from(location));
                inner.entry(properties).or_default().push(Inner { location, template: loaded });
            }
        }
        template.nested.get_or_init(|| inner);
        Some(template)
    }
}

/// Says that what a resource nests is not known.
pub(crate) fn not_at_hand(path: &str, id: &str, span: Span) -> Diagnostic {
    let message = format!("the template that `{id}` nests is not at hand; what it makes is not known");
    let diagnostic = Diagnostic::warning("nested-template", path, message).at(span);
    diagnostic.hides(id).help("check it by itself, or name a local copy of it here")
}

/// The template that a text within another one is, with what it nests itself.
pub(crate) fn within(tree: Tree, diagnostics: &mut Vec<Diagnostic>) -> Option<Template> {
    let path = Arc::clone(tree.file().path());
    let template = Template::read(tree, diagnostics)?;
    let assets = Assets::default();
    let inner = nested(template.root(), &assets).map(|one| not_at_hand(&path, &one.id, one.span));
    diagnostics.extend(inner);
    Some(template)
}

impl Loader<'_, '_> {
    /// The template that a text in another one is. What it nests itself has paths that count from nowhere.
    fn written_out(&mut self, around: &Template, body: NodeId) -> Option<Arc<Template>> {
        let tree = around.tree.embedded(body, self.diagnostics)?;
        within(tree, self.diagnostics).map(Arc::new)
    }

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

//! Where the blocks of a module refer to what, by name. Blocks are parsed only when a word that is asked for stands in them.

use std::sync::Arc;

use iamrail_core::collections::{HashMap, HashSet};
use iamrail_core::source::Span;

use crate::module::{Entity, Module};
use crate::resources::{attaches, holds_link};
use crate::syntax::{Body, Declaration, Expr, ExprKind, Referred};

/// What a reference stands in.
#[derive(Clone, Debug)]
pub(super) enum Within {
    /// A resource, data source or module call, by its address in the module.
    Block(Arc<str>),
    /// An output, by its name.
    Output(Arc<str>),
    /// A local value, by its name, and which member of it if it is an object.
    Local(Arc<str>, Option<Arc<str>>),
}

/// A reference.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) within: Within,
    pub(super) span: Span,
    /// Whether it is not known what becomes of it: anywhere but where the model has it.
    pub(super) hands_on: bool,
    /// The place of its block among all, and its own among the references that were read.
    order: (usize, usize),
}

/// What comes behind the first two names of references, the empty name for nothing, and where.
type Rest = HashMap<Arc<str>, Vec<usize>>;

/// The references of a module.
pub(super) struct References {
    module: Arc<Module>,
    /// Which blocks have a word, by their places among all of them.
    by_word: HashMap<Box<str>, Vec<usize>>,
    /// The blocks of which the words are not known.
    others: Vec<usize>,
    /// The words and blocks that were asked for.
    words: HashSet<Box<str>>,
    blocks: HashSet<usize>,
    all: Vec<Reference>,
    by_names: HashMap<[Arc<str>; 2], Rest>,
}

impl References {
    pub(super) fn of(module: Arc<Module>) -> Self {
        let mut references = Self {
            by_word: HashMap::default(),
            others: Vec::new(),
            words: HashSet::default(),
            blocks: HashSet::default(),
            all: Vec::new(),
            by_names: HashMap::default(),
            module: Arc::clone(&module),
        };
        for (block, entity) in entities(&module).enumerate() {
            entity.declarations().for_each(|one| references.add_words(block, one));
        }
        let before = entities(&module).count();
        for (place, block) in module.local_blocks().enumerate() {
            references.add_words(before + place, block);
        }
        references
    }

    fn add_words(&mut self, block: usize, declaration: &Declaration) {
        let Some(text) = declaration.text() else { return self.others.push(block) };
        let is_part = |letter: char| {
            letter.is_ascii_alphanumeric() || ['_', '-'].contains(&letter) || !letter.is_ascii()
        };
        for word in text.split(|letter| !is_part(letter)).filter(|word| !word.is_empty()) {
            match self.by_word.get_mut(word) {
                Some(blocks) if blocks.last() == Some(&block) => {}
                Some(blocks) => blocks.push(block),
                None => drop(self.by_word.insert(word.into(), vec![block])),
            }
        }
    }

    /// The references to something that two names lead to: those with one of these names behind it, or with any. They are in the order
    /// of the blocks.
    pub(super) fn to(&mut self, names: &[Arc<str>; 2], behind: Option<&[&str]>) -> Vec<&Reference> {
        self.read(&names[1]);
        let Some(rest) = self.by_names.get(names) else { return Vec::new() };
        let found: Vec<usize> = match behind {
            Some(behind) => behind.iter().filter_map(|name| rest.get(*name)).flatten().copied().collect(),
            None => rest.values().flatten().copied().collect(),
        };
        let mut found: Vec<&Reference> = found.into_iter().filter_map(|place| self.all.get(place)).collect();
        found.sort_by_key(|one| one.order);
        found
    }

    /// Reads the blocks that have a word.
    fn read(&mut self, word: &str) {
        if !self.words.insert(word.into()) {
            return;
        }
        let blocks = self.by_word.remove(word).into_iter().flatten().chain(std::mem::take(&mut self.others));
        let module = Arc::clone(&self.module);
        for block in blocks {
            if self.blocks.insert(block) {
                self.read_block(&module, block);
            }
        }
    }

    fn read_block(&mut self, module: &Module, block: usize) {
        let mut place = block;
        for (entities, is_resource) in
            [(&module.resources, true), (&module.data, true), (&module.calls, false)]
        {
            if let Some((name, entity)) = entities.get_index(place) {
                let address = if is_resource { Arc::clone(name) } else { format!("module.{name}").into() };
                let kind = if is_resource { entity.declaration().label(0) } else { "" };
                return self.add_body(block, entity.body(), kind, &Within::Block(address));
            }
            place -= entities.len();
        }
        if let Some((name, output)) = module.outputs.get_index(place) {
            return self.add_body(block, output.body(), "", &Within::Output(Arc::clone(name)));
        }
        place -= module.outputs.len();
        for local in module.local_blocks().nth(place).into_iter().flat_map(|block| &block.body().attributes) {
            for (member, expressions) in members(&local.value) {
                let within = Within::Local(Arc::clone(&local.name), member);
                for one in expressions.into_iter().flat_map(Expr::references) {
                    self.add(block, &one, &within, true);
                }
            }
        }
    }

    fn add_body(&mut self, block: usize, body: &Body, kind: &str, within: &Within) {
        // What attaches policies to principals is in the model.
        let is_in_model = |argument: &str| {
            holds_link(kind, argument) || (attaches(kind) && ["count", "for_each"].contains(&argument))
        };
        for one in body.references(&|argument| !is_in_model(argument)) {
            self.add(block, &one, within, true);
        }
        for one in body.references(&is_in_model) {
            self.add(block, &one, within, false);
        }
    }

    fn add(&mut self, block: usize, referred: &Referred, within: &Within, hands_on: bool) {
        let [first, second, rest @ ..] = referred.names.as_slice() else { return };
        let place = self.all.len();
        let behind = rest.first().map_or_else(|| "".into(), Arc::clone);
        let names = [Arc::clone(first), Arc::clone(second)];
        self.by_names.entry(names).or_default().entry(behind).or_default().push(place);
        let within = within.clone();
        self.all.push(Reference { within, span: referred.span, hands_on, order: (block, place) });
    }
}

fn entities(module: &Module) -> impl Iterator<Item = &Entity> {
    let all = [&module.resources, &module.data, &module.calls, &module.outputs];
    all.into_iter().flat_map(|entities| entities.values())
}

/// The members of an object with their expressions, or the whole value.
fn members(value: &Expr) -> Vec<(Option<Arc<str>>, Vec<&Expr>)> {
    match &value.kind {
        ExprKind::Object(items) => {
            items.iter().map(|item| (item.name().cloned(), vec![&item.value, &item.key])).collect()
        }
        _ => vec![(None, vec![value])],
    }
}

//! What leads to the files of a history: the trees of all commits, and what references lead to without one.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use gix::ObjectId;
use gix::date::Time;
use gix::objs::{CommitRef, Kind, TagRef};
use iamrail::core::credentials::find;
use iamrail::core::sighting::Medium;

use super::ids::Ids;
use super::objects::{Lack, Objects};
use super::tips::Tip;

/// What brought a version.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bringer {
    /// When, in seconds since 1970; the largest number where that is not known.
    written: i64,
    /// The day where its author was, and the commit: `2024-01-31, commit 0123456789ab`.
    since: String,
    /// The commit as it is written behind a path: `@0123456789ab`. Nothing for what a reference leads to by itself.
    pub(super) suffix: String,
}

/// A text of a commit or tag in which something is, with what has it.
#[derive(Debug)]
pub(super) struct Message<'m> {
    /// `message of commit`, `header of commit`, `message of tag`, `header of tag`.
    pub(super) of: String,
    pub(super) text: &'m [u8],
    pub(super) bringer: Bringer,
}

/// A tree or a file that is entered from outside.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) id: ObjectId,
    pub(super) is_file: bool,
    origin: Origin,
}

#[derive(Debug)]
enum Origin {
    /// A commit, and when its content was written.
    Commit(ObjectId, Time),
    /// A reference that leads to it without a commit.
    Reference(String),
}

/// All that can be reached from branches, tags, remotes and the stash.
#[derive(Debug, Default)]
pub(super) struct Roots {
    /// The trees of commits, those of parents before those of their children, and then what references lead to by themselves.
    pub(super) all: Vec<Root>,
    /// How many commits and tags cannot be read.
    pub(super) lack: Lack,
    /// Whether objects expand to more than is read.
    pub(super) is_too_much: bool,
}

struct Commit {
    id: ObjectId,
    tree: ObjectId,
    parents: Vec<ObjectId>,
    /// When it was made, in seconds; and when its content was written.
    made: i64,
    written: Time,
}

impl Root {
    /// The path that it stands for itself: that of a tree of a commit is empty.
    pub(super) fn name(&self) -> &str {
        match &self.origin {
            Origin::Commit(..) => "",
            Origin::Reference(name) => name,
        }
    }

    /// What brought what is new in it.
    pub(super) fn bringer(&self) -> Bringer {
        match &self.origin {
            Origin::Commit(id, written) => Bringer::commit(*id, *written),
            Origin::Reference(name) => Bringer::reference(name),
        }
    }
}

impl Roots {
    /// All that `tips` lead to, and what `each` text of a commit or tag is called with in which something is.
    pub(super) fn of(
        repository: &gix::Repository,
        mut objects: Objects<'_>,
        tips: Vec<Tip>,
        mut each: impl FnMut(Message<'_>),
    ) -> Self {
        let (commits, loose) = commits(repository, &mut objects, tips, &mut each);
        let is_too_much = objects.is_spent();
        let mut roots = Self { all: Vec::new(), lack: objects.lack, is_too_much };
        roots.all.extend(parents_first(commits).map(|Commit { id, tree, written, .. }| Root {
            id: tree,
            is_file: false,
            origin: Origin::Commit(id, written),
        }));
        roots.all.extend(loose);
        roots
    }
}

fn commits(
    repository: &gix::Repository,
    objects: &mut Objects<'_>,
    mut open: Vec<Tip>,
    each: &mut impl FnMut(Message<'_>),
) -> (Vec<Commit>, Vec<Root>) {
    // The parents of these are known not to be there.
    let grafts: HashSet<ObjectId> = match repository.shallow_commits() {
        Ok(Some(commits)) => commits.iter().copied().collect(),
        _ => HashSet::new(),
    };
    let mut seen = Ids::default();
    open.retain(|tip| seen.insert(tip.id));
    let (mut commits, mut loose) = (Vec::new(), Vec::new());
    while let Some(Tip { id, name }) = open.pop() {
        // What a reference leads to may be a file, which is not read before its turn.
        let kind = name.as_ref().and_then(|_| objects.kind(&id));
        if let (Some(name), Some(kind @ (Kind::Blob | Kind::Tree))) = (&name, kind) {
            let origin = Origin::Reference(name.clone());
            loose.push(Root { id, is_file: kind == Kind::Blob, origin });
            continue;
        }
        let Some(object) = objects.any(&id) else { continue };
        match object.kind {
            Kind::Tag => match TagRef::from_bytes(&object.data, id.kind()) {
                Ok(tag) => {
                    let made = tag.tagger().ok().flatten().and_then(|tagger| tagger.time().ok());
                    texts("tag", &object.data, each, || Bringer::new("tag", id, made));
                    let target = tag.target();
                    open.extend(seen.insert(target).then_some(Tip { id: target, name }));
                }
                Err(_) => objects.lack.unreadable += 1,
            },
            Kind::Commit => match CommitRef::from_bytes(&object.data, id.kind()) {
                Ok(commit) => {
                    let parents: Vec<ObjectId> = commit.parents().filter(|_| !grafts.contains(&id)).collect();
                    let new = parents.iter().copied().filter(|parent| seen.insert(*parent));
                    open.extend(new.map(|id| Tip { id, name: None }));
                    let made = commit.time().unwrap_or_default();
                    let written = commit.author().ok().and_then(|author| author.time().ok());
                    let written = written.unwrap_or(made);
                    texts("commit", &object.data, each, || Bringer::commit(id, written));
                    let (tree, made) = (commit.tree(), made.seconds);
                    commits.push(Commit { id, tree, parents, made, written });
                }
                Err(_) => objects.lack.unreadable += 1,
            },
            // The target of a tag, or what a commit says is its parent.
            Kind::Blob | Kind::Tree => objects.lack.unreadable += 1,
        }
    }
    (commits, loose)
}

/// Hands over the message of a commit or tag, and what stands before it: who made it, its name, signatures, tags that were merged.
fn texts(what: &str, whole: &[u8], each: &mut impl FnMut(Message<'_>), bringer: impl Fn() -> Bringer) {
    if find(whole).is_empty() {
        return;
    }
    // Empty lines in a header begin with a space.
    let end = memchr::memmem::find(whole, b"\n\n").map_or(whole.len(), |end| end + 2);
    let (header, message) = whole.split_at(end);
    each(Message { of: format!("message of {what}"), text: message, bringer: bringer() });
    each(Message { of: format!("header of {what}"), text: header, bringer: bringer() });
}

impl Bringer {
    /// A reference that leads to something without a commit.
    pub(super) fn reference(name: &str) -> Self {
        let since = format!("an unknown day, reference {name}");
        Self { written: i64::MAX, since, suffix: String::new() }
    }

    fn commit(id: ObjectId, written: Time) -> Self {
        Self::new("commit", id, Some(written))
    }

    fn new(what: &str, id: ObjectId, time: Option<Time>) -> Self {
        let day = time.and_then(day).unwrap_or_else(|| "an unknown day".to_owned());
        let id = id.to_hex_with_len(12);
        let written = time.map_or(i64::MAX, |time| time.seconds);
        Self { written, since: format!("{day}, {what} {id}"), suffix: format!("@{id}") }
    }

    /// What something stands in that it brought.
    pub(super) fn medium(&self) -> Medium {
        Medium::History { written: self.written, since: self.since.as_str().into() }
    }
}

/// The day that it was where the time was taken, as `git log` shows it.
fn day(time: Time) -> Option<String> {
    let at = jiff::Timestamp::from_second(time.seconds).ok()?;
    let zone = jiff::tz::Offset::from_seconds(time.offset).unwrap_or(jiff::tz::Offset::UTC);
    Some(zone.to_datetime(at).date().to_string())
}

/// The commits, every one behind its parents, and otherwise the older ones first. Clocks are wrong, and commits are made anew in one second.
fn parents_first(commits: Vec<Commit>) -> impl Iterator<Item = Commit> {
    let places: HashMap<ObjectId, usize> = commits.iter().enumerate().map(|(at, one)| (one.id, at)).collect();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); commits.len()];
    let mut waits: Vec<usize> = vec![0; commits.len()];
    for (at, commit) in commits.iter().enumerate() {
        for parent in commit.parents.iter().filter_map(|parent| places.get(parent)) {
            if let (Some(children), Some(waits)) = (children.get_mut(*parent), waits.get_mut(at)) {
                children.push(at);
                *waits += 1;
            }
        }
    }
    let mut commits: Vec<Option<Commit>> = commits.into_iter().map(Some).collect();
    let ready = |commits: &[Option<Commit>], at: usize| {
        commits.get(at).and_then(Option::as_ref).map(|commit| Reverse((commit.made, commit.id, at)))
    };
    let roots = waits.iter().enumerate().filter(|(_, waits)| **waits == 0);
    let mut open: BinaryHeap<_> = roots.filter_map(|(at, _)| ready(&commits, at)).collect();
    std::iter::from_fn(move || {
        let Reverse((_, _, at)) = open.pop()?;
        for child in children.get_mut(at).map(std::mem::take).unwrap_or_default() {
            if let Some(waits) = waits.get_mut(child) {
                *waits -= 1;
                if *waits == 0 {
                    open.extend(ready(&commits, child));
                }
            }
        }
        commits.get_mut(at)?.take()
    })
}

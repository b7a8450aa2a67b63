//! Objects by their identifiers, wherever they are stored.

use std::ops::Add;
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;

use super::packs::{Object, Packs, Reader};

/// Reads objects of one repository.
pub(super) struct Objects<'o> {
    repository: &'o gix::Repository,
    packs: &'o Packs,
    reader: Reader<'o>,
    pub(super) lack: Lack,
}

/// How many objects that others lead to were not read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lack {
    /// They are not there.
    pub(super) absent: usize,
    /// They are there, and are not what they should be.
    pub(super) unreadable: usize,
}

impl<'o> Objects<'o> {
    pub(super) fn new(repository: &'o gix::Repository, packs: &'o Packs) -> Self {
        Self { repository, packs, reader: Reader::new(packs, packs.budget), lack: Lack::default() }
    }

    /// Whether nothing more is read.
    pub(super) fn is_spent(&self) -> bool {
        self.reader.budget.is_spent()
    }

    /// An object of a kind; `None`, counted, if there is none that can be read. Nothing is counted where nothing more is read.
    pub(super) fn find(&mut self, id: &ObjectId, kind: Kind) -> Option<Object> {
        let object = self.any(id)?;
        if object.kind != kind {
            self.lack.unreadable += 1;
            return None;
        }
        Some(object)
    }

    /// The same of whatever kind.
    pub(super) fn any(&mut self, id: &ObjectId) -> Option<Object> {
        if let Some(object) = self.reader.object(id) {
            return Some(object);
        }
        if self.is_spent() {
            return None;
        }
        match self.repository.try_find_object(*id) {
            Ok(Some(object)) => {
                let object = object.detach();
                return Some(Object { kind: object.kind, data: Arc::new(object.data) });
            }
            Ok(None) => self.lack.absent += 1,
            Err(_) => self.lack.unreadable += 1,
        }
        None
    }

    /// What kind of object it is, if there is one of which that can be told.
    pub(super) fn kind(&self, id: &ObjectId) -> Option<Kind> {
        let spot = self.packs.spot(id);
        let kind = spot.and_then(|spot| self.packs.kind(spot));
        kind.or_else(|| self.repository.try_find_header(*id).ok()?.map(|header| header.kind()))
    }

    /// Counts a file if it is not there or something else.
    pub(super) fn expect_file(&mut self, id: &ObjectId) {
        match self.kind(id) {
            Some(Kind::Blob) => {}
            Some(_) => self.lack.unreadable += 1,
            None if self.packs.spot(id).is_none() && !self.repository.has_object(id) => self.lack.absent += 1,
            // What is there and cannot be read was found to be so when it was looked through.
            None => {}
        }
    }
}

impl Add for Lack {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { absent: self.absent + other.absent, unreadable: self.unreadable + other.unreadable }
    }
}

//! Objects by their identifiers, wherever they are stored.

use std::ops::Add;
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;
use gix::odb::find::Header;

use super::packs::{LARGEST, Object, Packs, Reader};

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

    /// Counts so many bytes as read; `false` if nothing more is read.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        self.reader.budget.take(bytes as u64)
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
        let header = self.repository.try_find_header(*id);
        if let Ok(Some(header)) = &header
            && !self.reader.budget.take(cost(header))
        {
            return None;
        }
        match header.and_then(|_| self.repository.try_find_object(*id)) {
            Ok(Some(object)) => {
                let object = object.detach();
                return Some(Object { kind: object.kind, data: Arc::new(object.data) });
            }
            Ok(None) => self.lack.absent += 1,
            Err(_) => {
                self.reader.budget.take(LARGEST);
                self.lack.unreadable += 1;
            }
        }
        None
    }

    /// What kind of object it is, if there is one of which that can be told.
    pub(super) fn kind(&mut self, id: &ObjectId) -> Option<Kind> {
        let spot = self.packs.spot(id);
        let kind = spot.and_then(|spot| self.packs.kind(spot, &mut self.reader.budget));
        if kind.is_some() || self.is_spent() {
            return kind;
        }
        self.repository.try_find_header(*id).ok()?.map(|header| header.kind())
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

/// What `gix` puts together for an object, in bytes, as far as its header tells: what stands between it and what it is a difference to
/// may be as large as anything that is not put together here.
pub(super) fn cost(header: &Header) -> u64 {
    let size = header.size();
    match header.num_deltas() {
        None | Some(0) => size,
        Some(deltas) => size.max(LARGEST).saturating_mul(1 + u64::from(deltas)),
    }
}

impl Add for Lack {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { absent: self.absent + other.absent, unreadable: self.unreadable + other.unreadable }
    }
}

#[cfg(test)]
mod tests {
    use gix::objs::Kind;
    use gix::odb::find::Header;
    use gix::odb::pack::data::decode::header::Outcome;

    use super::{LARGEST, cost};

    #[test]
    fn what_stands_between_differences_counts_however_small_they_end() {
        let packed = |object_size, num_deltas| {
            cost(&Header::Packed(Outcome { kind: Kind::Blob, object_size, num_deltas }))
        };
        assert_eq!((packed(1, 0), packed(1, 3)), (1, 4 * LARGEST));
        assert_eq!(packed(2 * LARGEST, 1), 4 * LARGEST);
        assert_eq!(cost(&Header::Loose { kind: Kind::Tree, size: 7 }), 7);
    }
}

//! The packs of a repository, in which git keeps most objects as differences to others.
//!
//! They are read here since `gix` keeps none of the objects between one and what it is a difference to: the oldest version of a file
//! stands at the end of a long chain, and the next one needs nearly all of it again. What cannot be read here is left to `gix`.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use gix::objs::Kind;
use gix::odb::pack::data::Entry;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{data, index};
use gix::zlib::Inflate;
use gix::{ObjectId, hash};

use super::budget::Budget;

/// The largest object that is put together, and the largest difference, in bytes. Others are left to `gix`, which takes them one at a time.
pub(super) const LARGEST: u64 = 16 << 20;
/// How much of what is read is kept for what follows, in bytes for a reader.
const KEPT: usize = 32 << 20;
/// What it counts as to look at what one entry is a difference to, in bytes.
const ENTRY: u64 = 256;
/// How many differences may follow upon each other: what git itself stays below.
const LONGEST_CHAIN: usize = 4096;

/// All packs of a repository, and of those that it borrows from.
pub(super) struct Packs {
    all: Vec<Pack>,
    /// Those that cannot be read.
    pub(super) broken: Vec<PathBuf>,
    /// How much is put together by each that reads all.
    pub(super) budget: Budget,
}

struct Pack {
    index: index::File,
    data: data::File,
}

/// Where an object stands: which pack, and how many bytes stand before it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Spot {
    pack: usize,
    offset: u64,
}

/// An object as it was before it was packed.
#[derive(Clone)]
pub(super) struct Object {
    pub(super) kind: Kind,
    pub(super) data: Arc<Vec<u8>>,
}

impl Packs {
    /// The packs in stores of objects.
    pub(super) fn of(stores: &[PathBuf], kind: hash::Kind) -> Self {
        let mut packs = Self { all: Vec::new(), broken: Vec::new(), budget: Budget::of(0) };
        for store in stores {
            let entries = fs::read_dir(store.join("pack")).into_iter().flatten().flatten();
            let mut indexes: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
            indexes.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
            indexes.sort();
            for path in indexes {
                let opened = index::File::at(&path, kind).and_then(|index| {
                    Ok(Pack { index, data: data::File::at(path.with_extension("pack"), kind)? })
                });
                match opened {
                    Ok(pack) => packs.all.push(pack),
                    Err(_) => packs.broken.push(path),
                }
            }
        }
        packs.budget = Budget::of(packs.all.iter().map(|pack| pack.data.data_len() as u64).sum());
        packs
    }

    /// Where an object stands, if it is in a pack.
    pub(super) fn spot(&self, id: &ObjectId) -> Option<Spot> {
        (0..self.all.len()).find_map(|pack| self.spot_in(pack, id))
    }

    fn spot_in(&self, pack: usize, id: &ObjectId) -> Option<Spot> {
        let index = &self.all.get(pack)?.index;
        Some(Spot { pack, offset: index.pack_offset_at_index(index.lookup(id)?) })
    }

    /// What kind of object stands at a spot, if that can be told here.
    pub(super) fn kind(&self, spot: Spot, budget: &mut Budget) -> Option<Kind> {
        let pack = self.all.get(spot.pack)?;
        let mut offset = spot.offset;
        for _ in 0..=LONGEST_CHAIN {
            if !budget.take(ENTRY) {
                return None;
            }
            let entry = pack.data.entry(offset).ok()?;
            match pack.base(&entry) {
                Base::None(kind) => return Some(kind),
                Base::At(base) => offset = base,
                Base::Elsewhere => return None,
            }
        }
        None
    }

    /// Where files stand, in the order of the packs and each in the first that has it; and what cannot be told from files without being
    /// read.
    pub(super) fn files(&self) -> Vec<Spot> {
        let mut spots = Vec::new();
        for (pack, one) in self.all.iter().enumerate() {
            let before = self.all.get(..pack).unwrap_or_default();
            let ids = (0..one.index.num_objects()).filter(|_| pack > 0);
            let again = ids.filter(|at| {
                let id = one.index.oid_at_index(*at);
                before.iter().any(|other| other.index.lookup(id).is_some())
            });
            let again: HashSet<u64> = again.map(|at| one.index.pack_offset_at_index(at)).collect();
            let files = one.files().filter(|offset| !again.contains(offset));
            spots.extend(files.map(|offset| Spot { pack, offset }));
        }
        spots
    }

    /// What the objects at spots are called: each may have several names, if the index of its pack is wrong.
    pub(super) fn names(&self, spots: &HashSet<Spot>) -> Vec<(ObjectId, Spot)> {
        let mut names = Vec::new();
        for (pack, one) in self.all.iter().enumerate().filter(|_| !spots.is_empty()) {
            for at in 0..one.index.num_objects() {
                let spot = Spot { pack, offset: one.index.pack_offset_at_index(at) };
                if spots.contains(&spot) {
                    names.push((one.index.oid_at_index(at).to_owned(), spot));
                }
            }
        }
        names
    }
}

/// What an entry is a difference to.
enum Base {
    /// It is none, but an object as a whole.
    None(Kind),
    At(u64),
    /// Something that is not in the pack.
    Elsewhere,
}

impl Pack {
    fn base(&self, entry: &Entry) -> Base {
        let base = match entry.header {
            Header::OfsDelta { base_distance } => entry.checked_base_pack_offset(base_distance),
            Header::RefDelta { base_id } => {
                self.index.lookup(base_id).map(|at| self.index.pack_offset_at_index(at))
            }
            Header::Blob => return Base::None(Kind::Blob),
            Header::Tree => return Base::None(Kind::Tree),
            Header::Commit => return Base::None(Kind::Commit),
            Header::Tag => return Base::None(Kind::Tag),
        };
        base.map_or(Base::Elsewhere, Base::At)
    }

    /// The offsets of files, in their order.
    fn files(&self) -> impl Iterator<Item = u64> {
        let offsets = self.index.sorted_offsets();
        let mut is_other = Vec::with_capacity(offsets.len());
        for offset in &offsets {
            let base = self.data.entry(*offset).ok().map(|entry| self.base(&entry));
            is_other.push(match base {
                Some(Base::None(kind)) => kind != Kind::Blob,
                // One that comes later has no kind yet.
                Some(Base::At(base)) => {
                    let base = offsets.binary_search(&base).ok();
                    base.and_then(|base| is_other.get(base).copied()).unwrap_or(false)
                }
                Some(Base::Elsewhere) | None => false,
            });
        }
        offsets.into_iter().zip(is_other).filter(|(_, is_other)| !is_other).map(|(offset, _)| offset)
    }
}

/// Reads objects out of packs, and keeps those that others may be differences to.
pub(super) struct Reader<'p> {
    packs: &'p Packs,
    inflate: Inflate,
    kept: Kept,
    /// The pack that had the last object, which mostly has the next one.
    last: usize,
    pub(super) budget: Budget,
}

impl<'p> Reader<'p> {
    pub(super) fn new(packs: &'p Packs, budget: Budget) -> Self {
        Self { packs, inflate: Inflate::default(), kept: Kept::default(), last: 0, budget }
    }

    /// The object with an identifier; `None` if it is in no pack, or cannot be put together here.
    pub(super) fn object(&mut self, id: &ObjectId) -> Option<Object> {
        let spot = self.packs.spot_in(self.last, id).or_else(|| self.packs.spot(id))?;
        self.last = spot.pack;
        self.at(spot)
    }

    /// The object at a spot; `None` if it cannot be put together here.
    pub(super) fn at(&mut self, spot: Spot) -> Option<Object> {
        let pack = self.packs.all.get(spot.pack)?;
        let mut chain: Vec<(Spot, Entry)> = Vec::new();
        let mut at = spot;
        let mut object = loop {
            if let Some(kept) = self.kept.get(at) {
                break kept;
            }
            if !self.budget.take(ENTRY) {
                return None;
            }
            let entry = pack.data.entry(at.offset).ok()?;
            let base = match pack.base(&entry) {
                Base::At(base) => base,
                Base::Elsewhere => return None,
                Base::None(kind) => {
                    let object = Object { kind, data: Arc::new(self.inflated(pack, &entry)?) };
                    self.kept.keep(at, &object);
                    break object;
                }
            };
            if chain.len() == LONGEST_CHAIN {
                return None;
            }
            chain.push((at, entry));
            at.offset = base;
        };
        while let Some((at, entry)) = chain.pop() {
            let difference = self.inflated(pack, &entry)?;
            if !self.budget.take(promised(&difference)?) {
                return None;
            }
            object = Object { kind: object.kind, data: Arc::new(applied(&difference, &object.data)?) };
            self.kept.keep(at, &object);
        }
        Some(object)
    }

    /// What an entry holds: an object, or a difference.
    fn inflated(&mut self, pack: &Pack, entry: &Entry) -> Option<Vec<u8>> {
        if entry.decompressed_size > LARGEST || !self.budget.take(entry.decompressed_size) {
            return None;
        }
        let mut bytes = vec![0; usize::try_from(entry.decompressed_size).ok()?];
        pack.data.decompress_entry(entry, &mut self.inflate, &mut bytes).ok()?;
        Some(bytes)
    }
}

/// What was read last.
#[derive(Default)]
struct Kept {
    objects: HashMap<Spot, (Object, bool)>,
    /// In the order in which they are let go, unless they were used since.
    order: VecDeque<Spot>,
    bytes: usize,
}

impl Kept {
    fn get(&mut self, spot: Spot) -> Option<Object> {
        let (object, is_used) = self.objects.get_mut(&spot)?;
        *is_used = true;
        Some(object.clone())
    }

    fn keep(&mut self, spot: Spot, object: &Object) {
        self.bytes += object.data.len();
        self.objects.insert(spot, (object.clone(), false));
        self.order.push_back(spot);
        while self.bytes > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            match self.objects.get_mut(&oldest) {
                Some((_, is_used)) if *is_used => {
                    *is_used = false;
                    self.order.push_back(oldest);
                }
                _ => {
                    let gone = self.objects.remove(&oldest);
                    self.bytes -= gone.map_or(0, |(object, _)| object.data.len());
                }
            }
        }
    }
}

/// How many bytes a difference says that it makes; `None` if that is more than is put together.
fn promised(mut difference: &[u8]) -> Option<u64> {
    size(&mut difference)?;
    size(&mut difference).filter(|size| *size <= LARGEST)
}

/// What a difference makes of what it is a difference to; `None` if it is none (`gitformat-pack`).
fn applied(mut difference: &[u8], base: &[u8]) -> Option<Vec<u8>> {
    if size(&mut difference)? != base.len() as u64 {
        return None;
    }
    let whole = size(&mut difference).filter(|size| *size <= LARGEST)?;
    let whole = usize::try_from(whole).ok()?;
    let mut made = Vec::with_capacity(whole);
    while let Some((instruction, rest)) = difference.split_first() {
        difference = rest;
        let piece = if instruction & 0x80 == 0 {
            let (new, rest) = difference.split_at_checked(usize::from(*instruction))?;
            difference = rest;
            new
        } else {
            let start = number(&mut difference, *instruction, 0..4)?;
            let length = number(&mut difference, *instruction, 4..7)?;
            base.get(start..start.checked_add(if length == 0 { 0x1_0000 } else { length })?)?
        };
        if *instruction == 0 || piece.len() > whole - made.len() {
            return None;
        }
        made.extend_from_slice(piece);
    }
    (made.len() == whole).then_some(made)
}

/// A size, seven bits a byte, the lowest first.
fn size(bytes: &mut &[u8]) -> Option<u64> {
    let mut size = 0;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        size |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
    None
}

/// A number of which an instruction says by its bits which bytes are there, the lowest first.
fn number(bytes: &mut &[u8], instruction: u8, bits: Range<u8>) -> Option<usize> {
    let mut number = 0;
    for (shift, bit) in (0..).step_by(8).zip(bits) {
        if instruction & (1 << bit) != 0 {
            let (byte, rest) = bytes.split_first()?;
            *bytes = rest;
            number |= usize::from(*byte) << shift;
        }
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::process::Command;

    use gix::hash::Kind;
    use sha1::{Digest, Sha1};

    use super::{Budget, ENTRY, LARGEST, Packs, Reader, applied};

    /// An entry of a pack: what it is, what it is a difference to, and what it holds.
    fn entry(kind: u8, base: &[u8], content: &[u8]) -> Vec<u8> {
        let mut size = content.len();
        let mut bytes = vec![kind << 4 | u8::try_from(size & 0xF).unwrap()];
        size >>= 4;
        while size > 0 {
            *bytes.last_mut().unwrap() |= 0x80;
            bytes.push(u8::try_from(size & 0x7F).unwrap());
            size >>= 7;
        }
        bytes.extend(base);
        let mut packed = flate2::write::ZlibEncoder::new(bytes, flate2::Compression::fast());
        packed.write_all(content).unwrap();
        packed.finish().unwrap()
    }

    /// A store with one pack: a file, and a difference to it.
    fn store(file: &[u8], difference: &[u8]) -> tempfile::TempDir {
        let id = Sha1::digest([format!("blob {}\0", file.len()).as_bytes(), file].concat());
        let header = [&b"PACK"[..], &[0, 0, 0, 2, 0, 0, 0, 2]].concat();
        let mut bytes = [header, entry(3, &[], file), entry(7, &id, difference)].concat();
        bytes.extend(Sha1::digest(&bytes));
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("pack")).unwrap();
        let path = dir.path().join("pack/pack-x.pack");
        fs::write(&path, bytes).unwrap();
        let indexed = Command::new("git").arg("index-pack").arg(path).output().unwrap();
        assert!(indexed.status.success(), "{indexed:?}");
        dir
    }

    #[test]
    fn what_a_difference_makes_is_taken_from_the_budget() {
        // The sizes of both, 8 KiB and 16 MiB, and as often as it takes the whole base.
        let mut difference = vec![0x80, 0x40, 0x80, 0x80, 0x80, 0x08];
        difference.extend([0b1010_0000, 0x20].repeat(2048));
        let dir = store(&[b'x'; 8192], &difference);
        let made = |budget: u64| {
            let packs = Packs::of(&[dir.path().to_owned()], Kind::Sha1);
            let mut reader = Reader::new(&packs, Budget(budget));
            let object = reader.at(*packs.files().last().unwrap());
            (object.map(|object| object.data.len() as u64), reader.budget.is_spent())
        };
        assert_eq!(made(LARGEST), (None, true));
        assert_eq!(made(LARGEST + (1 << 20)), (Some(LARGEST), false));
    }

    #[test]
    fn what_is_looked_at_on_the_way_is_taken_from_the_budget() {
        let dir = store(b"abcd", &[4, 3, 0b1001_0000, 3]);
        let packs = Packs::of(&[dir.path().to_owned()], Kind::Sha1);
        let last = *packs.files().last().unwrap();
        assert_eq!(packs.kind(last, &mut Budget(2 * ENTRY + 1)), Some(gix::objs::Kind::Blob));
        assert_eq!(packs.kind(last, &mut Budget(2 * ENTRY)), None);
        assert!(Reader::new(&packs, Budget(2 * ENTRY + 13)).at(last).is_some());
        let mut reader = Reader::new(&packs, Budget(2 * ENTRY));
        assert!(reader.at(last).is_none() && reader.budget.is_spent());
    }

    #[test]
    fn a_difference_takes_pieces_of_its_base_and_brings_its_own() {
        // The sizes of both, "bc" of the base, two new letters, "abcd" of the base.
        let difference = [4, 8, 0b1001_0001, 1, 2, 2, b'x', b'y', 0b1001_0000, 4];
        assert_eq!(applied(&difference, b"abcd").as_deref(), Some(&b"bcxyabcd"[..]));
    }

    #[test]
    fn what_is_no_difference_makes_nothing() {
        let wrong: [&[u8]; 7] = [
            &[],
            // Of another base, more and less than it says, behind the end of the base, cut off, and an instruction that is none.
            &[5, 1, 1, b'x'],
            &[4, 1, 2, b'x', b'y'],
            &[4, 3, 2, b'x', b'y'],
            &[4, 4, 0b1001_0001, 1, 4],
            &[4, 2, 2, b'x'],
            &[4, 0, 0],
        ];
        for difference in wrong {
            assert_eq!(applied(difference, b"abcd"), None, "{difference:?}");
        }
        // Nothing is taken on trust: not a size that no memory has, nor one of too many bits.
        assert_eq!(applied(&[4, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], b"abcd"), None);
        assert_eq!(applied(&[0xFF; 20], b"abcd"), None);
    }
}

//! Looks through a text.

use std::collections::VecDeque;
use std::ops::Range;

use crate::anchor::Anchor;
use crate::base64::{self, Block};
use crate::belonging::{Owners, put_together};
use crate::context::{Name, contains};
use crate::encoded::{Blocks, anchors_and_texts};
use crate::key_id::{self, KeyId};
use crate::plausible::entropy;
use crate::run::{self, Run};
use crate::secret::{Form, SECRET, Sureness, form};
use crate::section::pair_sections;
use crate::{Credential, Kind, Value};

/// Whoever looks through a text piece by piece lets the pieces overlap by twice as many bytes, and takes of each what begins no
/// nearer to its edges than this: it is what would be found in the whole text.
pub const MARGIN: usize = 16 << 10;

/// How far from each other parts of a key stand at most that other things tell to be one, in bytes, encoded or not. What tells it of a
/// secret reaches five times as far: the id in its section, what stands there next to that, the secret of that, the id that this is
/// given, and the list of that.
const REACH: usize = 5 << 9;
/// How far from an access key id its secret is looked for, in bytes to both sides.
const NEARBY: usize = 400;
/// How far from the id of a temporary key its session token is looked for.
const TOKEN_NEARBY: usize = run::LONGEST;
/// How many names are asked whether they announce a place.
const NAMES: usize = 8;
/// How far before an id it is said that it is that of a signature: `X-Amz-Credential=`.
const BEFORE_SCOPE: usize = 24;
/// How far from an id the rest of its address is read.
const ADDRESS: usize = 2048;
/// How far before a value it is said that it is encrypted.
const ENCRYPTED: usize = 200;
/// What stands before the number of the account in a key of Amazon Bedrock for the long term, decoded.
const BEFORE_ACCOUNT: &[u8] = b"-at-";
/// How many characters keys of Amazon Bedrock have, at least and at most.
const BEDROCK: Range<usize> = 113..2048;

/// How often a text is decoded that is base64 of base64.
const LEVELS: usize = 3;

/// The credentials in a text, by their place. Examples of the AWS documentation and placeholders are none.
pub fn find(bytes: &[u8]) -> Vec<Credential> {
    search(bytes, LEVELS, REACH)
}

/// `levels` is how often base64 is decoded. Of what is decoded for the last time, nothing is looked for but what was recognised in it.
/// `reach` is how far from each other parts of a key stand.
fn search(bytes: &[u8], levels: usize, reach: usize) -> Vec<Credential> {
    let mut search = Search { bytes, levels, reach, ..Search::default() };
    let mut blocks = Blocks::default();
    for (start, end, anchor) in anchors_and_texts(bytes, levels > 1) {
        match anchor {
            Anchor::KeyId => search.key_id(start),
            Anchor::Secret => search.names.extend(Name::of_secret(bytes, start)),
            Anchor::Aws => search.names.extend(Name::of_aws(bytes, start, end)),
            Anchor::BedrockKey => search.bedrock(start, Kind::BedrockKey),
            Anchor::BedrockToken => search.bedrock(start, Kind::BedrockToken),
            Anchor::Base64 { phase, wide } if levels > 0 => {
                if let Some(block) = blocks.decode(bytes, &(start..end), phase, wide) {
                    search.block(block);
                }
            }
            Anchor::Base64 { .. } => {}
        }
    }
    search.finish()
}

/// An access key id at its place.
struct Id {
    range: Range<usize>,
    id: KeyId,
    encoded: bool,
    /// Whether its length stands before it.
    counted: bool,
    /// Whether it is that of a signature in an address.
    presigned: bool,
    /// Whether its secret is known.
    taken: bool,
}

#[derive(Default)]
struct Search<'t> {
    bytes: &'t [u8],
    /// How often base64 in it is decoded.
    levels: usize,
    /// How far from each other parts of a key stand in it.
    reach: usize,
    found: Vec<Credential>,
    /// The ids, as they are or in base64.
    ids: Vec<Id>,
    /// What is near the ids in the blocks of base64 that hold them.
    blocks: Vec<Range<usize>>,
    /// The names that announce a secret.
    names: Vec<Name>,
    /// What may be a secret of AWS, if an id stands in the same section.
    doubtful: Vec<Credential>,
}

impl Search<'_> {
    fn key_id(&mut self, start: usize) {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let one =
            |bytes: &[u8], at: usize| bytes.get(at).filter(|byte| is_word(**byte)).map(|byte| (*byte, 1));
        let plain = start..start + key_id::LENGTH;
        let counted = run::is_counted(self.bytes, start, key_id::LENGTH);
        let ends = |end: usize| counted || !self.bytes.get(end).is_some_and(|byte| is_word(*byte));
        let whole = self.bytes.get(plain.clone()).filter(|_| ends(plain.end)).and_then(KeyId::new);
        let read = whole.map(|id| (id, plain.end)).or_else(|| {
            let (characters, end) = run::joined(self.bytes, start, key_id::LENGTH, one)?;
            Some((KeyId::new(&characters)?, end))
        });
        if let Some((id, end)) = read.filter(|_| !run::continues(self.bytes, start, is_word)) {
            let range = start..end;
            let before = self.bytes.get(start.saturating_sub(BEFORE_SCOPE)..start).unwrap_or_default();
            // The scope of a signature begins with the id; in signatures of version 2 it stands beside them.
            let presigned = contains(before, b"amz-credential")
                || contains(before, b"awsaccesskeyid=") && self.is_signed(&range);
            self.ids.push(Id { range, id, encoded: false, counted, presigned, taken: false });
        }
    }

    /// Whether the address that an id stands in has a signature and a time until which it holds.
    fn is_signed(&self, id: &Range<usize>) -> bool {
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>');
        let reach = self.bytes.len().min(id.end + ADDRESS);
        let before = self.bytes.get(id.start.saturating_sub(ADDRESS)..id.start).unwrap_or_default();
        let behind = self.bytes.get(id.end..reach).unwrap_or_default();
        let parts = [before.rsplit(ends).next(), behind.split(ends).next()].map(Option::unwrap_or_default);
        let has = |word: &[u8]| parts.iter().any(|part| contains(part, word));
        has(b"signature=") && has(b"expires=")
    }

    fn bedrock(&mut self, start: usize, kind: Kind) {
        let (key, behind) = run::of(self.bytes, start, BEDROCK.end, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
        });
        let range = start..behind;
        let alone = !run::continues(self.bytes, start, |byte| byte.is_ascii_alphanumeric());
        let long_enough = BEDROCK.contains(&key.len());
        let is_example = key.windows(7).any(|word| word == b"EXAMPLE");
        // What is said in the beginning is the same in all of them.
        let own = key.get(24..).unwrap_or_default();
        if alone && long_enough && !is_example && entropy(own) >= 4.0 {
            let value = Value::new(&key);
            let account = account_of(&key);
            let (id, encoded, presigned) = (None, false, false);
            self.found.push(Credential { range, kind, id, account, encoded, presigned, value });
        }
    }

    fn block(&mut self, block: &Block) {
        let all = search(&block.decoded, self.levels.saturating_sub(1), block.held_by(self.reach));
        let owners = Owners::new(&all);
        let reach = block.held_by(self.reach);
        for found in &all {
            let Some(range) = block.place(&found.range) else { continue };
            match found.id.filter(|_| found.kind == Kind::KeyId) {
                Some(id) => {
                    let taken = owners.have(id, &found.range, reach);
                    let presigned = found.presigned;
                    let Range { start, end } = block.range();
                    // The rest of a block tells nothing of what is that far from the id.
                    self.blocks.push(
                        start.max(range.start.saturating_sub(TOKEN_NEARBY))
                            ..end.min(range.end + TOKEN_NEARBY),
                    );
                    self.ids.push(Id { range, id, encoded: true, counted: false, presigned, taken });
                }
                None => self.found.push(Credential { range, encoded: true, ..found.clone() }),
            }
        }
    }

    fn finish(mut self) -> Vec<Credential> {
        self.ids.sort_by_key(|one| one.range.start);
        if !self.ids.is_empty() || !self.names.is_empty() {
            self.secrets();
        }
        let ids = std::mem::take(&mut self.ids);
        self.found.extend(ids.into_iter().map(|Id { range, id, encoded, presigned, .. }| Credential {
            range,
            kind: Kind::KeyId,
            id: Some(id),
            account: None,
            encoded,
            presigned,
            value: Value::new(id.bytes()),
        }));
        self.found.sort_by_key(|found| (found.range.start, found.range.end));
        self.found.dedup_by(|next, last| next.range == last.range && next.value == last.value);
        put_together(&mut self.found, NEARBY, self.reach);
        pair_sections(self.bytes, &mut self.found, self.doubtful, self.reach);
        self.found.retain(|found| !found.id.is_some_and(|id| id.is_of_stand_in()));
        self.found
    }

    /// Reads the runs of characters wherever a secret may stand, each of them once.
    fn secrets(&mut self) {
        let mut windows: Vec<Range<usize>> = self.names.iter().map(|name| name.window.clone()).collect();
        windows.extend(self.ids.iter().map(|Id { range: at, id, .. }| {
            let reach = if id.is_temporary() { TOKEN_NEARBY } else { NEARBY };
            at.start.saturating_sub(reach)..at.end + reach
        }));
        windows.sort_by_key(|window| window.start);
        self.names.sort_by_key(|name| name.window.start);
        self.blocks.sort_by_key(|block| (block.start, block.end));
        let mut blocks = self.blocks.iter().peekable();
        let mut pairs = Pairs::new(&self.ids);
        let mut names = Announced { bytes: self.bytes, names: &self.names, open: VecDeque::new() };
        let mut at = 0;
        for window in windows {
            at = at.max(window.start);
            // A run that goes on before the window is read from its middle, and is too long or not alone.
            let end = window.end.min(self.bytes.len());
            while let Some(run) = run::next(self.bytes, at, end, SECRET) {
                let near = pairs.near(&run.range);
                // Elsewhere what looks like a length is a bracket.
                let is_counted = near.key.is_some_and(|index| pairs.is_counted(index))
                    && run::is_counted(self.bytes, run.range.start, SECRET);
                let run = if is_counted { run.cut(SECRET) } else { run };
                at = run.range.end;
                while blocks.next_if(|block| block.end <= run.range.start).is_some() {}
                // What a block holds was found in it.
                let is_decoded = blocks.peek().is_some_and(|block| block.start < run.range.end);
                let is_whole = is_counted || self.is_alone(&run);
                let Some(form) = form(&run).filter(|_| !is_decoded && is_whole) else { continue };
                let index = match form {
                    Form::Secret(..) => near.key,
                    Form::SmtpPassword(_) => near.key.filter(|index| pairs.is_user(*index)),
                    Form::SessionToken(_) => near.session,
                };
                let is_credential = index.is_some_and(|_| match &form {
                    Form::Secret(_, Sureness::Named) => names.any(&run.range, |_| true),
                    _ => true,
                });
                let is_announced = !is_credential
                    && match &form {
                        Form::Secret(_, Sureness::Random) => names.any(&run.range, |_| true),
                        Form::Secret(_, Sureness::Likely) => names.any(&run.range, |name| name.is_exact),
                        _ => false,
                    };
                let is_claimed = !is_credential
                    && !is_announced
                    && !pairs.ids.is_empty()
                    && matches!(form, Form::Secret(_, Sureness::Random))
                    && names.claim(&run.range);
                if !is_credential && !is_announced && !is_claimed {
                    continue;
                }
                let (kind, decoded) = form.kind();
                let id = index.map(|index| pairs.take(index, kind));
                let value = Value::new(decoded.as_deref().unwrap_or(&run.characters));
                let encoded = decoded.is_some();
                let (range, account, presigned) = (run.range, None, false);
                let credential = Credential { range, kind, id, account, encoded, presigned, value };
                let kept = if is_claimed { &mut self.doubtful } else { &mut self.found };
                kept.push(credential);
            }
            at = at.max(window.end);
        }
    }

    /// Whether a place is within what sops encrypted: `ENC[AES256_GCM,data:...,iv:...]`.
    fn is_encrypted(&self, start: usize) -> bool {
        let before = self.bytes.get(start.saturating_sub(ENCRYPTED)..start).unwrap_or_default();
        let opened = before.windows(4).rposition(|window| window == b"ENC[");
        opened.is_some_and(|at| !before.get(at..).unwrap_or_default().contains(&b']'))
    }

    /// Whether a run is no part of a longer word, such as a digest with its name or a part of a signed token.
    fn is_alone(&self, run: &Run<'_>) -> bool {
        let Range { start, end } = run.range;
        let glue = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/');
        // One equals sign gives a value, two of them end other base64.
        let padded = start.checked_sub(2).and_then(|at| self.bytes.get(at..start)) == Some(b"==");
        // What a shell takes where a variable is not set: `${NAME:-value}`.
        let default = start.checked_sub(2).and_then(|at| self.bytes.get(at..start)) == Some(b":-");
        let before = padded || !default && run::continues(self.bytes, start, glue);
        let behind = self.bytes.get(end);
        let dotted =
            behind == Some(&b'.') && self.bytes.get(end + 1).is_some_and(|byte| byte.is_ascii_alphanumeric());
        !before && !dotted && !behind.is_some_and(|byte| glue(*byte)) && !self.is_encrypted(start)
    }
}

/// The account that a key of Amazon Bedrock for the long term names.
fn account_of(key: &[u8]) -> Option<String> {
    let decoded = base64::decode(key.strip_prefix(b"ABSK")?);
    let name = decoded.split(|byte| *byte == b':').next()?;
    let at = name.windows(BEFORE_ACCOUNT.len()).rposition(|window| window == BEFORE_ACCOUNT)?;
    let account = std::str::from_utf8(name.get(at + BEFORE_ACCOUNT.len()..)?).ok()?;
    let is_number = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| account.to_owned())
}

/// The ids of a text, asked for what is near in the order of the text.
struct Pairs<'i> {
    ids: &'i [Id],
    /// Which of them have a secret already.
    taken: Vec<bool>,
    /// How many ids begin before what is looked at.
    before: usize,
}

/// The ids near a run: the one whose secret it may be, and that of a temporary key.
#[derive(Clone, Copy, Default)]
struct Near {
    key: Option<usize>,
    session: Option<usize>,
}

impl<'i> Pairs<'i> {
    fn new(ids: &'i [Id]) -> Self {
        Self { ids, taken: ids.iter().map(|one| one.taken).collect(), before: 0 }
    }

    fn near(&mut self, run: &Range<usize>) -> Near {
        while self.ids.get(self.before).is_some_and(|one| one.range.start < run.start) {
            self.before += 1;
        }
        let earlier = self.before.checked_sub(1);
        let later = (self.before < self.ids.len()).then_some(self.before);
        let distance = |index: usize| match self.ids.get(index) {
            Some(one) if one.range.start < run.start => run.start.saturating_sub(one.range.end),
            Some(one) => one.range.start.saturating_sub(run.end),
            None => usize::MAX,
        };
        let within = |reach: usize| {
            [earlier, later].into_iter().flatten().filter(move |index| distance(*index) <= reach)
        };
        // Ids stand before their secrets; one that has a secret is not that of another. What a stand-in for AWS made is left over.
        let free = |index: &usize| self.taken.get(*index) == Some(&false);
        let of_aws = |index: &usize| self.ids.get(*index).is_some_and(|one| !one.id.is_of_stand_in());
        let own = within(NEARBY).filter(of_aws).find(free).or_else(|| within(NEARBY).find(free));
        let key = own.or_else(|| within(NEARBY).next());
        let temporary = |index: &usize| self.ids.get(*index).is_some_and(|one| one.id.is_temporary());
        Near { key, session: within(TOKEN_NEARBY).find(temporary) }
    }

    fn is_counted(&self, index: usize) -> bool {
        self.ids.get(index).is_some_and(|one| one.counted)
    }

    fn is_user(&self, index: usize) -> bool {
        self.ids.get(index).is_some_and(|one| !one.id.is_temporary())
    }

    fn take(&mut self, index: usize, kind: Kind) -> KeyId {
        if let Some(taken) = self.taken.get_mut(index).filter(|_| kind == Kind::SecretKey) {
            *taken = true;
        }
        #[expect(clippy::indexing_slicing, reason = "the index is one that `near` gave out")]
        self.ids[index].id
    }
}

/// The names of a text by the beginning of their windows, asked about places in its order.
struct Announced<'n> {
    bytes: &'n [u8],
    names: &'n [Name],
    /// Those whose windows began, the last of them first.
    open: VecDeque<&'n Name>,
}

impl Announced<'_> {
    /// Whether one of the names nearest to a place that are such ones announces it.
    fn any(&mut self, place: &Range<usize>, is_such: impl Fn(&Name) -> bool) -> bool {
        self.move_to(place);
        self.open.iter().any(|name| is_such(name) && name.announces(self.bytes, place))
    }

    /// Whether one of them would announce it if that were about AWS.
    fn claim(&mut self, place: &Range<usize>) -> bool {
        self.move_to(place);
        self.open.iter().any(|name| name.claims(self.bytes, place))
    }

    fn move_to(&mut self, place: &Range<usize>) {
        while let Some((name, rest)) =
            self.names.split_first().filter(|(name, _)| name.window.start <= place.start)
        {
            self.open.push_front(name);
            self.names = rest;
        }
        self.open.retain(|name| place.start < name.window.end);
        self.open.truncate(NAMES);
    }
}

//! What belongs together of what was found in a text.

use std::collections::HashMap;
use std::ops::Range;

use crate::{Credential, KeyId, Kind};

/// The places of the secrets whose ids are known.
pub(crate) struct Owners(HashMap<KeyId, Vec<usize>>);

impl Owners {
    /// Those of what was found, in the order of the text.
    pub(crate) fn new(found: &[Credential]) -> Self {
        let mut places: HashMap<KeyId, Vec<usize>> = HashMap::new();
        for one in found.iter().filter(|one| one.kind == Kind::SecretKey) {
            if let Some(id) = one.id {
                places.entry(id).or_default().push(one.range.start);
            }
        }
        Self(places)
    }

    /// Whether a secret of an id begins no farther from a place than `reach`.
    pub(crate) fn have(&self, id: KeyId, place: &Range<usize>, reach: usize) -> bool {
        let places = self.0.get(&id).map(Vec::as_slice).unwrap_or_default();
        let next = places.partition_point(|start| start + reach < place.start);
        places.get(next).is_some_and(|start| *start <= place.end + reach)
    }

    fn add(&mut self, id: KeyId, start: usize) {
        let places = self.0.entry(id).or_default();
        places.insert(places.partition_point(|place| *place < start), start);
    }
}

/// Puts right what places tell of credentials that are known one by one; they are in the order of the text. Ids farther from a secret
/// than `nearby` are not its own, and what is farther from it than `reach` tells nothing of it.
pub(crate) fn put_together(found: &mut Vec<Credential>, nearby: usize, reach: usize) {
    take_apart_of_tokens(found);
    pair_lists(found, reach);
    pair_encoded(found, nearby, reach);
}

/// What stands within a key of Amazon Bedrock is a part of it, and says whose it is.
fn take_apart_of_tokens(found: &mut Vec<Credential>) {
    let is_whole = |one: &Credential| matches!(one.kind, Kind::BedrockKey | Kind::BedrockToken);
    // Those that are within no other one, by their places and so by their ends too, with the account that what is within them tells.
    let mut wholes: Vec<(Range<usize>, Option<String>)> = Vec::new();
    for one in found.iter().filter(|one| is_whole(one)) {
        if wholes.last().is_none_or(|(last, _)| last.end < one.range.end) {
            wholes.push((one.range.clone(), None));
        }
    }
    if wholes.is_empty() {
        return;
    }
    found.retain(|one| {
        let around = wholes.partition_point(|(whole, _)| whole.end < one.range.end);
        let around = wholes.get_mut(around).filter(|(whole, _)| whole.start <= one.range.start);
        let Some((_, account)) = around.filter(|_| !is_whole(one)) else { return true };
        *account = account.take().or_else(|| one.id.and_then(|id| id.account()));
        false
    });
    let mut wholes = wholes.into_iter().peekable();
    for one in found.iter_mut().filter(|one| is_whole(one)) {
        if let Some((_, account)) = wholes.next_if(|(whole, _)| *whole == one.range) {
            one.account = one.account.take().or(account);
        }
    }
}

/// As many secrets as ids, behind all of them or before, are lists: each belongs to the one at its place. Both lists are no longer than
/// `reach` together.
fn pair_lists(found: &mut [Credential], reach: usize) {
    let of_keys = |(_, one): &(usize, &Credential)| match one.kind {
        Kind::KeyId => !one.presigned,
        kind => kind == Kind::SecretKey,
    };
    let keys: Vec<(usize, Kind, Range<usize>)> =
        found.iter().enumerate().filter(of_keys).map(|(at, one)| (at, one.kind, one.range.clone())).collect();
    type Group<'g> = &'g [(usize, Kind, Range<usize>)];
    let groups: Vec<Group<'_>> = keys
        .chunk_by(|(_, kind, one), (_, next_kind, next)| kind == next_kind && next.start <= one.end + reach)
        .collect();
    let is_id = |group: Group<'_>| group.first().is_some_and(|(_, kind, _)| *kind == Kind::KeyId);
    let are_near = |first: Group<'_>, last: Group<'_>| {
        let ends = first.first().zip(last.last());
        ends.is_some_and(|((_, _, first), (_, _, last))| last.end <= first.start + reach)
    };
    let mut rest = groups.as_slice();
    while let [one, next, behind @ ..] = rest {
        let alike =
            one.len() == next.len() && one.len() > 1 && is_id(one) != is_id(next) && are_near(one, next);
        // Secrets stand behind their ids, if they may stand on both sides.
        let has_own = |behind: Group<'_>| {
            behind.len() == next.len() && is_id(behind) != is_id(next) && are_near(next, behind)
        };
        let next_has_own = !is_id(one) && behind.first().is_some_and(|behind| has_own(behind));
        if !alike || next_has_own {
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let (ids, secrets) = if is_id(one) { (one, next) } else { (next, one) };
        let ids: Vec<Option<KeyId>> =
            ids.iter().map(|(at, ..)| found.get(*at).and_then(|one| one.id)).collect();
        let own = |at: usize| found.get(at).is_some_and(|one| one.id.is_none() || ids.contains(&one.id));
        if secrets.iter().all(|(at, ..)| own(*at)) {
            for ((at, ..), id) in secrets.iter().zip(&ids) {
                if let Some(secret) = found.get_mut(*at) {
                    secret.id = *id;
                }
            }
        }
        rest = behind;
    }
}

/// A secret in a block of base64 belongs to the id near the block that has none.
fn pair_encoded(found: &mut [Credential], nearby: usize, reach: usize) {
    let mut owners = Owners::new(found);
    for at in 0..found.len() {
        let Some(own) =
            found.get(at).filter(|one| one.encoded && one.kind == Kind::SecretKey && one.id.is_none())
        else {
            continue;
        };
        let id = |one: &Credential| {
            one.id.filter(|id| {
                one.kind == Kind::KeyId && !one.presigned && !owners.have(*id, &one.range, reach)
            })
        };
        let before = found.iter().take(at).rev().take_while(|one| one.range.end + nearby >= own.range.start);
        let behind = found.iter().skip(at + 1).take_while(|one| one.range.start <= own.range.end + nearby);
        let near = before.chain(behind).find_map(id);
        let start = own.range.start;
        if let Some(id) = near {
            owners.add(id, start);
        }
        if let Some(own) = found.get_mut(at) {
            own.id = near;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::put_together;
    use crate::{Credential, KeyId, Kind, Value};

    /// How many credentials there are of each kind: for as many, what compares each with each takes minutes.
    const MANY: usize = 30_000;

    /// Ids that are put together here, so that no scanner takes them for leaks.
    fn ids() -> impl Iterator<Item = KeyId> {
        (1u64..).filter_map(|number| {
            let bits = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let letter = |at: u32| char::from(b"QZWXVKJPG2FDH5TR"[(bits >> (4 * at)) as usize & 15]);
            let body: String = (0..16).map(letter).collect();
            KeyId::new(["AK", "IA", &body].concat().as_bytes())
        })
    }

    fn one(kind: Kind, start: usize, id: Option<KeyId>) -> Credential {
        let value = Value::new(&start.to_le_bytes());
        let encoded = kind == Kind::SecretKey;
        Credential { range: start..start + 20, kind, id, account: None, encoded, presigned: false, value }
    }

    /// How long it takes to put together what stands one behind the other.
    #[expect(clippy::disallowed_methods, reason = "the bound is one of time")]
    fn time(kinds: &[Kind]) -> (Vec<Credential>, Duration) {
        let all = ids().take(MANY).flat_map(|id| kinds.iter().map(move |kind| (id, *kind))).enumerate();
        let mut found: Vec<Credential> =
            all.map(|(at, (id, kind))| one(kind, at * 30, (kind == Kind::KeyId).then_some(id))).collect();
        let start = Instant::now();
        put_together(&mut found, 400, 2000);
        (found, start.elapsed())
    }

    #[test]
    fn of_many_credentials_none_is_compared_with_all_others() {
        let (found, taken) = time(&[Kind::KeyId, Kind::SecretKey]);
        let own = found.chunks(2).filter(|pair| matches!(pair, [id, secret] if id.id == secret.id));
        assert!(own.count() == MANY && taken < Duration::from_secs(10), "{taken:?}");
        let (found, taken) = time(&[Kind::BedrockKey]);
        assert!(found.len() == MANY && taken < Duration::from_secs(10), "{taken:?}");
    }
}

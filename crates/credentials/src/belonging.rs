//! What belongs together of what was found in a text.

use std::ops::Range;

use crate::{Credential, KeyId, Kind};

/// Puts right what places tell of credentials that are known one by one; they are in the order of the text. Ids farther from a secret
/// than `reach` are not its own.
pub(crate) fn put_together(found: &mut Vec<Credential>, reach: usize) {
    take_apart_of_tokens(found);
    pair_lists(found);
    pair_encoded(found, reach);
}

/// What stands within a key of Amazon Bedrock is a part of it, and says whose it is.
fn take_apart_of_tokens(found: &mut Vec<Credential>) {
    let is_whole = |one: &Credential| matches!(one.kind, Kind::BedrockKey | Kind::BedrockToken);
    let wholes: Vec<Range<usize>> =
        found.iter().filter(|one| is_whole(one)).map(|one| one.range.clone()).collect();
    if wholes.is_empty() {
        return;
    }
    let around = |one: &Credential| {
        wholes.iter().position(|whole| whole.start <= one.range.start && one.range.end <= whole.end)
    };
    let mut accounts: Vec<Option<String>> = vec![None; wholes.len()];
    found.retain(|one| match around(one).filter(|_| !is_whole(one)) {
        Some(whole) => {
            if let Some(account) = accounts.get_mut(whole) {
                *account = account.take().or_else(|| one.id.and_then(|id| id.account()));
            }
            false
        }
        None => true,
    });
    for (one, account) in found.iter_mut().filter(|one| is_whole(one)).zip(accounts) {
        one.account = one.account.take().or(account);
    }
}

/// As many secrets as ids, behind all of them or before, are lists: each belongs to the one at its place.
fn pair_lists(found: &mut [Credential]) {
    let of_keys = |(_, one): &(usize, &Credential)| match one.kind {
        Kind::KeyId => !one.presigned,
        kind => kind == Kind::SecretKey,
    };
    let kinds: Vec<(usize, Kind)> =
        found.iter().enumerate().filter(of_keys).map(|(at, one)| (at, one.kind)).collect();
    let groups: Vec<&[(usize, Kind)]> = kinds.chunk_by(|one, next| one.1 == next.1).collect();
    let is_id = |group: &[(usize, Kind)]| group.first().is_some_and(|one| one.1 == Kind::KeyId);
    let mut rest = groups.as_slice();
    while let [one, next, behind @ ..] = rest {
        let alike = one.len() == next.len() && one.len() > 1;
        // Secrets stand behind their ids, if they may stand on both sides.
        let next_has_own = !is_id(one) && behind.first().is_some_and(|behind| behind.len() == next.len());
        if !alike || next_has_own {
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let (ids, secrets) = if is_id(one) { (one, next) } else { (next, one) };
        let ids: Vec<Option<KeyId>> =
            ids.iter().map(|(at, _)| found.get(*at).and_then(|one| one.id)).collect();
        let own = |at: usize| found.get(at).is_some_and(|one| one.id.is_none() || ids.contains(&one.id));
        if secrets.iter().all(|(at, _)| own(*at)) {
            for ((at, _), id) in secrets.iter().zip(&ids) {
                if let Some(secret) = found.get_mut(*at) {
                    secret.id = *id;
                }
            }
        }
        rest = behind;
    }
}

/// A secret in a block of base64 belongs to the id near the block that has none.
fn pair_encoded(found: &mut [Credential], reach: usize) {
    for at in 0..found.len() {
        let Some(own) =
            found.get(at).filter(|one| one.encoded && one.kind == Kind::SecretKey && one.id.is_none())
        else {
            continue;
        };
        let is_free =
            |id: &KeyId| !found.iter().any(|one| one.kind == Kind::SecretKey && one.id == Some(*id));
        let id = |one: &Credential| one.id.filter(|_| one.kind == Kind::KeyId && !one.presigned);
        let before = found.iter().take(at).rev().take_while(|one| one.range.end + reach >= own.range.start);
        let behind = found.iter().skip(at + 1).take_while(|one| one.range.start <= own.range.end + reach);
        let near = before.chain(behind).filter_map(id).find(is_free);
        if let Some(own) = found.get_mut(at) {
            own.id = near;
        }
    }
}

//! Credentials in what programs are compiled to.

use super::{id, random, secret};
use crate::{Kind, find};

const PAIR: [Kind; 2] = [Kind::KeyId, Kind::SecretKey];

/// A text with the kind and the length before it, as Python keeps it.
fn kept(kind: u8, text: &str, wide: bool) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap().to_le_bytes();
    let length = if wide { length.as_slice() } else { &length[..1] };
    [&[kind], length, text.as_bytes()].concat()
}

#[test]
fn texts_whose_length_stands_before_them_end_there() {
    let (id, secret) = (id(), secret());
    for (kind, wide) in [(b'z', false), (b'Z' | 0x80, false), (b'a', true), (b'u', true), (b's' | 0x80, true)]
    {
        let pair = [kept(kind, &id, wide), kept(kind, &secret, wide), kept(kind, "us", wide)].concat();
        let found = find(&pair);
        assert_eq!(found.iter().map(|one| one.kind).collect::<Vec<_>>(), PAIR, "{kind} {wide}");
        assert_eq!(found[1].id, found[0].id);
        assert_eq!(found[1].range.len(), 40);
        let apart =
            [kept(kind, &id, wide), kept(b'z', "s3", false), kept(kind, &secret, wide), b"N".to_vec()];
        assert_eq!(find(&apart.concat()).len(), 2);
    }
    // As Java keeps them.
    let java = |text: &str| [&[1, 0, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    assert_eq!(find(&[java(&id), java(&secret), java("x")].concat()).len(), 2);
}

#[test]
fn what_is_longer_or_stands_behind_a_bracket_is_none() {
    let (id, secret) = (id(), secret());
    let longer = kept(b'z', &format!("{id}A"), false);
    assert_eq!(find(&longer), []);
    let text = format!("id = {id}\nf({secret}N)");
    assert_eq!(find(text.as_bytes()).len(), 1);
    assert_eq!(find(format!("{id}N").as_bytes()), []);
    let other = [kept(b'z', &id, false), kept(b'z', &random(41), false), b"N".to_vec()].concat();
    assert_eq!(find(&other).len(), 1);
}

//! Credentials that are written in parts, and texts that are written as mails are.

use super::{id, kinds, only, random, secret};
use crate::{Kind, find};

const PAIR: [Kind; 2] = [Kind::KeyId, Kind::SecretKey];

#[test]
fn literals_that_stand_behind_each_other_are_read_as_one() {
    let (id, secret) = (id(), secret());
    for (quote, joint) in [
        ("\"", "\"\n    \""),
        ("'", "' +\n  '"),
        ("\"", "\" + \""),
        ("\"", "\"\n        + \""),
        ("'", "' . '"),
        ("\"", "\" .. \""),
        ("\"", "\" & \""),
        ("\"", "\" \\\n    \""),
        ("'", "'\n    b'"),
        ("`", "` + `"),
    ] {
        for place in [5, 10, 19] {
            let (id_head, id_rest) = id.split_at(place);
            let (head, rest) = secret.split_at(2 * place);
            let id = format!("{quote}{id_head}{joint}{id_rest}{quote}");
            let parts = format!("{quote}{head}{joint}{rest}{quote}");
            let text = format!("id = ({id})\nvalue = ({parts})\n");
            let found = find(text.as_bytes());
            assert_eq!(found.iter().map(|one| one.kind).collect::<Vec<_>>(), PAIR, "{text}");
            assert_eq!(found[0].range, 7..7 + id.len() - 2, "{text}");
            assert_eq!(found[1].value, only(&format!("aws_secret_key={secret}")).value);
            let alone = format!("AWS_SECRET_ACCESS_KEY = {parts};\n");
            assert_eq!(only(&alone).range, 25..25 + parts.len() - 2, "{alone}");
            // What goes on, or is another value, is no part of it.
            assert_eq!(kinds(&format!("key = {}{joint}x{quote};\n", id.trim_end_matches(quote))), []);
            assert_eq!(kinds(&alone.replace(joint, &format!("{quote}, {quote}"))), []);
        }
    }
}

#[test]
fn mails_are_read_as_what_they_say() {
    let (id, secret) = (id(), secret());
    let text = format!("aws_access_key_id=3D{id}\naws_secret_access_key=3D{secret}\n");
    assert_eq!(kinds(&text), PAIR);
    assert_eq!(kinds(&format!("AWS_SECRET_ACCESS_KEY=3D{secret}\n")), [Kind::SecretKey]);
    for end in ["=\n", "=\r\n"] {
        let (id, secret) = (id.split_at(7), secret.split_at(30));
        let text = format!("id {}{end}{}\nkey=3D{}{end}{} bye\n", id.0, id.1, secret.0, secret.1);
        assert_eq!(kinds(&text), PAIR, "{text}");
    }
    // A secret may begin with the same letters.
    let odd = format!("3D{}", &random(42)[4..]);
    assert_eq!(kinds(&format!("AWS_SECRET_ACCESS_KEY={odd}\n")), [Kind::SecretKey]);
}

//! Base64 of base64.

use super::{encode, id, kinds, only, random, secret};
use crate::{Kind, find};

const PAIR: [Kind; 2] = [Kind::KeyId, Kind::SecretKey];

fn script() -> String {
    format!("AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n", id(), secret())
}

fn wrapped(text: &str, width: usize) -> String {
    let lines = text.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn base64_is_looked_into_in_base64() {
    let coded = encode(script().as_bytes());
    for head in ["", "#", "##", "# ein Täxt in UTF-8: äöüß\n"] {
        for inner in [
            coded.clone(),
            format!("#cloud-config\nwrite_files:\n- encoding: b64\n  content: {coded}\n"),
            format!("{{\"env\": \"{coded}\"}}"),
            wrapped(&coded, 76),
            format!("echo {coded} | base64 -d > /etc/environment"),
            format!(
                "kind: Secret\ndata:\n  id: {}\n  key: {}\n",
                encode(id().as_bytes()),
                encode(secret().as_bytes())
            ),
        ] {
            let outer = encode(format!("{head}{inner}").as_bytes());
            for text in [
                format!("x: {outer}\n"),
                format!("{{\"UserData\": \"{outer}\"}}"),
                format!("kind: Secret\ndata:\n  value: |\n{}\n", wrapped(&outer, 76)),
                format!("x: {}\n", encode(format!("y: {outer}\n").as_bytes())),
            ] {
                assert_eq!(kinds(&text), PAIR, "{text}");
            }
        }
    }
}

#[test]
fn an_id_with_a_little_text_is_found_in_base64_of_base64() {
    let twice = encode(encode(format!("key_id: {}", id()).as_bytes()).as_bytes());
    assert_eq!(only(&format!("x: {twice}\n")).range, 16..54);
    let wide: Vec<u8> =
        format!("iex '{}'", encode(script().as_bytes())).encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(kinds(&format!("powershell -enc {}\n", encode(&wide))), PAIR);
    assert_eq!(kinds(&encode(&[&[0], wide.as_slice()].concat())), PAIR);
}

#[test]
fn values_that_are_encoded_twice_are_read() {
    let twice = |text: String| encode(encode(text.as_bytes()).as_bytes());
    for end in ["", "\n"] {
        let (id, secret) = (id(), twice(secret() + end));
        assert_eq!(kinds(&format!("data:\n  AWS_SECRET_ACCESS_KEY: {secret}\n")), [Kind::SecretKey]);
        assert_eq!(kinds(&format!("data:\n  user: {}\n  password: {secret}\n", encode(id.as_bytes()))), PAIR);
    }
}

#[test]
fn what_stands_in_base64_of_base64_has_its_place_in_the_text() {
    let filler = "# a line of text that says nothing at all\n";
    for lines in [0, 1, 2, 3, 500, 5000] {
        let inner = encode(format!("{}{}\n", filler.repeat(lines), id()).as_bytes());
        let outer = encode(format!("content: {inner}\n").as_bytes());
        let found = only(&format!("x: {outer}\n"));
        let within = "content: ".len() + filler.len() * lines * 4 / 3;
        assert_eq!((found.kind, found.encoded, found.range.start), (Kind::KeyId, true, 3 + within * 4 / 3));
        assert!(found.range.len() <= 40, "{:?}", found.range);
    }
}

#[test]
fn of_many_blocks_in_blocks_each_is_decoded_once() {
    let noise = random(60);
    let mut text = format!("{noise} {}\n{noise}\n", script()).repeat(300);
    let plain = find(text.as_bytes()).len();
    for _ in 0..3 {
        text = encode(text.as_bytes());
        assert_eq!(find(text.as_bytes()).len(), plain);
    }
    // Nobody encodes four times, and looking further would take as much again.
    assert_eq!(find(encode(text.as_bytes()).as_bytes()), []);
}

#[test]
fn texts_in_utf_16_that_begin_at_even_and_at_odd_bytes_of_one_block_are_read() {
    let other = ["AKIAQYLPMN5", "HNM4OWEZR"].concat();
    let wide = |text: String| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let first = wide(format!("$key = '{}'\n", id()));
    let second = wide(format!("$key = '{other}'\n"));
    for between in 0..6 {
        let block = encode(&[first.as_slice(), &vec![b'#'; between], &second].concat());
        let ids: Vec<String> =
            find(format!("x: {block}\n").as_bytes()).iter().map(|one| one.id.unwrap().to_string()).collect();
        assert_eq!(ids, ["AKIA…7W7M", "AKIA…WEZR"], "{between}");
    }
}

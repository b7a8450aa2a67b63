//! Digests, and what is random.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use iamrail_core::value::{Reason, Value};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::call::{Call, Fault};
use super::function::{Function, Outcome, number, text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::known("base64sha256", &[text("str")], |call| base64_of::<Sha256>(&call.str(0))),
    Function::known("base64sha512", &[text("str")], |call| base64_of::<Sha512>(&call.str(0))),
    Function::open("bcrypt", &[text("str")], |call| random(call, "bcrypt")).with_rest(number("cost")),
    Function::known("md5", &[text("str")], |call| hex_of::<Md5>(&call.str(0))),
    Function::open("rsadecrypt", &[text("ciphertext"), text("privatekey")], rsadecrypt),
    Function::known("sha1", &[text("str")], |call| hex_of::<Sha1>(&call.str(0))),
    Function::known("sha256", &[text("str")], |call| hex_of::<Sha256>(&call.str(0))),
    Function::known("sha512", &[text("str")], |call| hex_of::<Sha512>(&call.str(0))),
    Function::open("uuid", &[], |call| random(call, "uuid")),
    Function::known("uuidv5", &[text("namespace"), text("name")], uuidv5),
];

/// The digest of a text in hexadecimal digits.
pub(super) fn hex_of<D: Digest>(text: &str) -> Outcome {
    Ok(Value::text(hex(&D::digest(text.as_bytes()))))
}

/// The digest of a text in base64.
pub(super) fn base64_of<D: Digest>(text: &str) -> Outcome {
    Ok(Value::text(STANDARD.encode(D::digest(text.as_bytes()))))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn random(call: &Call<'_>, name: &str) -> Outcome {
    Ok(call.unknown_for(Reason::Volatile, name))
}

/// What it gives is a secret that the key unlocks; no rule needs to see it.
fn rsadecrypt(call: &Call<'_>) -> Outcome {
    Ok(call.unknown_for(Reason::Unsupported, "rsadecrypt"))
}

/// The last digit of the namespaces of RFC 4122, which differ in their first part only.
fn namespace(name: &str) -> Option<Vec<u8>> {
    let number = match name {
        "dns" => 0x10,
        "url" => 0x11,
        "oid" => 0x12,
        "x500" => 0x14,
        name => return uuid_bytes(name),
    };
    let mut bytes = uuid_bytes("6ba7b810-9dad-11d1-80b4-00c04fd430c8")?;
    *bytes.get_mut(3)? = number;
    Some(bytes)
}

fn uuid_bytes(text: &str) -> Option<Vec<u8>> {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    if groups != [8, 4, 4, 4, 12] && groups != [32] {
        return None;
    }
    let digits: Vec<u32> = text
        .chars()
        .filter(|letter| *letter != '-')
        .map(|letter| letter.to_digit(16))
        .collect::<Option<_>>()?;
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit)).ok())
        .collect()
}

fn uuidv5(call: &Call<'_>) -> Outcome {
    let name = call.str(0);
    let namespace = namespace(&name).ok_or_else(|| {
        let length = name.len();
        Fault::call(format!("uuidv5() doesn't support namespace {name} (invalid UUID length: {length})"))
    })?;
    let mut digest = Sha1::new();
    digest.update(&namespace);
    digest.update(call.str(1).as_bytes());
    let mut bytes: Vec<u8> = digest.finalize().iter().copied().take(16).collect();
    for (at, keep, set) in [(6, 0x0F, 0x50), (8, 0x3F, 0x80)] {
        if let Some(byte) = bytes.get_mut(at) {
            *byte = *byte & keep | set;
        }
    }
    let mut text = hex(&bytes);
    for at in [20, 16, 12, 8] {
        text.insert(at, '-');
    }
    Ok(Value::text(text))
}

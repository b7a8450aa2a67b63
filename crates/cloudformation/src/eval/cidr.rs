//! `Cidr`, whose result is not evaluated. What it takes is checked all the same.

use std::net::IpAddr;

use iamrail_core::value::{Kind, Number, Reason, Value};

use super::call::Call;
use super::{Scope, Stack};

/// How many blocks one call makes at most.
const MOST_BLOCKS: i128 = 256;

impl Stack {
    pub(super) fn cidr(&self, call: &Call<'_>, scope: &Scope) -> Value {
        let arguments = call.arguments().unwrap_or_default();
        let ([block, count] | [block, count, _]) = arguments.as_slice() else {
            return self
                .wrong(call.span, "`Cidr` takes a list of a block, a number of blocks and a number of bits");
        };
        let value = |node| self.evaluate(node, scope).unwrap_or_default();
        let is_block = |text: &str| {
            let (address, bits) = text.split_once('/')?;
            let most = if address.parse::<IpAddr>().ok()?.is_ipv4() { 32 } else { 128 };
            Some(bits.parse::<u8>().ok()? <= most)
        };
        if let Some(text) = value(*block).as_str()
            && is_block(&text) != Some(true)
        {
            return self
                .wrong(block.span(), "the first argument of `Cidr` must be a block such as `10.0.0.0/16`");
        }
        if let Some(number) = whole(&value(*count))
            && !(1..=MOST_BLOCKS).contains(&number)
        {
            let message = format!("`Cidr` makes between 1 and {MOST_BLOCKS} blocks, not {number}");
            return self.wrong(count.span(), message);
        }
        if let Some(bits) = arguments.get(2)
            && let Some(number) = whole(&value(*bits))
            && !(1..=128).contains(&number)
        {
            return self
                .wrong(bits.span(), format!("a block of `Cidr` has between 1 and 128 bits, not {number}"));
        }
        self.unknown_call(call, scope, Reason::Unsupported)
    }
}

/// A whole number, also when it is written as a text; `None` when it is not known.
fn whole(value: &Value) -> Option<i128> {
    match &value.kind {
        Kind::Number(Number::Int(number)) => Some(*number),
        Kind::Text(_) => value.as_str()?.parse().ok(),
        _ => None,
    }
}

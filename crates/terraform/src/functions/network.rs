//! Functions on ranges of addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

use iamrail_core::value::{Number, Value};

use super::call::{Call, Fault};
use super::function::{Function, Outcome, number, text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::known("cidrhost", &[text("prefix"), number("hostnum")], cidrhost),
    Function::known("cidrnetmask", &[text("prefix")], cidrnetmask),
    Function::known("cidrsubnet", &[text("prefix"), number("newbits"), number("netnum")], cidrsubnet),
    Function::known("cidrsubnets", &[text("prefix")], cidrsubnets).with_rest(number("newbits")),
];

/// The most bits by which `cidrsubnets` extends a prefix.
const MOST_BITS: i64 = 32;

/// A range of addresses; the bits behind the prefix are zero.
#[derive(Clone, Copy)]
struct Block {
    address: u128,
    prefix: u32,
    /// The number of bits of an address: 32 or 128.
    width: u32,
}

impl Block {
    fn parse(text: &str) -> Result<Self, Fault> {
        Self::read(text)
            .ok_or_else(|| Fault::call(format!("invalid CIDR expression: invalid CIDR address: {text}")))
    }

    fn read(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let is_number = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix: u32 = prefix.parse().ok().filter(|_| is_number)?;
        let (address, width) = match address.contains(':') {
            true => (address.parse::<Ipv6Addr>().ok()?.to_bits(), 128),
            false => (u128::from(dotted(address)?.to_bits()), 32),
        };
        (prefix <= width).then(|| Self { address, prefix, width }.masked())
    }

    fn masked(self) -> Self {
        Self { address: self.address & !self.host_mask(), ..self }
    }

    /// Ones where the number of the host is.
    fn host_mask(self) -> u128 {
        ones(self.width - self.prefix)
    }

    fn host_bits(self) -> u32 {
        self.width - self.prefix
    }

    fn address(self) -> String {
        match self.width {
            32 => Ipv4Addr::from_bits(u32::try_from(self.address).unwrap_or(u32::MAX)).to_string(),
            _ => Ipv6Addr::from_bits(self.address).to_string(),
        }
    }

    fn contains(self, address: u128) -> bool {
        address & !self.host_mask() == self.address
    }
}

impl std::fmt::Display for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address(), self.prefix)
    }
}

/// Zeros in front of a number do not make it octal.
fn dotted(text: &str) -> Option<Ipv4Addr> {
    let mut bytes = [0; 4];
    let mut parts = text.split('.');
    for byte in &mut bytes {
        let part = parts.next().filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?;
        *byte = part.parse().ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(bytes))
}

fn ones(count: u32) -> u128 {
    if count == 0 { 0 } else { u128::MAX >> (128 - count.min(128)) }
}

fn whole(call: &Call<'_>, index: usize) -> Result<i128, Fault> {
    match call.number(index) {
        Number::Int(whole) => Ok(whole),
        Number::Float(_) => Err(Fault::call("value must be a whole number")),
    }
}

fn cidrhost(call: &Call<'_>) -> Outcome {
    let block = Block::parse(&call.str(0))?;
    let mut host = whole(call, 1)?;
    let most = block.host_mask();
    if host < 0 {
        // Counted from the end; one that lies before the start stays negative.
        let back = host.unsigned_abs() - 1;
        match most.checked_sub(back) {
            Some(host) => return Ok(Value::text(Block { address: block.address | host, ..block }.address())),
            None => {
                host = i128::try_from(most).unwrap_or(i128::MAX) - i128::try_from(back).unwrap_or(i128::MAX)
            }
        }
    }
    let fits = u128::try_from(host).ok().filter(|host| *host <= most);
    let host = fits.ok_or_else(|| {
        let prefix = block.prefix;
        Fault::call(format!("prefix of {prefix} does not accommodate a host numbered {host}"))
    })?;
    Ok(Value::text(Block { address: block.address | host, ..block }.address()))
}

fn cidrnetmask(call: &Call<'_>) -> Outcome {
    let text = call.str(0);
    let block = Block::parse(&text)?;
    if block.width != 32 {
        return Err(Fault::call(format!("IPv6 addresses cannot have a netmask: {text}")));
    }
    let mask = ones(32) & !block.host_mask();
    Ok(Value::text(Block { address: mask, ..block }.address()))
}

fn cidrsubnet(call: &Call<'_>) -> Outcome {
    let block = Block::parse(&call.str(0))?;
    let (new_bits, number) = (call.whole(1)?, whole(call, 2)?);
    let bits = u32::try_from(new_bits).map_err(|_| Fault::call("the prefix can only be extended"))?;
    if bits > block.host_bits() {
        let prefix = block.prefix;
        return Err(Fault::call(format!(
            "insufficient address space to extend prefix of {prefix} by {bits}"
        )));
    }
    let fits = u128::try_from(number).ok().filter(|number| *number <= ones(bits));
    let net = fits.ok_or_else(|| {
        Fault::call(format!("prefix extension of {bits} does not accommodate a subnet numbered {number}"))
    })?;
    let prefix = block.prefix + bits;
    let shifted = net.checked_shl(block.width - prefix).unwrap_or(0);
    Ok(Value::text(Block { address: block.address | shifted, prefix, ..block }.to_string()))
}

fn cidrsubnets(call: &Call<'_>) -> Outcome {
    let block = Block::parse(&call.str(0))?;
    let mut next = Some(block.address);
    let mut last: Option<Block> = None;
    let mut subnets = Vec::new();
    for index in 1..call.arguments.len() {
        let bits = call.whole(index)?;
        if bits < 1 {
            return Err(Fault::argument(index, "must extend prefix by at least one bit"));
        }
        if bits > MOST_BITS {
            return Err(Fault::argument(
                index,
                format!("may not extend prefix by more than {MOST_BITS} bits"),
            ));
        }
        let prefix = block.prefix + u32::try_from(bits).unwrap_or(0);
        if prefix > block.width {
            let protocol = if block.width == 32 { "IPv4" } else { "IPv6" };
            let message =
                format!("would extend prefix to {prefix} bits, which is too long for an {protocol} address");
            return Err(Fault::argument(index, message));
        }
        let subnet = next.and_then(|start| {
            let size = ones(block.width - prefix);
            // The next multiple of the size.
            let start = start.checked_add(size)? & !size;
            Some(Block { address: start, prefix, width: block.width })
                .filter(|one| block.contains(one.address))
        });
        let Some(subnet) = subnet else {
            let after = last.map_or_else(|| block.to_string(), |last| last.to_string());
            let message = format!(
                "not enough remaining address space for a subnet with a prefix of {prefix} bits after {after}"
            );
            return Err(Fault::argument(index, message));
        };
        next = subnet.address.checked_add(subnet.host_mask()).and_then(|end| end.checked_add(1));
        last = Some(subnet);
        subnets.push(Value::text(subnet.to_string()));
    }
    Ok(Value::list(subnets))
}

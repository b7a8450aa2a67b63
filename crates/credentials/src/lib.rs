//! AWS credentials in bytes: access key ids with the account that they belong to, secret keys, session tokens, keys of Amazon
//! Bedrock, SMTP passwords of Amazon SES, as they stand or in base64.
//!
//! Pure and linear: a text is searched once for what may begin a credential, and only the surroundings of that are looked at.
//! Nothing is ever checked online. A credential cannot be formatted: displaying one shows the ends of an id and nothing of a
//! secret.

mod anchor;
mod announced;
mod base64;
mod belonging;
mod canary;
mod context;
mod credential;
mod encoded;
mod escape;
mod find;
mod key_id;
mod parts;
mod pieces;
mod plausible;
pub mod redact;
mod run;
mod secret;
mod section;
mod surroundings;
#[cfg(test)]
mod tests;
mod words;

pub use credential::{Credential, Kind, Value};
pub use find::{MARGIN, find};
pub use key_id::KeyId;
pub use parts::holds_parts;
pub use pieces::Pieces;

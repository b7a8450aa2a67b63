//! Functions on files and paths.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use iamrail_core::source::{FileError, SourceFile};
use iamrail_core::value::{Kind, Reason, Text, Value};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::call::{Call, Fault};
use super::function::{Function, Outcome, any, text};
use super::{fileset, hash, pieces};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::known("abspath", &[text("path")], abspath),
    Function::partly("basename", &[text("path")], basename),
    Function::known("dirname", &[text("path")], dirname),
    Function::known("file", &[text("path")], file),
    Function::known("filebase64", &[text("path")], filebase64),
    Function::known("filebase64sha256", &[text("path")], |call| digest(call, hash::base64_of::<Sha256>)),
    Function::known("filebase64sha512", &[text("path")], |call| digest(call, hash::base64_of::<Sha512>)),
    Function::known("fileexists", &[text("path")], fileexists),
    Function::known("filemd5", &[text("path")], |call| digest(call, hash::hex_of::<Md5>)),
    Function::known("fileset", &[text("path"), text("pattern")], fileset::fileset),
    Function::known("filesha1", &[text("path")], |call| digest(call, hash::hex_of::<Sha1>)),
    Function::known("filesha256", &[text("path")], |call| digest(call, hash::hex_of::<Sha256>)),
    Function::known("filesha512", &[text("path")], |call| digest(call, hash::hex_of::<Sha512>)),
    Function::known("pathexpand", &[text("path")], pathexpand),
    Function::partly("templatefile", &[text("path"), any("vars")], templatefile),
];

/// What reading a file comes to.
enum Read {
    File(Arc<SourceFile>),
    /// It is there or may be, but its text cannot be had.
    Unknown(Value),
}

fn read(call: &Call<'_>) -> Result<Read, FileError> {
    let path = call.str(0);
    match call.host.read(&path) {
        Ok(file) => Ok(Read::File(file)),
        Err(error @ (FileError::NotFound | FileError::NotAFile | FileError::NotText { .. })) => Err(error),
        Err(_) => Ok(Read::Unknown(call.unknown_for(Reason::Missing, path))),
    }
}

/// The fault of a function that wants the text of a file.
fn text_fault(path: &str, error: &FileError) -> Fault {
    let message = match error {
        FileError::NotFound => format!(
            "no file exists at {path:?}; this function works only with files that are distributed as part of the \
             configuration source code, so if this file will be created by a resource in this configuration you must \
             instead obtain this result from an attribute of that resource"
        ),
        FileError::NotText { .. } => format!(
            "contents of {path:?} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded \
             contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead"
        ),
        error => format!("failed to read {path:?}: {error}"),
    };
    Fault::argument(0, message)
}

/// The text with its place: findings in it point into the file.
fn file(call: &Call<'_>) -> Outcome {
    match read(call).map_err(|error| text_fault(&call.str(0), &error))? {
        Read::File(file) => {
            let span = file.span(0, file.text().len());
            Ok(Value::new(Kind::Text(Text::literal(file.text(), Some(span)))).at(span))
        }
        Read::Unknown(value) => Ok(value),
    }
}

fn filebase64(call: &Call<'_>) -> Outcome {
    match read(call) {
        Ok(Read::File(file)) => Ok(Value::text(STANDARD.encode(file.text().as_bytes()))),
        Ok(Read::Unknown(value)) => Ok(value),
        Err(FileError::NotText { .. }) => Ok(call.unknown_for(Reason::Unsupported, call.str(0))),
        Err(error) => Err(text_fault(&call.str(0), &error)),
    }
}

fn digest(call: &Call<'_>, of: fn(&str) -> Outcome) -> Outcome {
    let path = call.str(0);
    match read(call) {
        Ok(Read::File(file)) => of(file.text()),
        Ok(Read::Unknown(value)) => Ok(value),
        Err(FileError::NotText { .. }) => Ok(call.unknown_for(Reason::Unsupported, path)),
        Err(FileError::NotFound) => Err(Fault::call(format!("open {path}: no such file or directory"))),
        Err(error) => Err(Fault::call(format!("open {path}: {error}"))),
    }
}

fn fileexists(call: &Call<'_>) -> Outcome {
    let path = call.str(0);
    match read(call) {
        Ok(Read::File(_)) | Err(FileError::NotText { .. }) => Ok(Value::bool(true)),
        Err(FileError::NotFound) => Ok(Value::bool(false)),
        Err(_) => Err(Fault::call(format!("{path:?} is a directory, not a file"))),
        Ok(Read::Unknown(value)) => Ok(value),
    }
}

/// The variables may be partly known, and so may what is made with them.
fn templatefile(call: &Call<'_>) -> Outcome {
    let Some(path) = call.value(0).as_str() else { return Ok(call.unknown()) };
    let variables = call.value(1);
    if !matches!(variables.kind, Kind::Map(_)) {
        return Err(Fault::argument(1, "vars must be a map or object"));
    }
    let mut made = match read(call).map_err(|error| text_fault(&path, &error))? {
        Read::File(file) => call.host.render(&file, variables),
        Read::Unknown(value) => value,
    };
    made.sensitive |= call.value(0).sensitive;
    Ok(made)
}

fn abspath(call: &Call<'_>) -> Outcome {
    let path = call.str(0);
    match path.starts_with('/') {
        true => Ok(Value::text(clean(&path))),
        false => Ok(call.unknown_for(Reason::Environment, "the working directory")),
    }
}

fn pathexpand(call: &Call<'_>) -> Outcome {
    let path = call.str(0);
    match path.strip_prefix('~') {
        None => Ok(call.value(0).clone()),
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            Ok(call.unknown_for(Reason::Environment, "the home directory"))
        }
        Some(_) => Err(Fault::call("cannot expand user-specific home dir")),
    }
}

fn basename(call: &Call<'_>) -> Outcome {
    let text = call.text(0);
    let end = pieces::known_end(&text);
    let path = match text.is_known() {
        true => call.str(0),
        // Whatever comes before it, the name behind the last separator is known.
        false if end.trim_end_matches('/').contains('/') => end.into(),
        false => return Ok(call.unknown()),
    };
    let trimmed = path.trim_end_matches('/');
    let name = match (path.is_empty(), trimmed.rsplit('/').next()) {
        (true, _) => ".",
        (false, None | Some("")) => "/",
        (false, Some(name)) => name,
    };
    Ok(call.derive_text(Text::literal(name, None)))
}

fn dirname(call: &Call<'_>) -> Outcome {
    let path = call.str(0);
    Ok(Value::text(clean(path.rfind('/').and_then(|at| path.get(..=at)).unwrap_or_default())))
}

/// A path without doubled separators, `.` and, as far as there is something to leave, `..`.
fn clean(path: &str) -> String {
    let is_rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if is_rooted => {}
            part => parts.push(part),
        }
    }
    match (is_rooted, parts.join("/")) {
        (true, joined) => format!("/{joined}"),
        (false, joined) if joined.is_empty() => ".".to_owned(),
        (false, joined) => joined,
    }
}

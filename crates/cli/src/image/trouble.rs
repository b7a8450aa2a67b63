//! What is wrong with an image, and what to do about it.

use std::io;
use std::sync::Arc;

use iamrail::core::report::Diagnostic;
use thiserror::Error;

/// How much of a message is told, in characters: it may name what the image names, which may be anything.
const LONGEST: usize = 600;
const ANEW: &str =
    "it was changed or damaged, and what it should be was not looked through: save or pull the image anew";
const REPACK: &str = "write the image with its layers compressed by gzip, or by Zstandard with a window that is smaller, such as that of its levels \
                      up to 19 without `--long`: loading and saving it with `docker` does so, and so does `skopeo copy --dest-compress-format gzip`";

/// What is wrong with an image. The messages are complete sentences without its name.
#[derive(Clone, Debug, Error)]
pub(super) enum Trouble {
    #[error("it is neither an archive of `docker save` nor an OCI layout")]
    NoImage,
    #[error("it is no archive of tar, though it has the place of one")]
    NoArchive,
    #[error("an archive ends in the middle of an entry")]
    Truncated,
    #[error("the archive is cut off: it ends behind the beginning of `{0}`")]
    Cut(String),
    #[error("the archive is damaged: what follows `{0}` is no entry")]
    Damaged(String),
    #[error("what stands behind the end of an archive is none")]
    Behind,
    #[error("an archive has too many entries")]
    Crowded,
    #[error("an entry of an archive has names and attributes of more than 1 MiB")]
    Attributes,
    #[error("it names more than {0} parts")]
    Many(usize),
    #[error("it is encrypted")]
    Encrypted,
    #[error("it is not there: its maker lets nobody else pass it on")]
    Foreign,
    #[error("`{0}` is not as the format demands")]
    Document(String),
    #[error(
        "`{0}` is too large: of a document 8 MiB are read, and of all those in a compressed archive 32 MiB"
    )]
    TooLarge(String),
    #[error("`{0}` is missing: {1}")]
    Missing(String, String),
    #[error("`{0}` is no regular file")]
    Irregular(String),
    #[error("`{0}` is nested too deep")]
    Deep(String),
    #[error("it does not hold `{0}`, which its index names")]
    Absent(String),
    #[error("`{0}` does not have the digest that it is named by")]
    Digest(String),
    #[error("`{name}` has {found} bytes, and is said to have {said}")]
    Size {
        name: String,
        found: u64,
        said: u64,
        /// Whether its digest is the one that it is named by: then nothing of it is missing.
        is_sure: bool,
    },
    #[error("layer {0} is not the one that its configuration is of (`rootfs.diff_ids`)")]
    Difference(usize),
    #[error("its configuration is of {0} layers (`rootfs.diff_ids`), and its manifest names {1}")]
    Count(usize, usize),
    #[error("it cannot be read: {0}")]
    Unsupported(Arc<str>),
    #[error("it cannot be read: {0}")]
    Packed(Arc<str>),
    #[error("it cannot be read: {0}")]
    Expands(Arc<str>),
    #[error("what is compressed in it is damaged")]
    Broken,
    #[error("it cannot be read: {0}")]
    Read(Arc<str>),
}

impl Trouble {
    /// The diagnostic about an image or a part of one, which is called so.
    pub(super) fn diagnostic(&self, name: &str) -> Diagnostic {
        let is_unread = matches!(
            self,
            Self::Missing(..)
                | Self::Irregular(_)
                | Self::Read(_)
                | Self::Unsupported(_)
                | Self::Packed(_)
                | Self::Expands(_)
                | Self::Broken
                | Self::Truncated
                | Self::Cut(_)
                | Self::Damaged(_)
                | Self::Encrypted
        );
        let code = if is_unread { "unreadable" } else { "image" };
        let message = match self {
            Self::Size { is_sure: true, .. } => {
                format!("the image `{name}` is not as it says that it is: {self}")
            }
            _ => format!("not all of the image `{name}` was looked through: {self}"),
        };
        let message = match message.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", message.get(..end).unwrap_or_default()),
            None => message,
        };
        let diagnostic = match self {
            Self::Size { is_sure: true, .. } => return Diagnostic::warning(code, name, message),
            // Nothing is there that could have been looked through.
            Self::Absent(_) | Self::Foreign => Diagnostic::note(code, name, message),
            _ => Diagnostic::error(code, name, message),
        };
        diagnostic.help(self.help())
    }

    /// What to do; may be empty.
    fn help(&self) -> &'static str {
        match self {
            Self::NoImage => {
                "give an archive that `docker save` or `podman save` wrote, or an OCI layout as a directory or an archive"
            }
            Self::Truncated | Self::Cut(_) | Self::Damaged(_) => {
                "what is in front of that was looked through: save or copy the archive anew, to its end"
            }
            Self::Digest(_) | Self::Size { .. } | Self::Difference(_) | Self::Count(..) => ANEW,
            Self::Broken | Self::Behind => {
                "what is in front of that was looked through: save or pull the image anew"
            }
            Self::Encrypted => "decrypt the image first",
            Self::Unsupported(_) => REPACK,
            Self::Packed(_) => "decompress the archive first",
            Self::Expands(_) => {
                "hardly anything but what is meant to fill a disk does so: find out where the image comes from, and leave it alone"
            }
            Self::NoArchive => {
                "it was looked through as one text: see that the image is one that programs can run"
            }
            Self::Foreign => {
                "look through the image that the layer comes from, if its maker is not one whom you trust"
            }
            Self::Absent(_) => "save or pull that one too, if it is used",
            Self::Missing(..) | Self::Irregular(_) => "save or pull the image anew, with all its parts",
            Self::Document(_) | Self::Deep(_) | Self::TooLarge(_) => {
                "save the image anew: no program writes such a document for one"
            }
            Self::Many(_) | Self::Crowded => "what comes first was looked through: give fewer images at once",
            Self::Attributes => "no file system keeps as many: find out what wrote the archive",
            Self::Read(_) => "",
        }
    }
}

impl From<io::Error> for Trouble {
    /// Says what an error means, without quoting the input.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::FileTooLarge => Self::Expands(error.to_string().into()),
            io::ErrorKind::Unsupported => Self::Unsupported(error.to_string().into()),
            io::ErrorKind::UnexpectedEof => Self::Truncated,
            // What decoders say.
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Self::Broken,
            kind => Self::Read(kind.to_string().into()),
        }
    }
}

//! What goes to standard output.

use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};

use crate::failure::Failure;

/// Prints a text.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    write(|out, _| out.write_all(text.as_bytes()))
}

/// Lets something be written, which is told whether a terminal shows it.
pub(crate) fn write(write: impl FnOnce(&mut dyn Write, bool) -> io::Result<()>) -> Result<(), Failure> {
    let out = io::stdout();
    let terminal = out.is_terminal();
    let mut out = BufWriter::new(out.lock());
    written(write(&mut out, terminal).and_then(|()| out.flush()))
}

/// What it means how writing ended. Whoever reads may stop reading: that is no failure, and changes no exit status.
pub(crate) fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::StandardOutput(error)),
        _ => Ok(()),
    }
}

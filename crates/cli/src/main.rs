//! The command `iamrail`.

mod args;
mod catalogue;
mod check;
mod disk;
mod environment_files;
mod exception_files;
mod exempt;
mod failure;
mod history;
mod image;
mod init;
mod input;
mod output;
mod paths;
mod repository;
mod review;
mod revision;
mod session;
mod settings;
mod show;
mod simulate;
mod tracked;
mod version;
mod walk;

use std::borrow::Cow;
use std::io::Write;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches};

use args::{Cli, Command};
use check::Outcome;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    quiet_panics();
    let matches = match Cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => wrong_arguments(error),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => wrong_arguments(error),
    };
    let Some(command) = &cli.command else {
        return ExitCode::from(print(&version::version(cli.verbose)));
    };
    let result = match command {
        Command::Check(args) => {
            let matches = matches.subcommand_matches("check").unwrap_or(&matches);
            check::destinations(args, matches).and_then(|to| check::check(args, &to)).map(Outcome::status)
        }
        Command::Show(args) => show::show(args).map(|complete| if complete { 0 } else { 3 }),
        Command::Init(args) => init::init(args).map(|complete| if complete { 0 } else { 3 }),
        Command::Review(args) => review::review(args).map(|complete| if complete { 0 } else { 3 }),
        Command::Simulate(args) => simulate::simulate(args).map(|decided| if decided { 0 } else { 3 }),
        Command::Exceptions(args) => exempt::run(&args.command).map(Outcome::status),
        Command::Explain(args) => catalogue::explain(&args.rule).map(print),
        Command::Rules(args) if args.coverage => Ok(print(&catalogue::coverage())),
        Command::Rules(_) => Ok(print(&catalogue::rules())),
    };
    match result {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            complain(&failure.to_string());
            ExitCode::from(2)
        }
    }
}

/// Says what is wrong with the arguments, or gives the help that they ask for, and ends. An argument may be a credential in a wrong
/// place, and what was meant as the value of a variable may be any secret.
fn wrong_arguments(mut error: clap::Error) -> ! {
    if error.kind() == ErrorKind::ValueValidation {
        error.insert(ContextKind::InvalidValue, ContextValue::String("****".to_owned()));
    }
    let text = error.render().to_string();
    if matches!(output::redacted(&text), Cow::Borrowed(_)) {
        error.exit();
    }
    complain(&text);
    std::process::exit(error.exit_code());
}

/// Prints a text; whoever reads may stop reading.
fn print(text: &str) -> u8 {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    0
}

/// A panic is caught where it can be and becomes a diagnostic. Its message may quote the input, secrets included: only
/// the place in the program is told.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if let Some(at) = panic.location() {
            complain(&format!("internal error at {at}"));
        }
    }));
}

#[expect(clippy::print_stderr, reason = "this is where the command speaks to people about itself")]
fn complain(message: &str) {
    for line in output::redacted(message).lines() {
        eprintln!("{}", output::neutral(line));
    }
}

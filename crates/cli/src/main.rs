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
mod standard_output;
mod tracked;
mod version;
mod walk;

use std::borrow::Cow;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, CommandFactory, FromArgMatches};

use args::{Cli, Command};
use check::Outcome;
use failure::Failure;
use standard_output::print;

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
        return ended(print(&version::version(cli.verbose)).map(|()| 0));
    };
    ended(run(command, &matches))
}

/// Runs a command; its exit status is the result.
fn run(command: &Command, matches: &ArgMatches) -> Result<u8, Failure> {
    match command {
        Command::Check(args) => {
            let matches = matches.subcommand_matches("check").unwrap_or(matches);
            check::destinations(args, matches).and_then(|to| check::check(args, &to)).map(Outcome::status)
        }
        Command::Show(args) => show::show(args).map(|complete| if complete { 0 } else { 3 }),
        Command::Init(args) => init::init(args).map(|complete| if complete { 0 } else { 3 }),
        Command::Review(args) => review::review(args).map(|complete| if complete { 0 } else { 3 }),
        Command::Simulate(args) => simulate::simulate(args).map(|decided| if decided { 0 } else { 3 }),
        Command::Exceptions(args) => exempt::run(&args.command).map(Outcome::status),
        Command::Explain(args) => catalogue::explain(&args.rule).and_then(print).map(|()| 0),
        Command::Rules(args) if args.coverage => print(&catalogue::coverage()).map(|()| 0),
        Command::Rules(_) => print(&catalogue::rules()).map(|()| 0),
    }
}

fn ended(result: Result<u8, Failure>) -> ExitCode {
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
    if !error.use_stderr() {
        let status =
            standard_output::written(error.print()).map_err(|failure| complain(&failure.to_string()));
        std::process::exit(if status.is_ok() { error.exit_code() } else { 2 });
    }
    if matches!(output::redacted(&text), Cow::Borrowed(_)) {
        error.exit();
    }
    complain(&text);
    std::process::exit(error.exit_code());
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

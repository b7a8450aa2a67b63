//! Makes a checker of what the command line and the configuration say.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use iamrail::core::check::Checker;
use iamrail::core::options::Options;
use iamrail::core::report::Diagnostic;
use iamrail::core::source::{FileError, MemoryFiles, SourceFile, Sources};
use iamrail::{cloudformation, terraform};

use crate::args::{Flavor, InputArgs, Syntax};
use crate::disk::reason;
use crate::environment_files::{self, Given};
use crate::exception_files::Finder;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::Human;
use crate::paths::Paths;
use crate::repository::Repository;
use crate::walk::slashed;

/// What a configuration is called.
pub(crate) const CONFIGURATION: &str = "iamrail.yaml";

/// The checker for a run over `first` and other paths.
pub(crate) fn checker(
    args: &InputArgs,
    first: &Path,
    input: &Input,
    paths: &Paths,
) -> Result<Checker, Failure> {
    let root = input.root.as_deref();
    let configuration = match (&args.config, first.canonicalize()) {
        (Some(named), _) => Some(named.clone()),
        (None, Ok(first)) => find_configuration(&first)?,
        (None, Err(_)) => None,
    };
    let read = |path: &Path| options(path, input, paths, args.max_file_size);
    let mut options = configuration.as_deref().map(read).transpose()?.unwrap_or_default();
    let now = || jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let today = args.today.unwrap_or_else(now);
    options.today = Some(today);
    if let Some(diagnostic) = reviewed_later(&options, today) {
        return Err(Failure::Configuration(Human::alone(&input.sources, &diagnostic, paths)));
    }
    let configuration = configuration.as_deref();
    let given = environment_files::find(args, configuration, input, paths)?;
    let mut terraform = terraform::Terraform::new(variables(args, root)?);
    let mut cloudformation = cloudformation::CloudFormation::new(parameters(args)?);
    for Given { name, variables, parameters } in given.each {
        terraform = terraform.with_environment(Arc::clone(&name), variables);
        cloudformation = cloudformation.with_environment(name, parameters);
    }
    let checker = iamrail::checker_of(options, terraform, cloudformation);
    let checker = checker.with_environments(given.environments);
    let finder = Finder { args, configuration, first, input, paths };
    let exceptions = finder.find(&checker)?;
    Ok(checker.with_exceptions(exceptions))
}

/// The options of a configuration file, whose text becomes one of the run: findings may point into it.
fn options(path: &Path, input: &Input, paths: &Paths, limit: u64) -> Result<Options, Failure> {
    let bytes = governing(path, input.root.as_deref(), limit).map_err(|error| {
        Failure::Configuration(format!("error: cannot read `{}`: {error}", path.display()))
    })?;
    let canonical = path.canonicalize().ok();
    let root = input.root.as_deref();
    let below = canonical.and_then(|path| slashed(path.strip_prefix(root?).ok()?));
    let name = below.unwrap_or_else(|| path.to_string_lossy().into_owned());
    let refused = |error: FileError| Failure::Configuration(format!("error: `{name}`: {error}"));
    let file = input.sources.adopt(&name, bytes).map_err(refused)?;
    iamrail::config::parse(&file)
        .map_err(|diagnostic| Failure::Configuration(Human::alone(&input.sources, &diagnostic, paths)))
}

/// The bytes of a configuration. Nothing of a file elsewhere is read, and so shown, because a link of the repository leads to it.
fn governing(path: &Path, root: Option<&Path>, limit: u64) -> Result<Vec<u8>, FileError> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let dir = dir.canonicalize().map_err(|error| reason(&error))?;
    let target = path.canonicalize().map_err(|error| reason(&error))?;
    let bound = root.filter(|root| dir.starts_with(root)).unwrap_or(&dir);
    if !target.starts_with(bound) {
        return Err(FileError::OutsideRoot);
    }
    let metadata = std::fs::metadata(&target).map_err(|error| reason(&error))?;
    match metadata.len() {
        _ if !metadata.is_file() => Err(FileError::NotAFile),
        size if size > limit => Err(FileError::TooLarge { size, limit }),
        _ => std::fs::read(&target).map_err(|error| reason(&error)),
    }
}

/// What is wrong with the day of the last review of a configuration: it is still to come.
fn reviewed_later(options: &Options, today: jiff::civil::Date) -> Option<Diagnostic> {
    let configuration = options.configuration.as_ref()?;
    let (day, span) = configuration.reviewed.filter(|(day, _)| *day > today)?;
    let message = format!("the configuration was reviewed on `{day}`, which is still to come");
    let diagnostic = Diagnostic::error("configuration", Arc::clone(&configuration.path), message).at(span);
    Some(diagnostic.help("write the day of the last review, not that of the next one"))
}

/// The configuration that holds for a path: in its directory or the nearest one above, up to the repository it is in. Whatever
/// has its name is it, so that none is passed over because it cannot be read.
///
/// # Errors
/// There is a file of almost that name: whoever wrote it means it to count.
pub(crate) fn find_configuration(path: &Path) -> Result<Option<PathBuf>, Failure> {
    for dir in path.ancestors() {
        let candidate = dir.join(CONFIGURATION);
        if candidate.symlink_metadata().is_ok() {
            return Ok(Some(candidate));
        }
        let almost = dir.join("iamrail.yml");
        if almost.symlink_metadata().is_ok() {
            let almost = almost.display();
            return Err(Failure::Usage(format!(
                "`{almost}` is not read: a configuration is called `{CONFIGURATION}`"
            )));
        }
        if Repository::has_work_tree(dir) {
            return Ok(None);
        }
    }
    Ok(None)
}

fn variables(args: &InputArgs, root: Option<&Path>) -> Result<terraform::Options, Failure> {
    let mut options = terraform::Options::default();
    options.variables.clone_from(&args.var);
    options.workspace.clone_from(&args.workspace);
    options.flavor = args.flavor.map(|flavor| match flavor {
        Flavor::Terraform => terraform::Flavor::Terraform,
        Flavor::OpenTofu => terraform::Flavor::OpenTofu,
    });
    options.syntax = match args.syntax {
        Syntax::Needed => terraform::Syntax::Needed,
        Syntax::All => terraform::Syntax::All,
    };
    for path in &args.var_file {
        let Some(root) = root else {
            return Err(Failure::Usage("`--var-file` cannot be used with standard input".to_owned()));
        };
        options.var_files.push(within(path, root)?);
    }
    if let (Some(source), Some(root)) = (&args.source, root) {
        options.source = Some(within(source, root)?);
    }
    Ok(options)
}

/// A path as seen from the root of the run.
fn within(path: &Path, root: &Path) -> Result<String, Failure> {
    let canonical = path.canonicalize().map_err(|error| Failure::Path(path.to_owned(), error))?;
    let relative = canonical.strip_prefix(root).ok().and_then(slashed);
    relative.ok_or_else(|| Failure::OutsideRoot(path.to_owned(), root.to_owned()))
}

fn parameters(args: &InputArgs) -> Result<cloudformation::Options, Failure> {
    let mut options = cloudformation::Options::default();
    for given in &args.parameters {
        match given.split_once('=') {
            Some((name, value)) if !Path::new(given).exists() => {
                options.parameters.push((name.to_owned(), value.into()));
            }
            _ => {
                let read = |file: &_| cloudformation::parameters(file, None);
                options.parameters.extend(with_file(Path::new(given), read)?);
            }
        }
    }
    Ok(options)
}

/// Reads a file that the user names, with the diagnostics shown as those of the input are.
fn with_file<T>(
    path: &Path,
    read: impl FnOnce(&Arc<SourceFile>) -> Result<T, Vec<Diagnostic>>,
) -> Result<T, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::Path(path.to_owned(), error))?;
    let name = path.to_string_lossy();
    let sources = Sources::new(MemoryFiles::default());
    let refused = |error: FileError| Failure::Configuration(format!("error: `{name}`: {error}"));
    let file = sources.adopt(&name, bytes).map_err(refused)?;
    read(&file).map_err(|diagnostics| {
        let shown: Vec<_> =
            diagnostics.iter().map(|one| Human::alone(&sources, one, &Paths::default())).collect();
        Failure::Configuration(shown.join("\n\n"))
    })
}

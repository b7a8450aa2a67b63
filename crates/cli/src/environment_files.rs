//! What the environments of a run give: the values in the configuration, and the files that it names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use iamrail::cloudformation::{self, Parameters};
use iamrail::core::check::{Environment as Checked, Environments, PathPatterns};
use iamrail::core::exceptions::Written;
use iamrail::core::report::Diagnostic;
use iamrail::core::source::{FileError, Files, SourceFile};
use iamrail::core::suggest::closest;
use iamrail::environments::{Environment, parse};
use iamrail::terraform;

use crate::args::InputArgs;
use crate::disk::{DiskFiles, reason};
use crate::failure::Failure;
use crate::input::Input;
use crate::output::Human;
use crate::paths::Paths;
use crate::walk::slashed;

/// The environments of a run.
#[derive(Default)]
pub(crate) struct Configured {
    pub(crate) environments: Environments,
    /// What each of those that are checked gives.
    pub(crate) each: Vec<Given>,
}

/// What an environment gives.
pub(crate) struct Given {
    pub(crate) name: Arc<str>,
    pub(crate) variables: terraform::Environment,
    pub(crate) parameters: Parameters,
}

/// Reads the environments of a configuration that are checked.
pub(crate) fn find(
    args: &InputArgs,
    configuration: Option<&Path>,
    input: &Input,
    paths: &Paths,
) -> Result<Configured, Failure> {
    let Some(configuration) = configuration else { return none(args, "there is no iamrail.yaml") };
    let unreadable = |error| Failure::Path(configuration.to_owned(), error);
    let bytes = std::fs::read(configuration).map_err(unreadable)?;
    // Most configurations have none, and need not be kept.
    if !bytes.windows(KEY.len()).any(|part| part == KEY.as_bytes()) {
        return none(args, "the configuration has no `environments`");
    }
    let canonical = configuration.canonicalize().map_err(unreadable)?;
    let root = input.root.as_deref();
    let name = root.and_then(|root| slashed(canonical.strip_prefix(root).ok()?));
    let name = name.unwrap_or_else(|| configuration.to_string_lossy().into_owned());
    let refused = |error: FileError| Failure::Configuration(format!("error: `{name}`: {error}"));
    let file = input.sources.adopt(&name, bytes).map_err(refused)?;
    let dir = canonical.parent().unwrap_or(Path::new("/")).to_owned();
    let finder = Finder { args, input, paths, file: &file, dir };
    let environments = parse(&file).map_err(|wrong| finder.refuse(&wrong))?;
    if environments.is_empty() {
        return none(args, "the configuration has no `environments`");
    }
    finder.configured(environments)
}

/// The key of the configuration.
const KEY: &str = "environments";

/// No environments, unless some are asked for.
fn none(args: &InputArgs, why: &str) -> Result<Configured, Failure> {
    match args.environment.first() {
        Some(name) => Err(Failure::Usage(format!("there is no environment `{name}`: {why}"))),
        None => Ok(Configured::default()),
    }
}

struct Finder<'f> {
    args: &'f InputArgs,
    input: &'f Input,
    paths: &'f Paths,
    /// The configuration.
    file: &'f Arc<SourceFile>,
    /// Its directory, canonical.
    dir: PathBuf,
}

impl Finder<'_> {
    fn configured(&self, environments: Vec<Environment>) -> Result<Configured, Failure> {
        for name in &self.args.environment {
            self.known(name, &environments)?;
        }
        let mut all = Vec::new();
        let mut each = Vec::new();
        for environment in &environments {
            let name = &environment.name.text;
            let mut checked = Checked::new(Arc::clone(name));
            checked.span = Some(environment.name.span);
            checked.paths = environment.paths.as_deref().map_or(Ok(None), |paths| self.patterns(paths))?;
            checked.is_checked =
                self.args.environment.is_empty() || self.args.environment.iter().any(|one| **one == **name);
            if checked.is_checked {
                each.push(self.given(environment)?);
            }
            all.push(checked);
        }
        Ok(Configured { environments: Environments::new(all), each })
    }

    fn known(&self, name: &str, environments: &[Environment]) -> Result<(), Failure> {
        let names = || environments.iter().map(|one| &*one.name.text);
        if names().any(|known| known == name) {
            return Ok(());
        }
        let help = match closest(name, names()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!(
                "there are {}",
                names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            ),
        };
        let path = self.paths.show(self.file.path());
        Err(Failure::Usage(format!("there is no environment `{name}` in `{path}`; {help}")))
    }

    fn refuse(&self, wrong: &[Diagnostic]) -> Failure {
        let shown = wrong.iter().map(|one| Human::alone(&self.input.sources, one, self.paths));
        Failure::Configuration(shown.collect::<Vec<_>>().join("\n\n"))
    }

    fn refuse_at(&self, written: &Written, message: impl Into<String>, help: &str) -> Failure {
        let diagnostic = Diagnostic::error("configuration", Arc::clone(self.file.path()), message);
        self.refuse(&[diagnostic.at(written.span).help(help)])
    }

    /// The patterns of the units of an environment. Standard input is in no directory: whoever names the environment says that it
    /// belongs there.
    fn patterns(&self, written: &[Written]) -> Result<Option<PathPatterns>, Failure> {
        let texts = || written.iter().map(|one| &*one.text);
        let Some(root) = &self.input.root else {
            let is_named = !self.args.environment.is_empty();
            return Ok((!is_named).then(|| PathPatterns::below("", [""; 0])));
        };
        if let Some(below) = self.dir.strip_prefix(root).ok().and_then(slashed) {
            return Ok(Some(PathPatterns::below(&below, texts())));
        }
        if let Some(above) = root.strip_prefix(&self.dir).ok().and_then(slashed) {
            return Ok(Some(PathPatterns::above(&above, texts())));
        }
        match written.first() {
            Some(first) => Err(self.refuse_at(
                first,
                "patterns of paths count from the directory of this file, and what is checked is elsewhere",
                "move the configuration to the code, or leave `paths` out",
            )),
            None => Ok(Some(PathPatterns::below("", texts()))),
        }
    }

    fn given(&self, environment: &Environment) -> Result<Given, Failure> {
        let mut variables = terraform::Environment::default();
        // Standard input is no directory, and has no use for them.
        for written in environment.var_files.iter().filter(|_| self.input.root.is_some()) {
            let path = self.path(written).map_err(|error| self.unreadable(written, &error))?;
            self.input.sources.load(&path).map_err(|error| self.unreadable(written, &error))?;
            variables.var_files.push(path);
        }
        let names = environment.variables.iter().map(|(name, _)| (Arc::clone(&name.text), name.span));
        variables.places = names.collect();
        let values =
            environment.variables.iter().map(|(name, value)| (Arc::clone(&name.text), value.clone()));
        variables.variables = values.collect();
        variables.workspace = environment.workspace.as_ref().map(|workspace| workspace.text.to_string());
        let mut parameters = Parameters::new();
        for written in &environment.parameter_files {
            let file = self.parameter_file(written).map_err(|error| self.unreadable(written, &error))?;
            let name = Some(&*environment.name.text);
            let given = cloudformation::parameters(&file, name).map_err(|wrong| self.refuse(&wrong))?;
            parameters.extend(given);
        }
        let values = environment.parameters.iter();
        parameters.extend(values.map(|(name, value)| (name.text.to_string(), value.as_str().into())));
        Ok(Given { name: Arc::clone(&environment.name.text), variables, parameters })
    }

    /// A file that the configuration names, as seen from the root of the run.
    fn path(&self, written: &Written) -> Result<String, FileError> {
        let canonical = self.dir.join(&*written.text).canonicalize().map_err(|error| reason(&error))?;
        let root = self.input.root.as_deref().unwrap_or(&self.dir);
        canonical.strip_prefix(root).ok().and_then(slashed).ok_or(FileError::OutsideRoot)
    }

    /// A file of parameters. With standard input, it stands below the directory of the configuration.
    fn parameter_file(&self, written: &Written) -> Result<Arc<SourceFile>, FileError> {
        let path = self.path(written)?;
        if self.input.root.is_some() {
            return self.input.sources.load(&path);
        }
        let bytes = DiskFiles::new(self.dir.clone(), self.args.max_file_size).read(&path)?;
        self.input.sources.adopt(&self.dir.join(path).to_string_lossy(), bytes)
    }

    fn unreadable(&self, written: &Written, error: &FileError) -> Failure {
        let help = match error {
            FileError::NotFound => "paths count from the directory of this file",
            FileError::OutsideRoot => {
                "move the file into the repository, or start the check further up with `--root`"
            }
            FileError::NotAFile => "name the file itself",
            FileError::NotText { .. } => "save the file as UTF-8",
            _ => "",
        };
        self.refuse_at(written, format!("`{}` cannot be read: {error}", written.text), help)
    }
}

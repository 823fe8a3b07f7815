//! `tidegate init`: a first configuration that is valid as it stands. Works without a server.

use super::session::Session;
use crate::context::FOLDER;
use crate::exit::{Exit, Failure};
use crate::output::when::Zone;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tidegate_config::{Files, InitAnswers, Severity, init_template, load};
use tidegate_core::id::BadName;

/// File that is written.
const FILE: &str = "tidegate.yaml";

/// Write a first configuration: one commented file, and a schema for editors
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder to write to
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Services, in the order of their ports
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    services: Vec<String>,
    /// Environments in order; the last one is production
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    environments: Vec<String>,
    /// Team that owns the services
    #[arg(long, value_name = "TEAM")]
    owner: Option<String>,
    /// Name of the company or project
    #[arg(long, value_name = "NAME")]
    company: Option<String>,
}

/// Ask, write, check, say what comes next.
pub fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let path = args.folder.join(FILE);
    if path.exists() {
        return Err(
            Failure::usage(format!("{} is there already", path.display()))
                .help("change it and run `tidegate validate`, or name another folder"),
        );
    }
    let answers = answers(args, session)?;
    let text = init_template(&answers);
    refuse_invalid(&text)?;
    fs::create_dir_all(&args.folder).map_err(|e| trouble(&args.folder, &e))?;
    write_new(&path, &text)?;
    let schema = args.folder.join(FOLDER).join("schema.json");
    fs::create_dir_all(args.folder.join(FOLDER)).map_err(|e| trouble(&schema, &e))?;
    fs::write(&schema, format!("{:#}\n", tidegate_config::schema()))
        .map_err(|e| trouble(&schema, &e))?;
    session.out.line(&format!("wrote {}", path.display()))?;
    session.out.line(&format!(
        "wrote {} (completion and checks in your editor)",
        schema.display()
    ))?;
    session
        .out
        .hint("next: set `run.command`, then `tidegate validate` and `tidegate up`");
    Ok(Exit::Done)
}

fn answers(args: &Args, session: &Session) -> Result<InitAnswers, Failure> {
    let defaults = InitAnswers::example().map_err(bad_name)?;
    let list =
        |given: &[String], question: &str, default: String| -> Result<Vec<String>, Failure> {
            if !given.is_empty() {
                return Ok(given.to_vec());
            }
            let answer = session.answer(question, &default)?;
            Ok(answer
                .split([',', ' '])
                .filter(|s| !s.is_empty())
                .map(str::to_owned)
                .collect())
        };
    let names = |ids: Vec<String>| ids.join(", ");
    let services = list(
        &args.services,
        "Services?",
        names(defaults.services.iter().map(ToString::to_string).collect()),
    )?;
    let environments = list(
        &args.environments,
        "Environments, in order; the last one is production?",
        names(
            defaults
                .environments
                .iter()
                .map(ToString::to_string)
                .collect(),
        ),
    )?;
    let owner = match &args.owner {
        Some(owner) => owner.clone(),
        None => session.answer("Which team owns them?", defaults.owner.as_str())?,
    };
    let zone = match &session.globals.zone {
        Some(zone) => zone.clone(),
        None => session.answer("Time zone of your rules?", session.out.look.zone.name())?,
    };
    let zone = Zone::named(&zone).map_err(Failure::usage)?;
    Ok(InitAnswers {
        company: args.company.clone().unwrap_or(defaults.company),
        zone: zone.name().to_owned(),
        owner: owner.parse().map_err(bad_name)?,
        services: services
            .iter()
            .map(|s| s.parse())
            .collect::<Result<_, _>>()
            .map_err(bad_name)?,
        environments: environments
            .iter()
            .map(|s| s.parse())
            .collect::<Result<_, _>>()
            .map_err(bad_name)?,
    })
}

/// What is written must load; answers that contradict each other (an environment twice) are told as they stand.
fn refuse_invalid(text: &str) -> Result<(), Failure> {
    let loaded = load(&Files::of([(FILE, text)]));
    match loaded
        .diagnostics
        .iter()
        .find(|d| d.severity == Severity::Error)
    {
        Some(problem) => Err(Failure::usage(format!(
            "these answers make no valid configuration: {}",
            problem.message
        ))),
        None => Ok(()),
    }
}

fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|e| trouble(path, &e))?;
    file.write_all(text.as_bytes())
        .map_err(|e| trouble(path, &e))
}

fn trouble(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        Exit::Failed,
        format!("{} cannot be written: {error}", path.display()),
    )
}

fn bad_name(bad: BadName) -> Failure {
    Failure::usage(bad.to_string())
}

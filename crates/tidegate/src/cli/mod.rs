//! The command line: one file for each noun or verb, one enum of all of them.
//!
//! A command reads its arguments, asks the API, renders the answer and ends with an exit code. It decides nothing that the
//! server could decide, so that every other client of the API can do the same.

mod admin;
mod agents;
mod apply;
mod approvals;
mod approve;
mod artifact;
mod audit;
mod board;
mod calendar;
mod change;
mod changes;
mod ci;
mod class_path;
mod completion;
mod config;
mod decision;
mod delegate;
mod deploy;
mod doctor;
mod drift;
mod entry;
mod env;
mod event;
mod evidence;
mod exception;
mod explain;
mod follow;
mod freeze;
mod globals;
mod init;
mod login;
mod login_provider;
mod maintenance;
mod notes;
mod notify;
mod pages;
mod permission;
mod plan;
mod promote;
mod prompt;
mod proposal;
mod queue;
mod ready;
mod reference;
mod release;
mod risk;
mod rollback;
mod schema;
mod scope;
mod service;
mod session;
mod signing;
mod simulate;
mod status;
mod steer;
mod third_party;
mod timing;
mod token;
mod train;
mod train_text;
pub mod tree;
mod usage;
mod user;
mod validate;
mod version;
mod whereabouts;
mod why;
mod window;

pub use globals::Globals;
pub use session::Session;

use crate::exit::{Exit, Failure};
use crate::output::Format;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use std::ffi::OsString;
use std::process::ExitCode;

/// Release and deployment control: whether, when, where and how a release goes out, and back.
#[derive(Debug, Parser)]
#[command(
    name = "tidegate",
    version,
    max_term_width = 110,
    subcommand_required = true,
    arg_required_else_help = true
)]
#[command(after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// Everything this binary is.
#[derive(Debug, Subcommand)]
enum Command {
    /// The tour: a company on this machine, every claim checked
    Demo(crate::demo::DemoArgs),
    #[command(flatten)]
    Role(crate::role::Role),
    #[command(flatten)]
    Verb(Verb),
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done                                 7  conflict: changed, or locked
  1  failed                               8  rejected by a person
  2  differences exist                   64  usage
  3  blocked: no, or not yet             65  configuration invalid
  4  sign-in needed, or not allowed     130  interrupted or detached
  5  failed and rolled back
  6  timed out waiting; work goes on";

/// Everything the command line can do through the API or without a server.
#[derive(Debug, Subcommand)]
enum Verb {
    Init(init::Args),
    Validate(validate::Args),
    Schema(schema::Args),
    Explain(explain::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Config(config::Args),
    Artifact(artifact::Args),
    Release(release::Args),
    Deploy(deploy::Args),
    Promote(promote::Args),
    Rollback(rollback::Args),
    Pause(steer::Pause),
    Resume(steer::Resume),
    Advance(steer::Advance),
    Abort(steer::Abort),
    Status(status::Args),
    Approve(approve::Approve),
    Reject(approve::Reject),
    Approvals(approvals::Args),
    Delegate(delegate::Args),
    Change(changes::Args),
    Board(board::Args),
    Decision(decision::Args),
    Why(why::Args),
    Risk(risk::Args),
    Simulate(simulate::Args),
    Where(whereabouts::Args),
    Service(service::Args),
    Env(env::Args),
    Drift(drift::Args),
    Freeze(freeze::Args),
    Exception(exception::Args),
    Queue(queue::Args),
    Notify(notify::Args),
    Calendar(calendar::Args),
    Maintenance(maintenance::Args),
    Vendor(third_party::Vendors),
    Legacy(third_party::Constraints),
    Train(train::Args),
    Window(window::Args),
    Audit(audit::Args),
    Evidence(evidence::Args),
    Login(login::Login),
    Logout(login::Logout),
    Whoami(login::WhoAmIArgs),
    Role(permission::Args),
    Token(token::Args),
    User(user::Args),
    Event(event::Args),
    Doctor(doctor::Args),
    Agent(agents::Args),
    Admin(admin::Args),
    Completion(completion::Args),
    Version(version::Args),
}

/// Run a command line.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = Cli::command()
        .try_get_matches_from(arguments)
        .and_then(|m| Cli::from_arg_matches(&m));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Nothing can be done when the terminal is gone.
            let _ = error.print();
            let exit = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            };
            return exit.into();
        }
    };
    match start(cli) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if !failure.message.is_empty() {
                eprintln!("{failure}");
            }
            failure.exit.into()
        }
    }
}

fn start(cli: Cli) -> Result<Exit, Failure> {
    // Roles bring their own runtime and need no server to talk to.
    let verb = match cli.command {
        Command::Role(role) => return role.run(),
        Command::Demo(args) => return crate::demo::run(&args),
        Command::Verb(Verb::Agent(args)) => match args.verb {
            agents::Verb::Run(args) => return crate::role::run_agent(args),
            verb => Verb::Agent(agents::Args { verb }),
        },
        Command::Verb(verb) => verb,
    };
    let mut session = Session::new(cli.globals)?;
    if session.out.format == Some(Format::Sarif) && !matches!(verb, Verb::Validate(_)) {
        return Err(Failure::usage("only `tidegate validate` writes SARIF").help("use -o json"));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::new(Exit::Failed, format!("the network cannot be used: {e}")))?;
    runtime.block_on(async {
        let ended = run(verb, &mut session).await;
        ended.map_err(|failure| why::attach(failure, &session))
    })
}

async fn run(verb: Verb, session: &mut Session) -> Result<Exit, Failure> {
    if !matches!(verb, Verb::Init(_)) {
        session.settle_zone().await?;
    }
    let session = &*session;
    match verb {
        Verb::Init(args) => init::run(&args, session),
        Verb::Validate(args) => validate::run(&args, session),
        Verb::Schema(args) => schema::run(&args, session),
        Verb::Explain(args) => explain::run(&args, session),
        Verb::Plan(args) => plan::run(&args, session).await,
        Verb::Apply(args) => apply::run(&args, session).await,
        Verb::Config(args) => config::run(&args, session).await,
        Verb::Artifact(args) => artifact::run(&args, session).await,
        Verb::Release(args) => release::run(&args, session).await,
        Verb::Deploy(args) => deploy::run(&args, session).await,
        Verb::Promote(args) => promote::run(&args, session).await,
        Verb::Rollback(args) => rollback::run(&args, session).await,
        Verb::Pause(args) => steer::pause(&args, session).await,
        Verb::Resume(args) => steer::resume(&args, session).await,
        Verb::Advance(args) => steer::advance(&args, session).await,
        Verb::Abort(args) => steer::abort(&args, session).await,
        Verb::Status(args) => status::run(&args, session).await,
        Verb::Approve(args) => approve::approve(&args, session).await,
        Verb::Reject(args) => approve::reject(&args, session).await,
        Verb::Approvals(args) => approvals::run(&args, session).await,
        Verb::Delegate(args) => delegate::run(&args, session).await,
        Verb::Change(args) => changes::run(&args, session).await,
        Verb::Board(args) => board::run(&args, session).await,
        Verb::Decision(args) => decision::run(&args, session).await,
        Verb::Why(args) => why::run(&args, session).await,
        Verb::Risk(args) => risk::run(&args, session).await,
        Verb::Simulate(args) => simulate::run(&args, session).await,
        Verb::Where(args) => whereabouts::run(&args, session).await,
        Verb::Service(args) => service::run(&args, session).await,
        Verb::Env(args) => env::run(&args, session).await,
        Verb::Drift(args) => drift::run(&args, session).await,
        Verb::Queue(args) => queue::run(&args, session).await,
        Verb::Notify(args) => notify::run(&args, session).await,
        Verb::Calendar(args) => calendar::run(&args, session).await,
        Verb::Maintenance(args) => maintenance::run(&args, session).await,
        Verb::Vendor(args) => third_party::vendors(&args, session).await,
        Verb::Legacy(args) => third_party::legacy(&args, session).await,
        Verb::Train(args) => train::run(&args, session).await,
        Verb::Freeze(args) => freeze::run(&args, session).await,
        Verb::Exception(args) => exception::run(&args, session).await,
        Verb::Window(args) => window::run(&args, session).await,
        Verb::Audit(args) => audit::run(&args, session).await,
        Verb::Evidence(args) => evidence::run(&args, session).await,
        Verb::Login(args) => login::login(&args, session).await,
        Verb::Logout(args) => login::logout(&args, session).await,
        Verb::Whoami(args) => login::whoami(&args, session).await,
        Verb::Role(args) => permission::run(&args, session).await,
        Verb::Token(args) => token::run(&args, session).await,
        Verb::User(args) => user::run(&args, session).await,
        Verb::Event(args) => event::run(&args, session).await,
        Verb::Agent(args) => agents::run(&args, session).await,
        Verb::Admin(args) => admin::run(&args, session).await,
        Verb::Doctor(args) => doctor::run(&args, session).await,
        Verb::Completion(args) => completion::run(&args, session),
        Verb::Version(args) => version::run(&args, session).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn the_definition_of_the_command_line_holds_together() {
        Cli::command().debug_assert();
    }

    /// The page of the reference is the help itself, so that neither can be wrong alone.
    #[test]
    fn help_of_every_command_is_the_page_of_the_reference() {
        let mut root = Cli::command().term_width(100);
        root.build();
        let mut text = PAGE.to_owned();
        helps(&mut root, true, &mut text);
        let file = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap())
            .join("../../docs/reference/command-line.md");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        let first = kept
            .lines()
            .zip(text.lines())
            .position(|(kept, new)| kept != new);
        assert!(
            kept == text,
            "the command line differs from docs/reference/command-line.md, first in line {:?}; read the new help aloud, then run this test with UPDATE=1",
            first.map(|n| n + 1)
        );
    }

    const PAGE: &str = "# Command line\n\nWhat `tidegate help` says of every command. \
        [Exit codes](exit-codes.md), [diagnostic codes](diagnostic-codes.md).\n";

    /// Options everywhere are shown once; what the environment of this test holds is not shown.
    fn helps(command: &mut clap::Command, first: bool, text: &mut String) {
        let name = command.get_bin_name().unwrap_or("tidegate").to_owned();
        let mut shown = command.clone().mut_args(|arg| {
            let everywhere = arg.is_global_set();
            arg.hide_env_values(true).hide(everywhere && !first)
        });
        let help = shown.render_help().to_string();
        let lines: String = help
            .trim_end()
            .lines()
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect();
        text.push_str(&format!("\n## {name}\n\n```text\n{lines}```\n"));
        for sub in command
            .get_subcommands_mut()
            .filter(|sub| sub.get_name() != "help" && !sub.is_hide_set())
        {
            helps(sub, false, text);
        }
    }
}

//! Benchmarks: builds in release, runs the program that measures, passes its rows through.
//!
//! Nothing is measured here. The rows are in `crates/tidegate/examples/bench`, `crates/router/examples/bench`,
//! `crates/core/examples/calendar` and `crates/ledger/examples/ledger-bench.rs`; figures never pass or fail a build.

mod example;
mod peers;
mod router;

use anyhow::{Context, Result};
use cargo_metadata::{MetadataCommand, camino::Utf8PathBuf};
use clap::{Args, ValueEnum};
use std::process::{Command, Stdio};

/// What to measure.
#[derive(Debug, Clone, Args)]
pub struct BenchArgs {
    /// Row
    #[arg(value_enum)]
    row: Row,
    /// Debug build, to try a row out; its figures mean nothing
    #[arg(long)]
    debug: bool,
    /// Options of the row, after `--`; `cargo xtask bench step -- --help` lists them
    #[arg(last = true)]
    options: Vec<String>,
}

/// The rows there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Row {
    /// End of a step until the next one is leased
    Step,
    /// Total failure of a canary until its last bad answer
    Rollback,
    /// SIGKILL of the server until the next step is leased
    Resume,
    /// Five-step deployments a second
    Deployments,
    /// Cost of a request through the router beside HAProxy
    Router,
    /// Steps and five-step deployments beside Restate and DBOS; installs these below the target folder
    Orchestration,
    /// Every gate and policy of a deployment, and who may ask for it
    Decision,
    /// Memory, processor time and start of an idle server
    Idle,
    /// Start, memory and idle processor time after very many finished deployments
    History,
    /// Memory and processor time of very many rollouts that are held and judged each second
    Held,
    /// A quarter ahead of time, beside the quarter before
    Forecast,
    /// Next slots and a year of releases, beside python-dateutil
    Calendar,
    /// Durable entries a second on both databases, and entries verified a second
    Ledger,
    /// All of them, one after another
    All,
}

impl Row {
    const ALL: [Self; 12] = [
        Self::Step,
        Self::Rollback,
        Self::Resume,
        Self::Deployments,
        Self::Router,
        Self::Decision,
        Self::Idle,
        Self::History,
        Self::Held,
        Self::Forecast,
        Self::Calendar,
        Self::Ledger,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Rollback => "rollback",
            Self::Resume => "resume",
            Self::Deployments => "deployments",
            Self::Router => "router",
            Self::Orchestration => "orchestration",
            Self::Decision => "decision",
            Self::Idle => "idle",
            Self::History => "history",
            Self::Held => "held",
            Self::Forecast => "forecast",
            Self::Calendar => "calendar",
            Self::Ledger => "ledger",
            Self::All => "all",
        }
    }
}

/// Where built programs and findings are.
struct Place {
    /// Folder of the build profile.
    programs: Utf8PathBuf,
    /// Folder of the JSON files.
    out: Utf8PathBuf,
    debug: bool,
}

/// Measure. True when every row ran to its end, whatever its figures.
///
/// # Errors
/// Cargo or a program cannot be started.
pub fn command(args: &BenchArgs) -> Result<bool> {
    let target = MetadataCommand::new()
        .no_deps()
        .exec()
        .context("asking cargo where it builds")?
        .target_directory;
    let place = Place {
        programs: target.join(if args.debug { "debug" } else { "release" }),
        out: target.join("bench"),
        debug: args.debug,
    };
    let rows = match args.row {
        Row::All => Row::ALL.to_vec(),
        row => vec![row],
    };
    let mut good = true;
    for row in rows {
        good &= match row {
            Row::Router => router::run(&place, &args.options)?,
            Row::Calendar => {
                let program = ("tidegate-core", "calendar");
                example::run(&place, "calendar", program, &args.options)?
            }
            Row::Ledger => {
                let program = ("tidegate-ledger", "ledger-bench");
                example::run(&place, "ledger", program, &args.options)?
            }
            Row::Orchestration => {
                let peers = peers::install(target.as_std_path())?;
                let mut options = vec!["--peers".to_owned(), peers.display().to_string()];
                options.extend(args.options.iter().cloned());
                whole(&place, row, &options)?
            }
            row => whole(&place, row, &args.options)?,
        };
    }
    Ok(good)
}

/// A row over the whole binary.
fn whole(place: &Place, row: Row, options: &[String]) -> Result<bool> {
    let what = [
        "-p",
        "tidegate",
        "--bin",
        "tidegate",
        "--example",
        "tidegate-bench",
    ];
    if !build(place, &what)? {
        return Ok(false);
    }
    let status = Command::new(place.programs.join("examples").join("tidegate-bench"))
        .arg(row.as_str())
        .arg("--program")
        .arg(place.programs.join("tidegate"))
        .arg("--out")
        .arg(&place.out)
        .args(options)
        .stdin(Stdio::null())
        .status()
        .context("starting the bench")?;
    Ok(status.success())
}

fn build(place: &Place, what: &[&str]) -> Result<bool> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--quiet"]).args(what);
    if !place.debug {
        cargo.arg("--release");
    }
    println!("==> cargo build {}", what.join(" "));
    let status = cargo.stdin(Stdio::null()).status();
    Ok(status.context("starting `cargo build`")?.success())
}

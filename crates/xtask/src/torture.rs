//! Deaths of real processes: finds the points in the source, builds the program with them, and runs the program that kills.
//! That is `crates/tidegate/examples/torture`.

use anyhow::{Context, Result, bail};
use cargo_metadata::MetadataCommand;
use clap::Args;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How a point is written.
const CALL: &str = "kill_point(\"";

/// Points that are passed only where a defence is switched off.
const ONLY_MUTATED: [&str; 1] = ["server.ledger.between"];

/// How many, and where the ledger is.
#[derive(Debug, Clone, Args)]
pub struct TortureArgs {
    /// How many deaths
    #[arg(long, default_value_t = 100)]
    kills: u32,
    /// The seed that the choices are drawn from
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// End after this many seconds, however many deaths there were by then
    #[arg(long, default_value_t = 3_600)]
    seconds: u64,
    /// Where the ledger is: `sqlite` or `postgres`
    #[arg(long, default_value = "sqlite")]
    store: String,
    /// Only the points whose names begin like this, and only those who die there
    #[arg(long, value_name = "PREFIX")]
    points: Option<String>,
    /// A point that nobody passes is a violation
    #[arg(long)]
    every_point: bool,
    /// Switch each defence off, one at a time: each must be noticed within the kills
    #[arg(long, conflicts_with_all = ["points", "every_point"])]
    mutations: bool,
    /// Let server and agent stand still past their lease, and fill their disks, instead of killing
    #[arg(long, conflicts_with_all = ["points", "every_point", "mutations"])]
    faults: bool,
    /// What happens around the processes instead: lost-answers, takeover, failover, versions, crowd, links, power-loss or forgotten
    #[arg(long, value_name = "ROW", conflicts_with_all = ["points", "every_point", "mutations", "faults"])]
    row: Option<String>,
    /// Trials of a row; each has a number of its own
    #[arg(long, requires = "row")]
    trials: Option<u32>,
    /// A defence that is switched off in a row, to see that it is missed
    #[arg(long, requires = "row", value_name = "DEFENCE")]
    off: Vec<String>,
    /// List the points, and kill nobody
    #[arg(long)]
    list: bool,
}

/// What each run of CI does: each point in turn, for a minute at most.
///
/// # Errors
/// Cargo or the program cannot be started.
pub fn short() -> Result<bool> {
    command(&TortureArgs {
        kills: 60,
        from: 1,
        seconds: 60,
        store: "sqlite".to_owned(),
        points: None,
        every_point: false,
        mutations: false,
        faults: false,
        row: None,
        trials: None,
        off: Vec::new(),
        list: false,
    })
}

/// Kill. True when nothing happened that must never happen.
///
/// # Errors
/// Cargo or the program cannot be started.
pub fn command(args: &TortureArgs) -> Result<bool> {
    let metadata = MetadataCommand::new().no_deps().exec();
    let metadata = metadata.context("asking cargo where it builds")?;
    let mut points = points(metadata.workspace_root.as_std_path())?;
    if let Some(prefix) = &args.points {
        points.retain(|point| point.starts_with(prefix));
    }
    if args.list || points.is_empty() {
        points.iter().for_each(|point| println!("{point}"));
        return Ok(args.list);
    }
    let Some(built) = build(metadata.target_directory.as_std_path())? else {
        return Ok(false);
    };
    let mut command = Command::new(&built.torture);
    let from = args.from.to_string();
    if let Some(row) = &args.row {
        command.args(["row", row, "--store", &args.store]);
        if let Some(trials) = args.trials {
            command.args(["--trials", &trials.to_string()]);
        }
        for defence in &args.off {
            command.args(["--off", defence]);
        }
    } else if args.mutations {
        command.args(["mutations", "--kills", &args.kills.to_string()]);
    } else if args.faults {
        command.args(["faults", "--store", &args.store]);
    } else {
        points.retain(|point| !ONLY_MUTATED.contains(&point.as_str()));
        let points: Vec<String> = points.into_iter().collect();
        command
            .args(["kills", "--kills", &args.kills.to_string()])
            .args(["--seconds", &args.seconds.to_string()])
            .args(["--store", &args.store, "--points", &points.join(",")]);
        if args.every_point {
            command.arg("--every-point");
        }
    }
    command
        .args(["--from", &from, "--program"])
        .arg(&built.program)
        .stdin(Stdio::null());
    let status = command.status();
    Ok(status.context("starting the program that kills")?.success())
}

/// What was built.
struct Built {
    program: PathBuf,
    torture: PathBuf,
}

/// Build with the points, and keep the binary aside: the next build without them takes its place.
fn build(target: &Path) -> Result<Option<Built>> {
    let mut cargo = Command::new("cargo");
    // The whole workspace, so that third-party crates are built with the features they have in the tests.
    cargo.args(["build", "--locked", "--quiet", "--workspace"]);
    cargo.args(["--features", "tidegate/torture", "--bin", "tidegate"]);
    cargo.args(["--example", "tidegate-torture"]);
    let built = cargo.stdin(Stdio::null()).status();
    if !built.context("starting `cargo build`")?.success() {
        return Ok(None);
    }
    let debug = target.join("debug");
    let program = target.join("torture").join("tidegate");
    std::fs::create_dir_all(target.join("torture"))?;
    let beside = program.with_extension("new");
    std::fs::copy(debug.join("tidegate"), &beside).context("keeping the binary aside")?;
    std::fs::rename(&beside, &program)?;
    let torture = debug.join("examples").join("tidegate-torture");
    Ok(Some(Built { program, torture }))
}

/// The points in the source of the product, each of which stands there once.
fn points(root: &Path) -> Result<BTreeSet<String>> {
    let mut points = BTreeSet::new();
    for folder in std::fs::read_dir(root.join("crates"))? {
        let folder = folder?.path();
        if !folder.ends_with("xtask") && !folder.ends_with("faults") {
            collect(&folder.join("src"), &mut points)?;
        }
    }
    Ok(points)
}

fn collect(folder: &Path, points: &mut BTreeSet<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, points)?;
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path)?;
            for point in named(&text) {
                if !points.insert(point.to_owned()) {
                    bail!(
                        "the point {point} stands in the source twice, the second time in {}",
                        path.display()
                    );
                }
            }
        }
    }
    Ok(())
}

fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split(CALL)
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('"')?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_found_in_the_source_by_their_names() {
        let text = "kill_point(\"agent.a\");\nx\n  kill_point(\"server.b\");";
        assert_eq!(named(text).collect::<Vec<_>>(), ["agent.a", "server.b"]);
    }

    #[test]
    fn every_point_begins_with_the_process_that_dies_there_and_stands_once() {
        let own = std::env::var("CARGO_MANIFEST_DIR").unwrap();
        let points = points(&Path::new(&own).join("../..")).unwrap();
        assert!(points.len() > 40, "{points:?}");
        let strange = points.iter().filter(|point| {
            !["server.", "agent.", "router."]
                .iter()
                .any(|role| point.starts_with(role))
        });
        assert_eq!(strange.collect::<Vec<_>>(), Vec::<&String>::new());
    }
}

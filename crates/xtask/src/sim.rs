//! Trials by seed: builds the program that runs them and passes its lines through. The trials are in `crates/sim/src/trial`.

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;
use clap::Args;
use std::process::{Command, Stdio};

/// Which trials.
#[derive(Debug, Clone, Args)]
pub struct SimArgs {
    /// How many
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Switch each defence off, one at a time: each must be noticed within the seeds
    #[arg(long)]
    mutations: bool,
    /// Switch off only this one: fence, epoch, replies, records, sync, audit
    #[arg(long, value_name = "NAME", conflicts_with = "mutations")]
    mutation: Option<String>,
    /// Debug build: slower by a factor of twenty, and built by `cargo test` already
    #[arg(long)]
    debug: bool,
}

/// Run them. True when nothing happened that must never happen, or, with mutations, when each was noticed.
///
/// # Errors
/// Cargo or the program cannot be started.
pub fn command(args: &SimArgs) -> Result<bool> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--quiet", "-p", "tidegate-sim"]);
    cargo.args(["--example", "trials"]);
    if !args.debug {
        cargo.arg("--release");
    }
    let built = cargo.stdin(Stdio::null()).status();
    if !built.context("starting `cargo build`")?.success() {
        return Ok(false);
    }
    let metadata = MetadataCommand::new().no_deps().exec();
    let target = metadata
        .context("asking cargo where it builds")?
        .target_directory;
    let profile = if args.debug { "debug" } else { "release" };
    let what = match (&args.mutation, args.mutations) {
        (Some(name), _) => name.as_str(),
        (None, true) => "mutations",
        (None, false) => "all",
    };
    let program = target.join(profile).join("examples").join("trials");
    let status = Command::new(program)
        .args([args.from.to_string(), args.seeds.to_string()])
        .arg(what)
        .stdin(Stdio::null())
        .status();
    Ok(status.context("starting the trials")?.success())
}

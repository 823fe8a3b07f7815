//! Peers that rows are run beside, from their own packages, below the target folder. Never in CI: they are installed by whoever asks
//! for such a row.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Packages of the JavaScript registry.
const NODE: [&str; 2] = ["@restatedev/restate-server", "@restatedev/restate-sdk"];
/// Packages of the Python registry.
const PYTHON: [&str; 2] = ["dbos", "psycopg[binary]"];

/// Install what is missing. A peer that cannot be had is left out, with a line that says so.
///
/// # Errors
/// The folder cannot be made.
pub fn install(target: &Path) -> Result<PathBuf> {
    let folder = target.join("peers");
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    if !folder
        .join("node_modules/@restatedev/restate-server")
        .exists()
    {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-fund", "--no-audit", "--prefix"]);
        run("Restate", npm.arg(&folder).args(NODE));
    }
    if !folder.join("venv/bin/dbos").exists() {
        let venv = folder.join("venv");
        let mut made = Command::new("python3");
        if run("DBOS", made.args(["-m", "venv"]).arg(&venv)) {
            let mut pip = Command::new(venv.join("bin/pip"));
            run("DBOS", pip.args(["install", "--quiet"]).args(PYTHON));
        }
    }
    Ok(folder)
}

fn run(peer: &str, command: &mut Command) -> bool {
    let status = command.stdin(Stdio::null()).status();
    let good = status.is_ok_and(|status| status.success());
    if !good {
        eprintln!("{peer} cannot be installed: {command:?}");
    }
    good
}

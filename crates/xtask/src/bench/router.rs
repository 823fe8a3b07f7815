//! The router's own comparison: its lines are passed through and kept as JSON.

use super::{Place, build};
use anyhow::{Context, Result};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Run the comparison with HAProxy, when that is installed.
///
/// # Errors
/// Cargo or the comparison cannot be started, or the file cannot be written.
pub fn run(place: &Place, options: &[String]) -> Result<bool> {
    let what = [
        "-p",
        "tidegate-router",
        "--example",
        "bench",
        "--example",
        "router",
    ];
    if !build(place, &what)? {
        return Ok(false);
    }
    let mut child = Command::new(place.programs.join("examples").join("bench"))
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting the router's comparison")?;
    let mut lines = Vec::new();
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines().map_while(std::io::Result::ok) {
            println!("router: {line}");
            lines.push(line);
        }
    }
    let good = child
        .wait()
        .context("waiting for the comparison")?
        .success();
    let ratio = lines.iter().find(|line| line.starts_with("ratio"));
    let document =
        serde_json::json!({ "row": "router", "completed": good, "ratio": ratio, "lines": lines });
    std::fs::create_dir_all(&place.out)?;
    let path = place.out.join("router.json");
    std::fs::write(&path, serde_json::to_string_pretty(&document)?)
        .with_context(|| path.to_string())?;
    println!("router: written {path}");
    Ok(good)
}

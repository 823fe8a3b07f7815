//! Rows that are the example program of one crate: their lines are passed through and kept as JSON.

use super::{Place, build};
use anyhow::{Context, Result};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Build and run the example of a package for a row.
///
/// # Errors
/// Cargo or the example cannot be started, or the file cannot be written.
pub fn run(
    place: &Place,
    row: &str,
    (package, example): (&str, &str),
    options: &[String],
) -> Result<bool> {
    if !build(place, &["-p", package, "--example", example])? {
        return Ok(false);
    }
    let mut child = Command::new(place.programs.join("examples").join(example))
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {example}"))?;
    let mut lines = Vec::new();
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines().map_while(std::io::Result::ok) {
            println!("{row}: {line}");
            lines.push(line);
        }
    }
    let status = child
        .wait()
        .with_context(|| format!("waiting for {example}"))?;
    let good = status.success();
    let ratios: Vec<&String> = lines.iter().filter(|l| l.starts_with("ratio")).collect();
    let document =
        serde_json::json!({ "row": row, "completed": good, "ratios": ratios, "lines": lines });
    std::fs::create_dir_all(&place.out)?;
    let path = place.out.join(format!("{row}.json"));
    std::fs::write(&path, serde_json::to_string_pretty(&document)?)
        .with_context(|| path.to_string())?;
    println!("{row}: written {path}");
    Ok(good)
}

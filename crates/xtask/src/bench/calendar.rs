//! The calendar's own comparison: its lines are passed through and kept as JSON.

use super::{Place, build};
use anyhow::{Context, Result};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Ask the calendar, beside python-dateutil when a Python has it (`-- --python <path>`).
///
/// # Errors
/// Cargo or the comparison cannot be started, or the file cannot be written.
pub fn run(place: &Place, options: &[String]) -> Result<bool> {
    if !build(place, &["-p", "tidegate-core", "--example", "calendar"])? {
        return Ok(false);
    }
    let mut child = Command::new(place.programs.join("examples").join("calendar"))
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting the calendar's comparison")?;
    let mut lines = Vec::new();
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines().map_while(std::io::Result::ok) {
            println!("calendar: {line}");
            lines.push(line);
        }
    }
    let status = child.wait().context("waiting for the comparison")?;
    let good = status.success();
    let ratios: Vec<&String> = lines.iter().filter(|l| l.starts_with("ratio")).collect();
    let document = serde_json::json!({ "row": "calendar", "completed": good, "ratios": ratios, "lines": lines });
    std::fs::create_dir_all(&place.out)?;
    let path = place.out.join("calendar.json");
    std::fs::write(&path, serde_json::to_string_pretty(&document)?)
        .with_context(|| path.to_string())?;
    println!("calendar: written {path}");
    Ok(good)
}

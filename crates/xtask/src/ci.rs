//! Everything CI runs, in order, debug builds only. The first step that fails ends the run.
//!
//! The last line is `N passed, N failed`, counted from the test runners' own summaries; a run without one test fails.

mod count;

use crate::{tidy, torture};
use anyhow::{Context, Result};
use count::Count;
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs all steps; true when everything passed.
///
/// # Errors
/// When a step cannot be started at all.
pub fn command() -> Result<bool> {
    let checks: [&[&str]; 2] = [
        &["fmt", "--all", "--check"],
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
    ];
    if !cargo(checks[0])? || !announced("cargo xtask tidy", tidy::command)? || !cargo(checks[1])? {
        println!("0 passed, 1 failed");
        return Ok(false);
    }
    let mut count = Count::default();
    for arguments in test_steps() {
        if !cargo_tests(&arguments, &mut count)? {
            // A runner that failed without a failing test (for example a build error) counts as one.
            count.failed = count.failed.max(1);
            break;
        }
    }
    if count.passed + count.failed == 0 {
        eprintln!("error: no test was run");
    }
    if count.failed == 0 && !announced("cargo xtask torture --short", torture::short)? {
        count.failed = 1;
    }
    println!("{} passed, {} failed", count.passed, count.failed);
    Ok(count.failed == 0 && count.passed > 0)
}

/// Doc tests last. Without nextest the plain runner does the same work, more slowly.
fn test_steps() -> [Vec<&'static str>; 2] {
    let nextest = Command::new("cargo")
        .args(["nextest", "--version"])
        .output()
        .is_ok_and(|output| output.status.success());
    let colour = if std::io::stderr().is_terminal() {
        "always"
    } else {
        "never"
    };
    let run = match nextest {
        true => vec![
            "nextest",
            "run",
            "--profile",
            "ci",
            "--workspace",
            "--locked",
            "--color",
            colour,
        ],
        false => vec![
            "test",
            "--workspace",
            "--locked",
            "--color",
            colour,
            "--lib",
            "--bins",
            "--tests",
            "--examples",
        ],
    };
    [
        run,
        vec![
            "test",
            "--workspace",
            "--locked",
            "--color",
            colour,
            "--doc",
        ],
    ]
}

/// Runs cargo with its output passed through.
fn cargo(arguments: &[&str]) -> Result<bool> {
    announced(&format!("cargo {}", arguments.join(" ")), || {
        let status = Command::new("cargo")
            .args(arguments)
            .stdin(Stdio::null())
            .status();
        Ok(status
            .with_context(|| format!("starting `cargo {}`", arguments[0]))?
            .success())
    })
}

/// Runs cargo with its output passed through line by line and the tests in it counted.
fn cargo_tests(arguments: &[&str], count: &mut Count) -> Result<bool> {
    announced(&format!("cargo {}", arguments.join(" ")), || {
        let mut child = Command::new("cargo")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting `cargo {}`", arguments[0]))?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        std::thread::scope(|scope| {
            let out = scope.spawn(move || pass_on(out, |line| println!("{line}")));
            *count += pass_on(err, |line| eprintln!("{line}"));
            *count += out.join().unwrap_or_default();
        });
        Ok(child.wait().context("waiting for the tests")?.success())
    })
}

/// Shows each line as it comes and counts the tests named in summaries.
fn pass_on(stream: Option<impl Read>, show: impl Fn(&str)) -> Count {
    let mut count = Count::default();
    let Some(stream) = stream else { return count };
    for line in BufReader::new(stream)
        .split(b'\n')
        .map_while(std::io::Result::ok)
    {
        let line = String::from_utf8_lossy(&line);
        show(&line);
        count += Count::in_line(&line);
    }
    count
}

/// Prints what runs before, and how long it took after.
fn announced(what: &str, run: impl FnOnce() -> Result<bool>) -> Result<bool> {
    println!("==> {what}");
    let started = Instant::now();
    let good = run()?;
    println!(
        "==> {what}: {} in {:.1} s",
        if good { "ok" } else { "FAILED" },
        started.elapsed().as_secs_f64()
    );
    Ok(good)
}

//! The tour is the acceptance test: real processes, real traffic, every claim checked.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn every_claim_of_the_tour_holds() {
    let out = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["demo", "--fast"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stdout);
    let err = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{text}\n{err}");
    assert!(text.contains("9 of 9 claims held"), "{text}");
}

/// Processes whose command line names the folder, the tour itself left out.
fn running_in(folder: &str) -> Vec<String> {
    let all = std::fs::read_dir("/proc").expect("the list of processes");
    let all = all.flatten();
    let lines = all.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    let texts = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    texts.filter(|text| text.contains(folder)).collect()
}

#[test]
fn a_tour_that_is_told_to_end_takes_everything_along() {
    let folder = tempfile::tempdir().unwrap();
    let mut tour = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["demo", "--fast", "--scenario", "good-release"])
        .env("TMPDIR", folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(tour.stdout.take().unwrap());
    let mut lines = out.lines().map_while(Result::ok);
    let begun = lines.find(|line| line.contains("1/1"));
    let shown = folder.path().display().to_string();
    let before = running_in(&shown);
    let told = Command::new("kill").arg(tour.id().to_string()).status();
    assert!(told.unwrap().success());
    drop(lines.by_ref().last());
    let code = tour.wait().unwrap().code();
    assert!(begun.is_some(), "the first scene began");
    assert!(before.len() > 3, "{before:#?}");
    assert_eq!(code, Some(130));
    assert_eq!(running_in(&shown), Vec::<String>::new());
}

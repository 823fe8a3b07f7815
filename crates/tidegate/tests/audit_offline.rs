//! An export of the ledger is checked without any server: one changed byte is found and named.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tidegate_core::batch::NewEntry;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_ledger::{MemoryStore, Store as _};

fn verify(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["audit", "verify"])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// An export of a ledger with `entries` entries.
fn export(entries: u64) -> Vec<u8> {
    let store = MemoryStore::new();
    let stream = StreamId::new(StreamKind::Environment, "dev");
    let now = "2026-11-21T13:02:05Z".parse().unwrap();
    store
        .write(&mut |tx| {
            for rev in 1..=entries {
                let entry = NewEntry {
                    stream: stream.clone(),
                    rev,
                    kind: "environment.held/1".to_owned(),
                    actor: "rita".to_owned(),
                    cause: format!("cmd-{rev}"),
                    body: format!(r#"{{"because":"change {rev}","by":"rita"}}"#),
                };
                tx.append(&entry, now)?;
            }
            Ok(())
        })
        .unwrap();
    let mut out = Vec::new();
    store
        .read(&mut |rows| tidegate_ledger::export::export(rows, &mut out).map(drop))
        .unwrap();
    out
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_good_export_is_valid_and_its_head_can_be_compared() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ledger.jsonl"), export(40)).unwrap();
    let done = verify(folder.path(), &["ledger.jsonl"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(
        text(&done.stdout).starts_with("VALID  40 entries in 1 streams"),
        "{}",
        text(&done.stdout)
    );
    let json = verify(folder.path(), &["ledger.jsonl", "-o", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let head = value["head"].as_str().unwrap();
    assert_eq!(
        verify(folder.path(), &["ledger.jsonl", "--head", head])
            .status
            .code(),
        Some(0)
    );
    let other = format!("sha256:{}", "0".repeat(64));
    let differs = verify(folder.path(), &["ledger.jsonl", "--head", &other]);
    assert_eq!(differs.status.code(), Some(1));
    assert!(
        text(&differs.stderr).contains("the chain ends with"),
        "{}",
        text(&differs.stderr)
    );
}

#[test]
fn one_changed_byte_is_found_and_its_entry_named() {
    let folder = tempfile::tempdir().unwrap();
    let changed = text(&export(40)).replace("change 17", "change 71");
    fs::write(folder.path().join("ledger.jsonl"), changed).unwrap();
    let done = verify(folder.path(), &["ledger.jsonl"]);
    assert_eq!(done.status.code(), Some(1));
    assert!(
        text(&done.stderr)
            .contains("INVALID at entry 17: its body is not the one that was written"),
        "{}",
        text(&done.stderr)
    );
}

#[test]
fn a_missing_entry_and_a_cut_file_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let whole = text(&export(40));
    let lines: Vec<_> = whole.lines().collect();
    let without: Vec<_> = lines
        .iter()
        .enumerate()
        .filter(|(n, _)| *n != 9)
        .map(|(_, line)| *line)
        .collect();
    fs::write(
        folder.path().join("missing.jsonl"),
        without.join("\n") + "\n",
    )
    .unwrap();
    let missing = verify(folder.path(), &["missing.jsonl"]);
    assert!(
        text(&missing.stderr).contains("INVALID at entry 9: is missing"),
        "{}",
        text(&missing.stderr)
    );
    fs::write(
        folder.path().join("cut.jsonl"),
        lines[..30].join("\n") + "\n",
    )
    .unwrap();
    let cut = verify(folder.path(), &["cut.jsonl"]);
    assert_eq!(cut.status.code(), Some(1));
    assert!(
        text(&cut.stderr).contains("INVALID"),
        "{}",
        text(&cut.stderr)
    );
    let nowhere = verify(folder.path(), &["nowhere.jsonl"]);
    assert_eq!(nowhere.status.code(), Some(64));
}

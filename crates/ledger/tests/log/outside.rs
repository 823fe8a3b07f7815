//! A verifier written from the public specifications alone, in another language, judges our proofs.

use crate::world::{append, key, seal};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use tidegate_core::digest::Digest;
use tidegate_ledger::tree::{prove_entry, prove_growth};
use tidegate_ledger::{Entry, MemoryStore, Store};

fn texts(proof: &[Digest]) -> Vec<String> {
    proof.iter().map(ToString::to_string).collect()
}

fn exact(e: &Entry) -> Value {
    json!({
        "seq": e.seq, "at": e.at, "stream": e.stream, "rev": e.rev, "kind": e.kind, "actor": e.actor,
        "cause": e.cause, "body": e.body, "bodyHash": e.body_hash.to_string(), "hash": e.hash.to_string(),
    })
}

/// `None` without Python.
fn judged(documents: &Value) -> Option<Result<(), String>> {
    let folder = std::env::var("CARGO_MANIFEST_DIR").expect("run by cargo");
    let child = Command::new("python3")
        .arg(Path::new(&folder).join("tests/log/outside.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        eprintln!("skipped: python3 is not installed");
        return None;
    };
    let text = documents.to_string();
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(text.as_bytes())
        .expect("read by it");
    let output = child.wait_with_output().expect("ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(if output.status.success() {
        Ok(())
    } else {
        Err(said)
    })
}

#[test]
fn an_outside_verifier_accepts_our_proofs_and_refuses_changed_ones() {
    let store: Box<dyn Store> = Box::new(MemoryStore::new());
    let key = key(1);
    let keys = vec![key.verifier().to_owned()];
    let mut notes = Vec::new();
    for more in [1, 2, 60, 193, 1, 130] {
        append(&*store, more);
        notes.push(seal(&*store, &key));
    }
    let newest = notes.last().expect("sealed").clone();
    let documents = store.read_with(|rows| {
        let mut documents = Vec::new();
        for seq in [1, 2, 3, 64, 255, 256, 257, 300, newest.size] {
            let entry = rows.entries(seq, 1)?.remove(0);
            let proof = prove_entry(rows, seq, newest.size)?;
            documents.push(json!({ "entry": exact(&entry), "inclusion": texts(&proof), "checkpoint": newest.note, "keys": keys }));
        }
        for earlier in &notes {
            let proof = prove_growth(rows, earlier.size, newest.size)?;
            documents.push(json!({ "from": earlier.note, "to": newest.note, "consistency": texts(&proof), "keys": keys }));
        }
        Ok(documents)
    });
    let documents = documents.expect("proved");
    let Some(good) = judged(&json!(documents)) else {
        return;
    };
    assert_eq!(good, Ok(()));

    let wrong = |index: usize, pointer: &str, value: Value| {
        let mut document = documents[index].clone();
        *document.pointer_mut(pointer).expect("there") = value;
        judged(&json!([document])).expect("python runs")
    };
    let other_note = notes[2].note.clone();
    assert!(wrong(4, "/entry/actor", json!("eve")).is_err());
    assert!(wrong(4, "/entry/body", json!("{}")).is_err());
    assert!(wrong(4, "/entry/seq", json!(254)).is_err());
    assert!(wrong(4, "/inclusion/0", json!(Digest::of(b"x").to_string())).is_err());
    assert!(wrong(4, "/checkpoint", json!(other_note)).is_err());
    assert!(wrong(4, "/keys/0", json!(crate::world::key(2).verifier())).is_err());
    assert!(wrong(10, "/consistency/0", json!(Digest::of(b"x").to_string())).is_err());
    assert!(wrong(10, "/from", json!(other_note)).is_err());
}

//! Published cases: proofs of RFC 6962, signed notes of C2SP.

use serde_json::Value;
use std::path::Path;
use tidegate_core::digest::Digest;
use tidegate_ledger::seal::open_note;
use tidegate_ledger::tree::{shows_entry, shows_growth};

fn cases(name: &str) -> Option<Value> {
    let crate_folder = std::env::var("CARGO_MANIFEST_DIR").expect("run by cargo");
    let file = Path::new(&crate_folder)
        .join("../../../shared/conformance/audit")
        .join(name);
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("skipped: the published cases are not beside this project ({name})");
        return None;
    };
    Some(serde_json::from_str(&text).expect("JSON"))
}

fn digest(base64: &Value) -> Option<Digest> {
    let mut bytes = Vec::new();
    let mut bits = (0_u32, 0);
    for letter in base64.as_str()?.trim_end_matches('=').bytes() {
        let six = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
            .iter()
            .position(|b| *b == letter)?;
        bits = (bits.0 << 6 | u32::try_from(six).ok()?, bits.1 + 6);
        if bits.1 >= 8 {
            bits.1 -= 8;
            bytes.push((bits.0 >> bits.1 & 0xff) as u8);
        }
    }
    Some(Digest::from_bytes(bytes.try_into().ok()?))
}

/// A root of the cases; some are a few words where only sameness counts.
fn root(base64: &Value) -> Digest {
    digest(base64).unwrap_or_else(|| Digest::of(base64.to_string().as_bytes()))
}

/// `None` when one of them is no hash at all.
fn proof(case: &Value) -> Option<Vec<Digest>> {
    case["proof"].as_array().map_or(Some(Vec::new()), |hashes| {
        hashes.iter().map(digest).collect()
    })
}

#[test]
fn the_published_inclusion_proofs_are_judged_as_published() {
    let Some(all) = cases("merkle_cases.json") else {
        return;
    };
    let list = all["inclusion"].as_array().expect("cases");
    for case in list {
        let number = |name: &str| case[name].as_u64().expect("a number");
        let good = (|| {
            let (root, leaf) = (digest(&case["root"])?, digest(&case["leafHash"])?);
            Some(shows_entry(
                &proof(case)?,
                number("treeSize"),
                &root,
                number("leafIdx").checked_add(1)?,
                &leaf,
            ))
        })();
        assert_eq!(
            good != Some(true),
            case["wantErr"].as_bool().expect("a verdict"),
            "{} {}",
            case["file"],
            case["desc"]
        );
    }
    assert_eq!(list.len(), 98);
}

#[test]
fn the_published_consistency_proofs_are_judged_as_published() {
    let Some(all) = cases("merkle_cases.json") else {
        return;
    };
    let list = all["consistency"].as_array().expect("cases");
    for case in list {
        let number = |name: &str| case[name].as_u64().expect("a number");
        let good = (|| {
            let (from, to) = (root(&case["root1"]), root(&case["root2"]));
            Some(shows_growth(
                &proof(case)?,
                (number("size1"), &from),
                (number("size2"), &to),
            ))
        })();
        assert_eq!(
            good != Some(true),
            case["wantErr"].as_bool().expect("a verdict"),
            "{} {}",
            case["file"],
            case["desc"]
        );
    }
    assert_eq!(list.len(), 98);
}

#[test]
fn the_published_signed_notes_are_judged_as_published() {
    let Some(all) = cases("signed_note_cases.json") else {
        return;
    };
    for case in all["cases"].as_array().expect("cases") {
        let texts = |name: &str| -> Vec<String> {
            let list = case[name].as_array().cloned().unwrap_or_default();
            list.iter()
                .filter_map(|v| v.as_str().map(str::to_owned))
                .collect()
        };
        // A note that is no text at all cannot even be given.
        let Some(note) = case["note"].as_str() else {
            assert_eq!(case["name"], "invalid UTF-8 (prefix byte 0xff)");
            continue;
        };
        let opened = open_note(note, &texts("keys"));
        match case["expect"].as_str() {
            Some("ok") => {
                let (_, by) = opened.unwrap_or_else(|e| panic!("{}: {e}", case["name"]));
                let names: Vec<String> = by
                    .iter()
                    .filter_map(|key| key.split('+').next().map(str::to_owned))
                    .collect();
                assert_eq!(names, texts("verified"), "{}", case["name"]);
            }
            other => assert!(opened.is_err(), "{}: wanted {other:?}", case["name"]),
        }
    }
    for bad in all["bad_verifier_keys"].as_array().expect("keys") {
        let key = bad.as_str().expect("a key").to_owned();
        let note = all["signed"].as_str().expect("a note");
        assert!(open_note(note, &[key]).is_err(), "{bad}");
    }
}

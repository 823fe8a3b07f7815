//! A bundle that is not what was signed, or whose entries contradict each other.

use crate::world::{DEPLOYMENT, World, rezip, unzip};
use serde_json::json;
use tidegate_evidence::{Material, check};
use tidegate_ledger::seal::SealKey;

#[test]
fn one_changed_byte_is_found_in_every_file_and_the_file_is_named() {
    let world = World::released();
    let files = unzip(&world.bundle());
    assert!(files.len() >= 12, "{:?}", files.keys());
    for (name, bytes) in &files {
        for place in [0, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = files.clone();
            changed.get_mut(name).unwrap()[place] ^= 1;
            let wrong = check(&rezip(&changed), &[]).unwrap_err();
            let by_key = check(&rezip(&changed), &[world.key.verifier().to_owned()]).unwrap_err();
            assert_eq!(&by_key.part, name, "byte {place}: {by_key}");
            // Without a key from elsewhere the list of contents is what the signature is read with.
            let named =
                wrong.part == *name || (name == "manifest.json" && wrong.part == "manifest.sig");
            assert!(named, "byte {place} of {name}: {wrong}");
        }
    }
}

#[test]
fn every_byte_of_the_signature_counts() {
    let world = World::released();
    let files = unzip(&world.bundle());
    for place in 0..files["manifest.sig"].len() {
        let mut changed = files.clone();
        changed.get_mut("manifest.sig").unwrap()[place] ^= 1;
        let result = check(&rezip(&changed), &[world.key.verifier().to_owned()]);
        assert!(
            result.is_err(),
            "byte {place} of the signature means nothing"
        );
    }
}

#[test]
fn a_file_that_is_missing_or_was_added_is_named() {
    let world = World::released();
    let files = unzip(&world.bundle());
    for name in files.keys() {
        let mut fewer = files.clone();
        fewer.remove(name);
        assert_eq!(&check(&rezip(&fewer), &[]).unwrap_err().part, name);
    }
    let mut more = files.clone();
    more.insert("configuration-9.json".to_owned(), b"{}".to_vec());
    let wrong = check(&rezip(&more), &[]).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "configuration-9.json is not in the list of contents"
    );
}

/// Even whoever signs cannot leave out an entry in the middle, take one from another place, or change one.
#[test]
fn an_entry_that_was_removed_added_or_changed_is_found_even_under_a_good_signature() {
    let world = World::released();
    let good = world.material();
    let told = |material: &Material| check(&world.signed(material), &[]).unwrap_err().to_string();

    let mut fewer = good.clone();
    let gone = fewer
        .entries
        .iter()
        .position(|p| p.entry.kind == "deployment.gates_passed/1")
        .unwrap();
    fewer.entries.remove(gone);
    let text = told(&fewer);
    assert!(text.contains("revision 2 is missing"), "{text}");

    let mut other = World::released();
    other.other("9.9.9");
    let mut more = other.material();
    let sealed = other.sealed();
    other.store_read(&mut |rows| {
        let entry = rows.entries(sealed.size, 1)?.pop().unwrap();
        let inclusion = tidegate_ledger::tree::prove_entry(rows, entry.seq, sealed.size)?;
        more.entries
            .push(tidegate_evidence::Proved { entry, inclusion });
        Ok(())
    });
    let text = check(&other.signed(&more), &[]).unwrap_err().to_string();
    assert!(
        text.contains("is of release/web@9.9.9, which is not of payments@3.3.0"),
        "{text}"
    );

    let mut changed = good.clone();
    changed.entries[3].entry.actor = "eve".to_owned();
    let text = told(&changed);
    assert!(text.contains("is not in the signed log"), "{text}");

    let mut body = good;
    body.entries[3].entry.body = Some("{}".to_owned());
    let text = told(&body);
    assert!(text.contains("has not the text that was written"), "{text}");
}

#[test]
fn the_last_entry_of_a_stream_cannot_be_left_out_without_the_key() {
    let world = World::released();
    let mut fewer = world.material();
    fewer.entries.pop();
    let forger =
        SealKey::parse(&SealKey::generate("tidegate.local/ledger/test", [8; 32]).unwrap()).unwrap();
    let bundle = tidegate_evidence::Bundle::of(&fewer).unwrap();
    let note = forger.vouch(bundle.statement().as_bytes()).unwrap();
    let file = bundle.file(note).unwrap();
    let wrong = check(&file, &[world.key.verifier().to_owned()]).unwrap_err();
    assert_eq!(wrong.part, "manifest.sig");
}

#[test]
fn a_key_known_from_elsewhere_that_did_not_sign_refuses_the_bundle() {
    let world = World::released();
    let other = SealKey::generate("tidegate.local/ledger/other", [9; 32]).unwrap();
    let key = SealKey::parse(&other).unwrap().verifier().to_owned();
    let wrong = check(&world.bundle(), &[key]).unwrap_err();
    assert_eq!(wrong.part, "manifest.sig");
}

#[test]
fn a_step_before_the_gates_and_gates_that_did_not_pass_are_contradictions() {
    let mut world = World::released();
    let other = DEPLOYMENT.replace("QGE", "QGF");
    let stream = format!("deployment/{other}");
    let plan = json!({ "body": { "to": { "release": "payments@3.3.0" } } });
    world.add(
        &stream,
        "deployment.proposed/1",
        json!({ "plan": plan, "purpose": "redeploy" }),
    );
    let seq = world.add(&stream, "deployment.step_started/1", json!({ "n": 0 }));
    let wrong = check(&world.bundle(), &[]).unwrap_err().to_string();
    assert_eq!(
        wrong,
        format!("entry {seq} in entries.jsonl began a step before the gates passed")
    );

    let mut world = World::released();
    let stream = format!("deployment/{DEPLOYMENT}");
    let report = json!({ "gate": "window", "title": "closed", "detail": "", "who": [], "rule": null, "outcome": { "state": "fail" } });
    world.add(
        &stream,
        "deployment.gates_passed/1",
        json!({ "reports": [report] }),
    );
    let wrong = check(&world.bundle(), &[]).unwrap_err().to_string();
    assert!(
        wrong.contains("says the gates passed, and window says fail"),
        "{wrong}"
    );

    let mut world = World::released();
    let bits = json!({ "bits": { "digest": format!("sha256:{}", "a".repeat(64)) } });
    world.add("artifact/payments@3.3.0", "artifact.registered/1", bits);
    let wrong = check(&world.bundle(), &[]).unwrap_err().to_string();
    assert!(wrong.contains("names the artifact sha256:aaaa"), "{wrong}");
}

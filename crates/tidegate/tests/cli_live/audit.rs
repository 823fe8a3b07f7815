//! What happened, and whether the record of it is whole.

use crate::world::World;
use std::fs;
use tidegate_ledger::seal::SealKey;

#[test]
fn the_record_is_read_copied_and_one_changed_byte_is_found() {
    let world = World::up();
    world.released("web", "1.0.0");
    world
        .run(&["deploy", "web@1.0.0", "dev", "--reason", "first one"])
        .ends(0);
    world
        .run(&["audit", "log", "--stream", "release/web@1.0.0"])
        .ends(0)
        .says(&["release.locked/1", "admin"]);
    world
        .run(&["audit", "log", "--kind", "deployment.proposed"])
        .ends(0)
        .says(&["reason: first one"]);
    let log = world
        .run(&["audit", "log", "--limit", "3", "-o", "json"])
        .ends(0)
        .json();
    let items = log["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert!(
        items
            .iter()
            .all(|e| e["hash"].is_string() && e["seq"].is_u64()),
        "{log:#}"
    );
    world
        .run(&["audit", "verify"])
        .ends(0)
        .says(&["VALID", "chain ok, no gap", "head sha256:"]);

    let copy = world.beside("ledger.jsonl");
    world
        .run(&["audit", "export", "--out", &copy])
        .ends(0)
        .says(&["chain ok"]);
    let valid = world
        .run(&["audit", "verify", &copy, "-o", "json"])
        .ends(0)
        .json();
    let head = valid["head"].as_str().unwrap();
    world
        .run(&["audit", "verify", &copy, "--head", head])
        .ends(0);
    let other = format!("sha256:{}", "a".repeat(64));
    world
        .run(&["audit", "verify", &copy, "--head", &other])
        .ends(1)
        .refuses("", &["INVALID: the chain ends with", head], "head hash");

    let text = fs::read_to_string(&copy).unwrap();
    fs::write(&copy, text.replacen("first one", "First one", 1)).unwrap();
    world.run(&["audit", "verify", &copy]).ends(1).refuses(
        "",
        &["INVALID at entry", "not the one that was written"],
        "another copy",
    );
    let cut: String = text
        .lines()
        .take(3)
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(&copy, cut).unwrap();
    world
        .run(&["audit", "verify", &copy])
        .ends(1)
        .refuses("", &["INVALID"], "another copy");
    world
        .run(&["audit", "verify", &world.beside("none")])
        .ends(64)
        .refuses("", &["cannot be read"], "tidegate audit export");
}

#[test]
fn an_entry_is_proved_to_somebody_without_the_server_and_a_kept_checkpoint_shows_the_log_only_grew()
{
    let world = World::up();
    world.released("web", "1.0.0");
    let (note, proof) = (world.beside("kept.note"), world.beside("third.json"));
    let newest = world
        .run(&["audit", "checkpoint", "--out", &note, "-o", "json"])
        .ends(0)
        .json();
    let key = newest["keys"][0].as_str().unwrap().to_owned();
    assert!(key.starts_with("tidegate.local/ledger/"), "{key}");
    let file = world.root().join(".tidegate/checkpoint.key");
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let secret = fs::read_to_string(&file).unwrap();
    let secret = secret
        .lines()
        .next()
        .unwrap()
        .splitn(5, '+')
        .last()
        .unwrap();

    world
        .run(&["audit", "prove", "3", "--out", &proof])
        .ends(0)
        .says(&["entry 3", "shown by"]);
    world
        .run(&["audit", "verify", &proof, "--key", &key])
        .ends(0)
        .says(&[
            "VALID  entry 3 of the log tidegate.local/ledger/",
            "signed by",
        ]);
    world
        .run(&["audit", "verify", &proof])
        .ends(0)
        .says(&["name one you know with --key"]);
    let hash = "a".repeat(64);
    world
        .run(&[
            "audit",
            "verify",
            &proof,
            "--head",
            &format!("sha256:{hash}"),
        ])
        .ends(64)
        .refuses("", &["--head", "the proof of one entry"], "leave it out");
    let text = fs::read_to_string(&proof).unwrap();
    assert!(!text.contains(secret));
    fs::write(&proof, text.replacen("\"seq\":3", "\"seq\":4", 1)).unwrap();
    world.run(&["audit", "verify", &proof]).ends(1).refuses(
        "",
        &["INVALID", "does not lead to the root"],
        "audit prove",
    );
    world.run(&["audit", "prove", "999999"]).ends(1).refuses(
        "TG2003",
        &["there is no ledger entry `999999`"],
        "",
    );

    world
        .run(&["deploy", "web@1.0.0", "dev", "--reason", "first one"])
        .ends(0);
    world
        .run(&["audit", "verify", "--checkpoint", &note, "--key", &key])
        .ends(0)
        .says(&["VALID", "begins with the"]);
    world
        .run(&["audit", "verify", "--key", &key])
        .ends(0)
        .says(&["VALID", "signed by", &key]);
    let stranger = SealKey::generate("tidegate.local/ledger/other", [9; 32]).unwrap();
    let stranger = stranger.lines().nth(1).unwrap();
    world
        .run(&["audit", "verify", "--key", stranger])
        .ends(1)
        .refuses(
            "",
            &["INVALID", "no key that is known signed it"],
            "kept elsewhere",
        );
    let kept = fs::read_to_string(&note).unwrap();
    // The root hash is the third line; its first character always differs from what is written there instead.
    let root = kept.lines().nth(2).unwrap();
    let other = if root.starts_with('A') { "B" } else { "A" };
    let changed = format!("{other}{}", &root[1..]);
    fs::write(&note, kept.replacen(root, &changed, 1)).unwrap();
    world
        .run(&["audit", "verify", "--checkpoint", &note])
        .ends(1)
        .refuses(
            "",
            &["INVALID: the kept checkpoint is not good"],
            "another one",
        );

    let copy = world.beside("signed.jsonl");
    world.run(&["audit", "export", "--out", &copy]).ends(0);
    world
        .run(&["audit", "verify", &copy, "--key", &key])
        .ends(0)
        .says(&["VALID", "checkpoint of", &key]);
    assert!(!fs::read_to_string(&copy).unwrap().contains(secret));
}

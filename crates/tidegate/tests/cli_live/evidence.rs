//! What a release leaves behind: one file, read and checked without the server.

use crate::world::World;
use std::fs;
use std::io::{Cursor, Read as _};
use tidegate_core::digest::Digest;
use tidegate_ledger::cosign::cosigned;
use tidegate_ledger::seal::SealKey;
use tidegate_ledger::tree::Frontier;

fn holds_no_secret(world: &World, file: &str) {
    let bytes = fs::read(file).unwrap();
    let secret = fs::read_to_string(world.root().join(".tidegate/checkpoint.key")).unwrap();
    let secret = secret
        .lines()
        .next()
        .unwrap()
        .splitn(5, '+')
        .last()
        .unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    for n in 0..archive.len() {
        let mut text = String::new();
        archive
            .by_index(n)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert!(!text.contains(secret));
        assert!(!text.contains("for <the> quarter") || !text.contains("<html"));
    }
}

#[test]
fn what_a_release_left_behind_is_one_file_that_anybody_can_check() {
    let world = World::up();
    world.released("web", "1.0.0");
    world
        .run(&[
            "deploy",
            "web@1.0.0",
            "dev",
            "--reason",
            "for <the> quarter",
        ])
        .ends(0);
    let file = world.beside("web.zip");
    world
        .run(&["release", "evidence", "web@1.0.0", "--out", &file])
        .ends(0)
        .says(&["web@1.0.0", "entries in 3 streams", "written to"]);
    let newest = world
        .run(&["audit", "checkpoint", "-o", "json"])
        .ends(0)
        .json();
    let key = newest["keys"][0].as_str().unwrap().to_owned();
    let verify = |more: &[&str]| world.run(&[&["evidence", "verify", &file][..], more].concat());
    verify(&["--offline", "--key", &key]).ends(0).says(&[
        "VALID  web@1.0.0",
        "artifact sha256:",
        "1 deployment started",
        "nobody approved what they had asked for",
        &format!("signed by {key}"),
    ]);
    verify(&[]).ends(0).says(&[
        "name one you know with --key",
        "the log of the server still begins with it",
    ]);
    let told = verify(&["--offline", "-o", "json"]).ends(0).json();
    assert_eq!(told["deployments"]["started"], 1, "{told:#}");
    assert_eq!(told["missing"], 0, "{told:#}");

    holds_no_secret(&world, &file);
    let mut changed = fs::read(&file).unwrap();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    fs::write(&file, changed).unwrap();
    verify(&["--offline"])
        .ends(1)
        .refuses("", &["INVALID: "], "ask for the bundle again");
    fs::write(&file, "no archive").unwrap();
    verify(&["--offline"]).ends(1).refuses(
        "",
        &["INVALID: the file is not a zip archive"],
        "ask for the bundle again",
    );
    world
        .run(&["evidence", "verify", &world.beside("none")])
        .ends(64)
        .refuses("", &["cannot be read"], "tidegate release evidence");
    world
        .run(&["release", "evidence", "web@9.9.9"])
        .ends(1)
        .refuses("TG2003", &["there is no release `web@9.9.9`"], "");
}

#[test]
fn an_auditor_gets_every_production_change_of_a_period_and_draws_a_sample() {
    let world = World::up();
    world.arrived("web", "1.0.0", "prod");
    let file = world.beside("population.jsonl");
    let period = ["--from", "2020-01-01", "--until", "2100-01-01"];
    let ask = |more: &[&str]| world.run(&[&["audit", "population"][..], &period, more].concat());
    ask(&["--out", &file]).ends(0).says(&[
        "VALID  1 production change from",
        "no gap, in the log",
        "nothing after the period is in the log yet",
        "production is far, prod",
        "web@1.0.0 -> prod  promote  none  no change record",
    ]);
    let newest = world
        .run(&["audit", "checkpoint", "-o", "json"])
        .ends(0)
        .json();
    let key = newest["keys"][0].as_str().unwrap().to_owned();
    let told = world
        .run(&["audit", "population", &file, "--key", &key, "-o", "json"])
        .ends(0)
        .json();
    let work = &told["items"][0]["work"];
    assert_eq!(work["asked"], work["reported"], "{told:#}");
    assert!(work["asked"].as_u64().unwrap() >= 2, "{told:#}");

    let folder = world.beside("bundles");
    ask(&["--sample", "25", "--seed", "42", "--bundles", &folder])
        .ends(0)
        .says(&["sample of 1 with seed 42"]);
    world
        .run(&[
            "evidence",
            "verify",
            &format!("{folder}/web-1.0.0.tidegate-evidence.zip"),
            "--key",
            &key,
        ])
        .ends(0)
        .says(&["VALID"]);

    let text = fs::read_to_string(&file).unwrap();
    let fewer: String = text
        .lines()
        .enumerate()
        .filter(|(n, _)| *n != 4)
        .map(|(_, line)| format!("{line}\n"))
        .collect();
    fs::write(&file, fewer).unwrap();
    world.run(&["audit", "population", &file]).ends(1).refuses(
        "",
        &["INVALID: line 5 is entry", "is missing"],
        "ask for it again",
    );
    world
        .run(&[
            "audit",
            "population",
            "--from",
            "2026-02-01",
            "--until",
            "2026-01-01",
        ])
        .ends(64)
        .refuses("TG2004", &["the period ends before it begins"], "");
    world.run(&["audit", "population"]).ends(64);
}

#[test]
fn a_witness_cosigns_what_goes_on_and_keeps_the_proof_of_what_does_not() {
    let world = World::up();
    let (key, state, note) = (
        world.beside("witness.key"),
        world.beside("witness.json"),
        world.beside("cosigned.note"),
    );
    let public = world
        .run(&[
            "audit",
            "witness",
            "key",
            "audit.acme.example",
            "--out",
            &key,
            "-o",
            "json",
        ])
        .ends(0)
        .json();
    let public = public["verifier"].as_str().unwrap().to_owned();
    world
        .run(&["audit", "witness", "key", "other", "--out", &key])
        .ends(1)
        .refuses("", &["cannot be written"], "does not exist");
    let look = || {
        let args = ["--key", &key, "--state", &state, "--out", &note];
        world.run(&[&["audit", "witness", "look"][..], &args].concat())
    };
    look()
        .ends(0)
        .says(&["seen for the first time", "look 1 since"]);
    world.released("web", "1.0.0");
    look()
        .ends(0)
        .says(&["goes on from what was seen", &public, "look 2 since"]);
    let kept = fs::read_to_string(&note).unwrap();
    assert_eq!(
        cosigned(&kept, std::slice::from_ref(&public))
            .unwrap()
            .len(),
        1
    );
    let verify = |witness: &str| {
        world.run(&[
            "audit",
            "verify",
            "--checkpoint",
            &note,
            "--witness",
            witness,
        ])
    };
    verify(&public).ends(0).says(&["VALID"]);
    let stranger = tidegate_ledger::cosign::WitnessKey::generate("other.example", [3; 32]).unwrap();
    verify(stranger.lines().nth(1).unwrap()).ends(1).refuses(
        "",
        &["did not cosign"],
        "ask the witness",
    );

    // The key of the log signs another history of the same size: the witness was shown that one before.
    let log = fs::read_to_string(world.root().join(".tidegate/checkpoint.key")).unwrap();
    let log = SealKey::parse(&log).unwrap();
    let mut other = Frontier::default();
    (0..3).for_each(|n: u8| other.push(Digest::of(&[n])));
    let mut remembered: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&state).unwrap()).unwrap();
    remembered["note"] = log.sign(&other).unwrap().into();
    fs::write(&state, remembered.to_string()).unwrap();
    look().ends(1).refuses(
        "",
        &[
            "FORK: the log does not begin with the 3 entries",
            "what it shows now",
        ],
        "the log was rewritten",
    );
    assert!(
        fs::read_to_string(format!("{state}.fork.note"))
            .unwrap()
            .contains(log.origin())
    );
    fs::write(&state, "{}").unwrap();
    look().ends(64).refuses(
        "",
        &["is not what a witness remembers"],
        "restore it from a copy",
    );
}

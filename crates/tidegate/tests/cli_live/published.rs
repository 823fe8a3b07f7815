//! Checkpoints taken to where whoever runs the server cannot rewrite them, and as many witnesses as were agreed.

use crate::world::{World, until};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread::JoinHandle;

/// Takes `answers.len()` requests, answers each with its status, and gives back their bodies.
fn receiver(answers: &'static [&'static str]) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/checkpoints", listener.local_addr().unwrap());
    let serve = move || {
        let one = |answer: &&str| {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream);
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
                    length = n.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let head =
                format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            reader.get_mut().write_all(head.as_bytes()).unwrap();
            String::from_utf8(body).unwrap()
        };
        answers.iter().map(one).collect()
    };
    (address, std::thread::spawn(serve))
}

fn git(folder: &str, args: &[&str]) -> String {
    let ran = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(args)
        .output();
    let ran = ran.unwrap();
    assert!(ran.status.success(), "{ran:?}");
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn a_checkpoint_is_taken_to_a_file_a_repository_and_an_address() {
    let world = World::up();
    let (file, folder) = (world.beside("kept.note"), world.beside("repository"));
    fs::create_dir(&folder).unwrap();
    let take = |address: &str| {
        let places = ["--out", &file, "--git", &folder, "--webhook", address];
        world.run(&[&["audit", "checkpoint"][..], &places].concat())
    };
    // One place fails: the others have it, and the answer names the one that does not.
    let (address, took) = receiver(&["200 OK", "200 OK", "503 Service Unavailable"]);
    take(&address).ends(1).refuses(
        "",
        &[
            "git in ",
            "not a git repository",
            "written to ",
            "posted to 127.0.0.1 (200 OK)",
        ],
        "correct it and ask again",
    );
    git(&folder, &["init", "--quiet"]);
    take(&address)
        .ends(0)
        .says(&["committed to ", "posted to 127.0.0.1"]);
    let message = git(&folder, &["log", "--format=%an %s"]);
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(
        message.starts_with("tidegate ") && message.contains(" entries, root "),
        "{message}"
    );
    // Nothing was written since, so the repository has it already.
    take(&address).ends(1).refuses(
        "",
        &["webhook at 127.0.0.1: it answered 503"],
        "correct it and ask again",
    );
    assert_eq!(git(&folder, &["log", "--format=%s"]).lines().count(), 1);
    let note = fs::read_to_string(&file).unwrap();
    for body in took.join().unwrap() {
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["note"], note);
    }
    world
        .run(&["audit", "checkpoint", "--webhook", "nowhere"])
        .ends(1);

    let kept = format!("{folder}/checkpoint.note");
    world
        .run(&[
            "audit",
            "verify",
            "--checkpoint",
            &file,
            "--checkpoint",
            &kept,
        ])
        .ends(0)
        .says(&["VALID", "begins with the "]);
}

#[test]
fn two_of_three_witnesses_are_enough_where_two_were_agreed() {
    let world = World::up();
    let mut keys = Vec::new();
    let mut notes = Vec::new();
    for name in ["a.example", "b.example", "c.example"] {
        let (key, state, note) = (
            world.beside(&format!("{name}.key")),
            world.beside(&format!("{name}.json")),
            world.beside(&format!("{name}.note")),
        );
        let made = ["audit", "witness", "key", name, "--out", &key, "-o", "json"];
        let made = world.run(&made).ends(0).json();
        keys.push(made["verifier"].as_str().unwrap().to_owned());
        // The third one never looks.
        if name != "c.example" {
            let look = ["--key", &key, "--state", &state, "--out", &note];
            world
                .run(&[&["audit", "witness", "look"][..], &look].concat())
                .ends(0);
            notes.push(note);
        }
    }
    let verify = |more: &[&str]| {
        let mut all = vec!["audit", "verify"];
        notes
            .iter()
            .for_each(|note| all.extend(["--checkpoint", note]));
        keys.iter().for_each(|key| all.extend(["--witness", key]));
        all.extend(more);
        world.run(&all)
    };
    verify(&["--quorum", "2"])
        .ends(0)
        .says(&["VALID", "a.example", "b.example", " cosigned "]);
    verify(&[]).ends(1).refuses(
        "",
        &["2 of 3 witnesses cosigned", "c.example"],
        "ask the witness",
    );
    verify(&["--quorum", "4"]).ends(64).refuses(
        "",
        &["a quorum of 4 cannot be had of 3"],
        "from 1 to 3",
    );
}

#[test]
fn the_server_hands_its_checkpoints_out_by_itself_and_says_which_place_fails() {
    let mut world = World::written();
    let (address, took) = receiver(&["503 Service Unavailable", "200 OK"]);
    let to = format!(
        "checkpoints:\n  every: 1s\n  to:\n    - file: kept/web.note\n    - {{ git: repository }}\n    - webhook: \"{address}\"\n---"
    );
    world.write(&world.configuration().replacen("---", &to, 1));
    world.start();
    let doctor = || world.run(&["doctor", "-o", "json"]).json();
    let place = |name: &str| {
        let name = format!("checkpoints to {name}");
        let all = doctor();
        let all = all["items"].as_array().or(all.as_array());
        let mut all = all.unwrap().iter();
        all.find(|c| c["check"] == name.as_str()).cloned()
    };
    let told = |name: &str, state: &str, part: &str| {
        let good = || {
            let found = place(name)?;
            let detail = found["detail"].as_str()?;
            (found["state"] == state && detail.contains(part)).then_some(())
        };
        assert!(until(good).is_some(), "{name}: {:#?}", place(name));
    };
    // One place is not there and another one is busy: the third has it all the same.
    told("git repository", "warn", "cannot change to");
    told("file kept/web.note", "ok", " entries, ");
    let kept = world.root().join(".tidegate/checkpoints/kept/web.note");
    world
        .run(&["audit", "verify", "--checkpoint", kept.to_str().unwrap()])
        .ends(0)
        .says(&["VALID", "begins with the "]);
    // What failed is tried again until it has it.
    let folder = world.root().join(".tidegate/checkpoints/repository");
    fs::create_dir(&folder).unwrap();
    git(folder.to_str().unwrap(), &["init", "--quiet"]);
    told("git repository", "ok", " entries, ");
    let host = address.trim_start_matches("http://");
    let host = host.trim_end_matches("/checkpoints");
    told(&format!("webhook {host}"), "ok", " entries, ");
    let bodies = took.join().unwrap();
    assert_eq!(bodies.len(), 2, "{bodies:?}");
    // A later state of the log that lies there shows that the ledger went back: it stays.
    let note = fs::read_to_string(&kept).unwrap();
    let size = note.lines().nth(1).unwrap();
    let later = note.replacen(&format!("\n{size}\n"), "\n999999\n", 1);
    fs::write(&kept, later).unwrap();
    world.released("web", "1.0.0");
    told(
        "file kept/web.note",
        "warn",
        "holds a checkpoint of 999999 entries",
    );
    let left = fs::read_to_string(&kept).unwrap();
    assert!(left.contains("999999"), "{left}");
}

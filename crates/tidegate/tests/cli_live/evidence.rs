//! What a release leaves behind: one file, read and checked without the server.

use crate::world::World;
use std::fs;
use std::io::{Cursor, Read as _};

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

    let bytes = fs::read(&file).unwrap();
    let secret = fs::read_to_string(world.root().join(".tidegate/checkpoint.key")).unwrap();
    let secret = secret.lines().next().unwrap().rsplit('+').next().unwrap();
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
    let mut changed = bytes;
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

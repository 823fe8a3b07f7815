//! A backup while deployments go on, and an older copy restored: nothing is repeated or undone at the target.

use crate::world::{World, until};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The file of everything that was changed at the target.
fn file(folder: &Path) -> Option<PathBuf> {
    let listed = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let (folders, files): (Vec<_>, Vec<_>) = listed.map(|f| f.path()).partition(|p| p.is_dir());
    let here = files.into_iter().find(|p| p.ends_with("effects.log"));
    here.or_else(|| folders.iter().find_map(|folder| file(folder)))
}

/// What was changed on behalf of deployments, oldest first.
fn effects(world: &World) -> Vec<Value> {
    let text = fs::read_to_string(file(&world.root()).expect("an effect file")).expect("read");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    lines
        .filter(|effect: &Value| effect["deployment"] != "")
        .collect()
}

const FENCE: [&str; 5] = ["admin", "fence", "dev", "--reason", "compared by hand"];

#[test]
fn an_older_copy_does_nothing_at_targets_until_it_was_fenced_and_then_goes_on_above_what_they_saw()
{
    let mut world = World::up();
    world.arrived("web", "1.0.0", "dev");
    let copy = world.beside("copy.db");
    world
        .run(&["backup", "--out", &copy])
        .ends(0)
        .says(&[": whole, ", " entries, the newest of "]);
    world.run(&["store", "verify", &copy]).ends(0);
    world.run(&["backup", "--out", &copy]).ends(1).refuses(
        "",
        &["copy.db", "exists already"],
        "--out",
    );
    world.arrived("web", "1.1.0", "dev");
    let before = effects(&world);
    world.stop();

    let data = file(&world.root()).expect("an effect file");
    let folder = data.ancestors().find(|f| f.join("data").is_dir());
    let data = folder.expect("the server's folder").join("data");
    fs::rename(&data, data.with_extension("lost")).expect("moved away");
    world.run(&["restore", &copy]).ends(0).says(&[
        "held until an admin fenced them:",
        "dev",
        "prod",
    ]);
    world.start();
    world.run(&["env", "show", "dev"]).ends(0).says(&[
        "held until fenced",
        "the ledger was restored from a backup",
        "tidegate admin fence dev",
    ]);
    world.released("web", "1.2.0");
    let promote = ["promote", "web@1.2.0", "--to", "dev", "--no-wait"];
    world.run(&promote).ends(0);
    let held = || {
        let why = world.run(&["why", "web@1.2.0", "dev"]);
        let text = "dev is held: the ledger was restored from a backup";
        (why.code == 3 && why.out.contains(text)).then_some(why)
    };
    let why = until(held).expect("it is held");
    assert!(why.out.contains("tidegate admin fence dev"), "{why:#?}");
    let token = ["token", "create", "ana", "--role", "operator"];
    let ana = world.run(&token).ends(0).out.trim().to_owned();
    let by_ana = [["--token", &ana].as_slice(), &FENCE].concat();
    assert_ne!(world.run(&by_ana).code, 0, "only an admin fences");
    assert_eq!(effects(&world), before, "nothing was repeated or undone");

    let fenced = || (world.run(&FENCE).code == 0).then_some(());
    until(fenced).expect("its agent says what it has seen");
    world
        .run(&["promote", "web@1.2.0", "--to", "dev", "--timeout", "60s"])
        .ends(0);
    let after = effects(&world);
    let seen = before.iter().filter_map(|e| e["generation"].as_u64()).max();
    let new: Vec<_> = after[before.len()..]
        .iter()
        .filter_map(|e| e["generation"].as_u64())
        .collect();
    assert!(!new.is_empty(), "it goes on");
    assert!(
        new.iter().all(|n| Some(*n) > seen),
        "{new:?} above {seen:?}"
    );
    world.run(&FENCE).ends(64).refuses(
        "TG2004",
        &["the ledger is not behind the targets of dev"],
        "nothing is to be done",
    );
    world.run(&["audit", "verify"]).ends(0);
}

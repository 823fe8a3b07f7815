//! Somebody changes a program at its target, past everything that was approved.

use crate::world::World;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// The one file of the release that runs, as it is unpacked.
fn unpacked(world: &World, name: &str) -> PathBuf {
    let mut open = vec![world.root().join(".tidegate")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let tree = path.ends_with(format!("tree/{name}"));
            match path.is_dir() {
                true => open.push(path),
                false if tree => return path,
                false => {}
            }
        }
    }
    panic!("{name} is not unpacked")
}

fn check(world: &World, code: i32) -> crate::world::Ran {
    world
        .run(&["drift", "check", "dev", "--detailed-exitcode"])
        .ends(code)
}

#[test]
fn a_file_changed_at_the_target_is_an_alarm_and_a_hold_until_it_is_put_right_or_answered_for() {
    let world = World::up();
    world.arrived("web", "1.0.0", "dev");
    check(&world, 0).says(&["everything agents see is as deployed"]);
    let file = unpacked(&world, "behaviour.json");
    let approved = fs::read_to_string(&file).unwrap();
    fs::write(&file, approved.replace('{', "{ ")).unwrap();
    let seen = crate::world::until(|| {
        let shown = world.run(&["drift", "check", "dev"]);
        shown.out.contains("behaviour.json").then_some(shown.out)
    });
    let seen = seen.expect("it is seen");
    for part in [
        "[no] dev/web  file behaviour.json of 1.0.0+",
        "deployed sha256:",
        "changed outside tidegate, seen",
        "tidegate drift repair web dev",
    ] {
        assert!(seen.contains(part), "{part}: {seen}");
    }
    check(&world, 2);
    world.run(&["notify", "ledger"]).ends(0).says(&[
        "changed by hand",
        "file behaviour.json of web is otherwise than deployed",
    ]);
    world.released("web", "1.1.0");
    world.run(&["why", "web@1.1.0", "dev"]).ends(3).says(&[
        "file behaviour.json of web was changed in dev past tidegate",
        "tidegate drift repair web dev",
    ]);

    let ana = world.operator("ana");
    let accept = [
        "drift",
        "accept",
        "web",
        "dev",
        "--reason",
        "tried at night",
    ];
    let by_ana = [["--token", &ana].as_slice(), &accept].concat();
    world
        .run(&by_ana)
        .ends(4)
        .refuses("TG2008", &["ana (operator)", "may not"], "role");
    let repair = [
        "--token",
        &ana,
        "drift",
        "repair",
        "web",
        "dev",
        "--reason",
        "back to what was approved",
    ];
    world.run(&repair).ends(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), approved);
    let clean = crate::world::until(|| {
        let shown = world.run(&["drift", "check", "dev"]);
        shown.out.contains("as deployed\n").then_some(())
    });
    assert!(clean.is_some(), "{}", check(&world, 2).out);
    world
        .run(&["audit", "log", "--kind", "environment.drift_repaired"])
        .ends(0)
        .says(&["environment.drift_repaired"]);

    fs::remove_file(&file).unwrap();
    crate::world::until(|| {
        let shown = world.run(&["env", "show", "dev"]);
        shown.out.contains("behaviour.json").then_some(())
    })
    .expect("a file that is gone is seen too");
    world
        .run(&accept)
        .ends(0)
        .says(&["[ok] dev/web", "answers for it: tried at night"]);
    world
        .run(&["audit", "overrides"])
        .ends(0)
        .says(&["change by hand accepted\tdev", "tried at night"]);
    check(&world, 0);
    std::thread::sleep(Duration::from_secs(3));
    check(&world, 0);
    world.run(&accept).ends(64).refuses(
        "TG2004",
        &["nothing of web in dev was changed"],
        "tidegate drift check dev",
    );
}

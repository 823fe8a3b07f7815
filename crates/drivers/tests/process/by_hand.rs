//! Somebody changes files of what runs, past the agent: it is told, and nothing is started from them.

use crate::support::{Place, done, kill, pids, program, runtime, scale, unit_at, until};
use std::{fs, path::PathBuf};

const SERVICE: &str = "prod/web";

/// An artifact of two files, and where the first release of it is unpacked.
fn artifact(place: &Place) -> PathBuf {
    let folder = place.dir.path().join("app");
    fs::create_dir(&folder).unwrap();
    fs::copy(program("testserver"), folder.join("testserver")).unwrap();
    fs::write(folder.join("limits.conf"), "pool = 20\n").unwrap();
    folder
}

fn unpacked(place: &Place) -> PathBuf {
    let releases = fs::read_dir(place.root().join("releases")).unwrap();
    let mut names = releases.map(|entry| entry.unwrap().path());
    names
        .find(|path| path.join("tree").exists())
        .unwrap()
        .join("tree")
}

#[test]
fn a_file_edited_by_hand_is_told_and_put_back_before_anything_starts_from_it() {
    let place = Place::new();
    let unit = unit_at(&artifact(&place));
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &scale(&unit, 1)).await;
        let tree = unpacked(&place);
        fs::write(tree.join("notes.txt"), "written by the program itself").unwrap();
        fs::write(tree.join("limits.conf"), "pool = 40\n").unwrap();
        let changed = |seen: &tidegate_plugin::actuator::Observation| {
            seen.running[SERVICE][&unit.key].changed.clone()
        };
        let seen = until(&target, |seen| !changed(seen).is_empty()).await;
        let [file] = &changed(&seen)[..] else {
            panic!("the file that the artifact does not hold is nobody's business: {seen:?}")
        };
        assert_eq!(file.path, "limits.conf");
        assert!(file.declared.starts_with("sha256:") && file.seen != file.declared);
        assert!(
            !format!("{seen:?}").contains("pool"),
            "what stands in it stays here"
        );

        let before = pids(&place.root());
        kill(before[0]);
        until(&target, |seen| seen.running[SERVICE][&unit.key].exits == 1).await;
        until(&target, |seen| {
            seen.running[SERVICE][&unit.key].healthy == 1 && pids(&place.root()) != before
        })
        .await;
        assert_eq!(
            fs::read_to_string(tree.join("limits.conf")).unwrap(),
            "pool = 20\n"
        );
        assert!(tree.join("notes.txt").exists());
        let aside = fs::read_dir(tree.with_file_name("changed")).unwrap();
        let aside: Vec<_> = aside
            .map(|set| set.unwrap().path().join("limits.conf"))
            .collect();
        assert_eq!(
            fs::read_to_string(&aside[0]).unwrap(),
            "pool = 40\n",
            "nothing is lost"
        );
        target.close().await;
    });
    assert_eq!(place.count("put back"), 1);
}

#[test]
fn another_program_in_the_place_of_the_released_one_is_never_started() {
    let place = Place::new();
    let unit = unit_at(&artifact(&place));
    runtime().block_on(async {
        let target = place.open().await;
        done(&target, &scale(&unit, 1)).await;
        let program = unpacked(&place).join("testserver");
        fs::remove_file(&program).unwrap();
        fs::copy("/bin/false", &program).unwrap();
        // The next instance is started at once, before anybody looked.
        done(&target, &scale(&unit, 2)).await;
        let seen = until(&target, |_| true).await;
        let revision = &seen.running[SERVICE][&unit.key];
        assert_eq!((revision.healthy, revision.exits), (2, 0));
        assert_eq!(
            revision.changed[0].path, "testserver",
            "and it is told all the same"
        );
        target.close().await;
    });
}

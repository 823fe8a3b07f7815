//! Archives that are refused, and those that are not: nothing half unpacked is left, nothing lands outside.

use crate::support::{Place, carry_out, done, failed, prepare, runtime, unit_at};
use flate2::{Compression, write::GzEncoder};
use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
};
use tar::EntryType as E;
use tidegate_drivers::ProcessTarget;
use tidegate_plugin::Outcome;

/// An entry of a handmade tar archive, with a name that tar writers would refuse.
fn entry(name: &str, kind: tar::EntryType, link: &str, content: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.as_ustar_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
    header.as_ustar_mut().unwrap().linkname[..link.len()].copy_from_slice(link.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o755);
    header.set_size(content.len() as u64);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().div_ceil(512) * 512, 0);
    bytes
}

fn tar_gz(dir: &Path, entries: &[Vec<u8>]) -> PathBuf {
    let path = dir.join("web.tar.gz");
    let mut file = GzEncoder::new(File::create(&path).unwrap(), Compression::best());
    for entry in entries {
        file.write_all(entry).unwrap();
    }
    file.write_all(&[0; 1024]).unwrap();
    file.finish().unwrap();
    path
}

fn zip_of(path: &Path, files: &[(&str, u32, &[u8])]) {
    let mut zip = zip::ZipWriter::new(File::create(path).unwrap());
    for (name, mode, content) in files {
        zip.start_file(
            *name,
            zip::write::SimpleFileOptions::default().unix_permissions(*mode),
        )
        .unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap();
}

/// What stands in the release folders.
fn releases(place: &Place) -> Vec<String> {
    let entries = std::fs::read_dir(place.root().join("releases")).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

async fn refused(place: &Place, target: &ProcessTarget, artifact: &Path) -> String {
    let because = failed(target, &prepare(&unit_at(artifact))).await.0;
    assert_eq!(
        releases(place),
        [""; 0],
        "something was left behind: {because}"
    );
    because
}

/// What is wrong, the entries of the archive, and what is said about it.
fn bad_archives() -> Vec<(&'static str, Vec<Vec<u8>>, &'static str)> {
    vec![
        (
            "climbing",
            vec![entry("../evil", E::Regular, "", b"x")],
            "\"../evil\" refused: it leads out",
        ),
        (
            "deep climbing",
            vec![entry("a/../../evil", E::Regular, "", b"x")],
            "leads out",
        ),
        (
            "absolute",
            vec![entry("/evil", E::Regular, "", b"x")],
            "its path is absolute",
        ),
        (
            "link out",
            vec![entry("a/link", E::Symlink, "../../etc", b"")],
            "leads out of the release folder",
        ),
        (
            "absolute link",
            vec![entry("link", E::Symlink, "/etc/passwd", b"")],
            "it is absolute",
        ),
        (
            "link through a link",
            vec![entry("link", E::Symlink, "a/../..", b"")],
            "`..` behind a name",
        ),
        (
            "writing through a link",
            vec![
                entry("sub", E::Symlink, ".", b""),
                entry("sub/evil", E::Regular, "", b"x"),
            ],
            "sub is both a file and a folder",
        ),
        (
            "hard link out",
            vec![entry("link", E::Link, "/etc/passwd", b"")],
            "its path is absolute",
        ),
        (
            "hard link to nothing",
            vec![entry("link", E::Link, "nothing", b"")],
            "no such file came before",
        ),
        (
            "device",
            vec![entry("null", E::Char, "", b"")],
            "it is a device",
        ),
        (
            "pipe",
            vec![entry("pipe", E::Fifo, "", b"")],
            "it is a pipe",
        ),
        (
            "twice",
            vec![
                entry("a", E::Regular, "", b"1"),
                entry("a", E::Regular, "", b"2"),
            ],
            "it holds a twice",
        ),
    ]
}

#[test]
fn archives_that_would_write_elsewhere_are_refused_with_the_entry_named() {
    let place = Place::new();
    runtime().block_on(async {
        let target = place.open().await;
        for (what, entries, wanted) in bad_archives() {
            let because = refused(&place, &target, &tar_gz(place.dir.path(), &entries)).await;
            assert!(because.contains(wanted), "{what}: {because}");
        }
        let zip = place.dir.path().join("web.zip");
        zip_of(&zip, &[("ok", 0o644, b"x"), ("../evil", 0o644, b"x")]);
        assert!(refused(&place, &target, &zip).await.contains("leads out"));
        target.close().await;
    });
    assert!(!place.root().join("evil").exists() && !place.root().join("releases/evil").exists());
}

#[test]
fn archive_bombs_are_stopped_by_count_by_size_and_by_ratio() {
    let place = Place::new();
    let mut options = place.options();
    options.limits.entries = 10;
    options.limits.unpacked = 4 << 20;
    options.limits.ratio_from = 1 << 20;
    runtime().block_on(async {
        let target = ProcessTarget::open(options).await.unwrap();
        let many: Vec<_> = (0..11)
            .map(|n| entry(&format!("f{n}"), tar::EntryType::Regular, "", b""))
            .collect();
        let because = refused(&place, &target, &tar_gz(place.dir.path(), &many)).await;
        assert!(because.contains("more than 10 entries"), "{because}");
        let zeros = vec![0; 2 << 20];
        let because = refused(
            &place,
            &target,
            &tar_gz(
                place.dir.path(),
                &[entry("z", tar::EntryType::Regular, "", &zeros)],
            ),
        )
        .await;
        assert!(because.contains("200 times its size"), "{because}");
        let mut seed = 1_u32;
        let noise: Vec<u8> = (0..5 << 20)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as u8
            })
            .collect();
        let zip = place.dir.path().join("web.zip");
        zip_of(&zip, &[("noise", 0o644, &noise)]);
        let because = refused(&place, &target, &zip).await;
        assert!(
            because.contains("unpacks to more than 4194304 bytes"),
            "{because}"
        );
        target.close().await;
    });
}

#[test]
fn corrupt_archives_are_the_fault_of_the_artifact() {
    let place = Place::new();
    runtime().block_on(async {
        let target = place.open().await;
        let whole = std::fs::read(tar_gz(
            place.dir.path(),
            &[entry("a", tar::EntryType::Regular, "", &[7; 9000])],
        ))
        .unwrap();
        let cut = place.dir.path().join("cut.tar.gz");
        std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
        assert!(
            refused(&place, &target, &cut)
                .await
                .contains("corrupt or cut short")
        );
        let text = place.dir.path().join("fake.whl");
        std::fs::write(&text, "no zip").unwrap();
        assert!(
            refused(&place, &target, &text)
                .await
                .contains("is not a zip archive")
        );
        let zip = place.dir.path().join("empty.whl");
        zip_of(&zip, &[("a", 0o644, b"x")]);
        assert!(
            refused(&place, &target, &zip)
                .await
                .contains("no .dist-info/WHEEL")
        );
        target.close().await;
    });
}

#[test]
fn every_kind_of_artifact_ends_as_the_files_it_should() {
    let place = Place::new();
    let dir = place.dir.path();
    let tree_of = |path: &Path| {
        place
            .root()
            .join("releases")
            .join(&unit_at(path).digest[7..])
            .join("tree")
    };
    let archive = tar_gz(
        dir,
        &[
            entry("bin/", tar::EntryType::Directory, "", b""),
            entry("bin/run", tar::EntryType::Regular, "", b"#!/bin/sh\n"),
            entry("bin/again", tar::EntryType::Link, "bin/run", b""),
            entry("lib/link", tar::EntryType::Symlink, "../bin/run", b""),
        ],
    );
    let zip = dir.join("web.zip");
    zip_of(
        &zip,
        &[
            ("bin/run", 0o755, b"#!/bin/sh\n"),
            ("data.txt", 0o644, b"data"),
        ],
    );
    let wheel = dir.join("web-1.0-py3-none-any.whl");
    zip_of(
        &wheel,
        &[
            ("web.py", 0o644, b""),
            ("web-1.0.dist-info/WHEEL", 0o644, b"Wheel-Version: 1.0\n"),
        ],
    );
    let folder = dir.join("folder");
    std::fs::create_dir_all(folder.join("sub")).unwrap();
    std::fs::write(folder.join("sub/file"), "x").unwrap();
    std::os::unix::fs::symlink("sub/file", folder.join("link")).unwrap();
    runtime().block_on(async {
        let target = place.open().await;
        for artifact in [&archive, &zip, &wheel, &folder] {
            done(&target, &prepare(&unit_at(artifact))).await;
        }
        target.close().await;
    });
    let mode = |path: PathBuf| {
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions())
            & 0o777
    };
    assert_eq!(
        std::fs::read(tree_of(&archive).join("lib/link")).unwrap(),
        b"#!/bin/sh\n"
    );
    assert_eq!(mode(tree_of(&archive).join("bin/again")), 0o755);
    assert_eq!(
        (
            mode(tree_of(&zip).join("bin/run")),
            mode(tree_of(&zip).join("data.txt"))
        ),
        (0o755, 0o644)
    );
    assert!(
        tree_of(&wheel).join("web-1.0-py3-none-any.whl").is_file(),
        "a wheel is installed, not unpacked"
    );
    assert_eq!(std::fs::read(tree_of(&folder).join("link")).unwrap(), b"x");
}

#[test]
fn a_file_that_cannot_be_written_to_its_end_leaves_nothing_half_unpacked() {
    let place = Place::new();
    let zip = place.dir.path().join("web.zip");
    zip_of(&zip, &[("zeros", 0o644, &vec![0; 8 << 20])]);
    // An agent whose files may have 4 MiB at most; it is not ended by the signal but told by the error.
    let script = "trap '' XFSZ; ulimit -f 8192; exec \"$0\" target --root \"$1\"";
    let mut child = std::process::Command::new("sh")
        .args(["-c", script])
        .arg(crate::support::program("host"))
        .arg(place.root())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let action = serde_json::to_string(&prepare(&unit_at(&zip))).unwrap();
    std::io::Write::write_all(
        &mut child.stdin.take().unwrap(),
        format!("{action}\n").as_bytes(),
    )
    .unwrap();
    let output = child.wait_with_output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let outcome: Outcome = serde_json::from_str(lines.lines().nth(1).unwrap()).unwrap();
    let Outcome::Broken { because } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        because.contains("trouble while unpacking: File too large"),
        "{because}"
    );
    assert_eq!(releases(&place), [""; 0]);
}

#[test]
fn a_full_disk_is_named_and_leaves_nothing_half_unpacked() {
    let place = Place::new();
    let small = place.dir.path().join("small");
    std::fs::create_dir(&small).unwrap();
    let mount = |words: &[&str]| {
        std::process::Command::new(words[0])
            .args(&words[1..])
            .arg(&small)
            .output()
    };
    let mounted = mount(&["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs"])
        .is_ok_and(|out| out.status.success());
    if !mounted {
        println!("skipped: a small file system can only be mounted by root");
        return;
    }
    let mut options = place.options();
    options.root = small.join("agent");
    let zip = place.dir.path().join("web.zip");
    zip_of(&zip, &[("zeros", 0o644, &vec![0; 8 << 20])]);
    let outcome = runtime().block_on(async {
        let target = ProcessTarget::open(options).await.unwrap();
        let outcome = carry_out(&target, &prepare(&unit_at(&zip))).await;
        target.close().await;
        outcome
    });
    let left = std::fs::read_dir(small.join("agent/releases"))
        .unwrap()
        .count();
    mount(&["umount"]).unwrap();
    let Outcome::Broken { because } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(because.contains("disk full while unpacking"), "{because}");
    assert_eq!(left, 0);
}

//! Where artifacts come from, and what is said when they are not there or not the right ones.

use crate::support::{Place, carry_out, done, failed, prepare, runtime, unit, unit_at, with};
use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
};
use tidegate_drivers::{ProcessTarget, digest_of, process::Kind};
use tidegate_plugin::Outcome;

/// Answers a few requests by path, each with raw bytes, then ends with the test.
fn serve(answers: Vec<(&'static str, Vec<u8>)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut buffer = [0; 2048];
            let n = stream.read(&mut buffer).unwrap_or(0);
            let request = String::from_utf8_lossy(&buffer[..n]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default();
            let answer = answers
                .iter()
                .find(|(known, _)| *known == path)
                .map(|(_, answer)| answer.as_slice());
            // The client may hang up on an answer it does not want.
            let _ = stream.write_all(
                answer.unwrap_or(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"),
            );
        }
    });
    base
}

fn ok(body: &[u8]) -> Vec<u8> {
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend_from_slice(body);
    answer
}

fn moved(to: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    .into_bytes()
}

#[test]
fn a_missing_artifact_and_a_wrong_digest_are_told_apart() {
    let place = Place::new();
    runtime().block_on(async {
        let target = place.open().await;
        let (because, _) = failed(
            &target,
            &prepare(&unit_at(&place.dir.path().join("nothing.zip"))),
        )
        .await;
        assert!(
            because.starts_with("no artifact at ") && because.ends_with("nothing.zip"),
            "{because}"
        );
        let mut wrong = unit("1.0.0");
        let right = std::mem::replace(&mut wrong.digest, format!("sha256:{}", "ab".repeat(32)));
        let (because, _) = failed(&target, &prepare(&wrong)).await;
        assert!(
            because.contains(&right) && because.contains(&wrong.digest),
            "both digests are named: {because}"
        );
        assert!(because.ends_with("nothing was unpacked"), "{because}");
        wrong.digest = "sha256:short".to_owned();
        assert!(
            failed(&target, &prepare(&wrong))
                .await
                .0
                .contains("is not a digest")
        );
        wrong.location = "relative/path".to_owned();
        wrong.digest = right;
        assert!(
            failed(&target, &prepare(&wrong))
                .await
                .0
                .contains("is not an absolute path")
        );
        target.close().await;
    });
}

#[test]
fn a_download_is_verified_and_follows_redirects_on_the_same_host_only() {
    let place = Place::new();
    let other = serve(vec![("/web", ok(b"evil"))]);
    let base = serve(vec![
        ("/web", ok(b"#!/bin/sh\n")),
        ("/near", moved("/web")),
        ("/far", moved(&format!("{other}/web"))),
        (
            "/down",
            b"HTTP/1.1 503 Down\r\ncontent-length: 0\r\n\r\n".to_vec(),
        ),
        (
            "/cut",
            b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\nconnection: close\r\n\r\nhalf".to_vec(),
        ),
        ("/large", ok(&[0; 5000])),
    ]);
    let file = place.dir.path().join("web");
    std::fs::write(&file, "#!/bin/sh\n").unwrap();
    let at = |path: &str| {
        let mut unit = unit_at(&file);
        unit.location = format!("{base}{path}");
        prepare(&unit)
    };
    let mut options = place.options();
    options.limits.artifact = 4000;
    runtime().block_on(async {
        let target = ProcessTarget::open(options).await.unwrap();
        assert!(
            failed(&target, &at("/gone"))
                .await
                .0
                .contains("answered 404")
        );
        assert!(
            failed(&target, &at("/far"))
                .await
                .0
                .contains("redirects to another host")
        );
        assert!(
            failed(&target, &at("/large"))
                .await
                .0
                .contains("larger than 4000 bytes")
        );
        for trouble in ["/down", "/cut"] {
            assert!(
                matches!(
                    carry_out(&target, &at(trouble)).await,
                    Outcome::Broken { .. }
                ),
                "{trouble} may pass"
            );
        }
        done(&target, &at("/near")).await;
        assert_eq!(place.count("unpacked"), 1);
        target.close().await;
    });
}

#[test]
fn a_release_is_prepared_once_whatever_its_values_are() {
    let place = Place::new();
    let mut first = unit("1.0.0");
    first.prepare = Some(
        ["sh", "-c", "echo ran with $COLOR; echo x >> ran"]
            .map(str::to_owned)
            .to_vec(),
    );
    let second = with(first.clone(), &[("COLOR", "blue")]);
    runtime().block_on(async {
        let target = place.open().await;
        assert_eq!(
            done(&target, &prepare(&first)).await,
            "release 1.0.0 unpacked and prepared"
        );
        assert_eq!(
            done(&target, &prepare(&second)).await,
            "release 1.0.0 was ready already"
        );
        target.close().await;
    });
    assert_eq!(place.count("prepared"), 1);
    let folder = std::fs::read_dir(place.root().join("releases"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    assert_eq!(
        std::fs::read_to_string(folder.join("tree/ran")).unwrap(),
        "x\n"
    );
}

#[test]
fn a_prepare_command_that_fails_shows_its_log_without_secrets_and_leaves_nothing() {
    let place = Place::new();
    let mut unit = with(unit("1.0.0"), &[("API_TOKEN", "s3cret-value")]);
    unit.prepare = Some(
        [
            "sh",
            "-c",
            "echo using $API_TOKEN; echo no such package >&2; exit 4",
        ]
        .map(str::to_owned)
        .to_vec(),
    );
    runtime().block_on(async {
        let target = place.open().await;
        let (because, log) = failed(&target, &prepare(&unit)).await;
        assert!(
            because.contains("prepare command failed: exit status: 4"),
            "{because}"
        );
        assert_eq!(log, ["using ***", "no such package"]);
        assert_eq!(
            std::fs::read_dir(place.root().join("releases"))
                .unwrap()
                .count(),
            0
        );
        let mut late = prepare(&unit);
        late.timeout_ms = 2_000;
        let tidegate_plugin::ActionKind::Prepare { unit } = &mut late.kind else {
            panic!()
        };
        unit.prepare = Some(["sleep", "60"].map(str::to_owned).to_vec());
        let (because, _) = failed(&target, &late).await;
        assert!(because.contains("not done within 2000 ms"), "{because}");
        target.close().await;
    });
}

#[test]
fn unpacking_ends_with_the_time_of_its_action_and_leaves_nothing() {
    let place = Place::new();
    let folder = place.dir.path().join("large");
    std::fs::create_dir(&folder).unwrap();
    for n in 0..20_000 {
        std::fs::write(folder.join(n.to_string()), "x").unwrap();
    }
    let mut late = prepare(&unit_at(&folder));
    late.timeout_ms = 1;
    runtime().block_on(async {
        let target = place.open().await;
        let Outcome::Broken { because } = carry_out(&target, &late).await else {
            panic!("20000 flushed files in a millisecond")
        };
        assert!(because.starts_with("not done within 1 ms"), "{because}");
        target.close().await;
    });
    assert_eq!(place.count("unpacked"), 0);
    let left = std::fs::read_dir(place.root().join("releases"));
    assert_eq!(left.unwrap().count(), 0);
}

#[test]
fn only_the_newest_unused_releases_of_a_service_are_kept() {
    let place = Place::new();
    let mut options = place.options();
    options.keep_releases = 2;
    runtime().block_on(async {
        let target = ProcessTarget::open(options).await.unwrap();
        let used = unit("0.9.0");
        done(&target, &crate::support::scale(&used, 1)).await;
        for n in 0..4 {
            let file = place.dir.path().join(format!("v{n}"));
            std::fs::write(&file, format!("release {n}")).unwrap();
            done(&target, &prepare(&unit_at(&file))).await;
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        assert_eq!(
            std::fs::read_dir(place.root().join("releases"))
                .unwrap()
                .count(),
            3,
            "one in use and two newest"
        );
        target.close().await;
    });
}

#[test]
fn a_folder_has_the_digest_of_its_sorted_listing() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("b")).unwrap();
    std::fs::write(dir.path().join("b/x"), "1").unwrap();
    std::fs::write(dir.path().join("a"), "22").unwrap();
    let line = |path: &str, hash: &str| format!("{path}\x00100644\x00{hash}\n");
    let listing = line(
        "a",
        "785f3ec7eb32f30b90cd0fcf3657d388b5ff4297f2f9716ff66e9b69c05ddd09",
    ) + &line(
        "b/x",
        "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
    );
    let measured = digest_of(dir.path()).unwrap();
    assert_eq!(
        measured.digest,
        tidegate_core::digest::Digest::of(listing.as_bytes())
    );
    assert_eq!((measured.kind, measured.size), (Kind::Directory, 3));
    std::os::unix::fs::symlink("../../outside", dir.path().join("b/link")).unwrap();
    assert!(
        digest_of(dir.path())
            .unwrap_err()
            .to_string()
            .contains("leads out")
    );
}

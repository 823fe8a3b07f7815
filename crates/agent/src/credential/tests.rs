//! Key and credential in a folder.

use super::*;
use std::os::unix::fs::PermissionsExt as _;

fn new(time: Timestamp, lasts: Millis) -> NewCredential {
    NewCredential {
        token: "tg_0123456789012345678901234567890123456789012".to_owned(),
        environments: vec!["dev".to_owned()],
        expires_at: lasts.after(time),
        time,
    }
}

#[tokio::test]
async fn what_is_in_the_folder_lets_in_again_and_is_for_its_user_alone() {
    let dir = tempfile::tempdir().unwrap();
    let key = read_key(dir.path()).unwrap();
    let ahead = Millis::minutes(3).after(clock::now());
    let kept = Kept::of(
        "eu-1",
        digest("join"),
        &new(ahead, Millis::minutes(60)),
        clock::now(),
    );
    write_kept(dir.path(), &kept).unwrap();
    for name in ["identity.pem", "credential.json"] {
        let mode = std::fs::metadata(dir.path().join(name))
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{name}");
    }
    let nowhere = ("http://127.0.0.1:1", "eu-1");
    let opened = Credential::open(dir.path(), nowhere, Some("join"))
        .await
        .unwrap();
    assert_eq!(opened.environments(), ["dev"]);
    assert!(!format!("{opened:?}").contains("tg_"));
    // Signed by the server's clock, each request for an instant of its own.
    let proofs: Vec<Proof> = (0..100)
        .map(|_| Proof::parse(&opened.prove("GET", "/x", b"").header.1).unwrap())
        .collect();
    assert!(proofs.iter().all(|proof| proof.is_fresh(ahead)));
    assert!(proofs.windows(2).all(|two| two[0].at < two[1].at));
    let text = of_request(("GET", "/x"), proofs[0].at, &digest(&kept.token), b"");
    assert!(tidegate_policy::signature::is_genuine(
        &key.public(),
        &text,
        &proofs[0].value
    ));
}

#[tokio::test]
async fn without_a_credential_that_is_good_it_says_how_to_get_one() {
    let dir = tempfile::tempdir().unwrap();
    let nowhere = ("http://127.0.0.1:1", "eu-1");
    let none = Credential::open(dir.path(), nowhere, None)
        .await
        .unwrap_err()
        .to_string();
    assert!(none.contains("tidegate agent enroll eu-1"), "{none}");
    let before = Millis::minutes(60).before(clock::now());
    let kept = Kept::of(
        "eu-1",
        digest("join"),
        &new(before, Millis::minutes(30)),
        before,
    );
    write_kept(dir.path(), &kept).unwrap();
    // The join token it came from is not brought a second time.
    for token in [None, Some("join")] {
        let ended = Credential::open(dir.path(), nowhere, token)
            .await
            .unwrap_err();
        assert!(
            ended.to_string().contains("its credential ended"),
            "{ended}"
        );
    }
    std::fs::write(
        dir.path().join("credential.json"),
        "{\"token\": \"tg_secret\"}",
    )
    .unwrap();
    let damaged = Credential::open(dir.path(), nowhere, None)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        damaged.contains("is damaged") && !damaged.contains("tg_secret"),
        "{damaged}"
    );
}

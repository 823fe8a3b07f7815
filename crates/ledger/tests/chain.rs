//! The chain as a public format: fixed for ever, and able to name what was changed.

use tidegate_core::batch::NewEntry;
use tidegate_core::digest::Digest;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_ledger::chain::{Broken, seal, verify};
use tidegate_ledger::{Entry, Head};

fn release(key: &str) -> StreamId {
    StreamId::new(StreamKind::Release, key)
}

fn two_entries() -> Vec<Entry> {
    let mut head = Head::empty();
    let new = |rev, kind: &str, actor: &str| NewEntry {
        stream: release("web@1.1.0"),
        rev,
        kind: kind.to_owned(),
        actor: actor.to_owned(),
        cause: format!("cmd-{rev}"),
        body: r#"{"note":"größer"}"#.to_owned(),
    };
    let mut entries = Vec::new();
    for new in [
        new(1, "release.created/1", "ci"),
        new(2, "release.held/1", "zoë"),
    ] {
        let at = Timestamp::from_microsecond(
            1_790_000_000_000_000 + i64::try_from(new.rev).expect("small"),
        )
        .expect("a time");
        let entry = seal(&head, &new, at).expect("sealed");
        head = Head {
            seq: entry.seq,
            at,
            hash: entry.hash.clone(),
        };
        entries.push(entry);
    }
    entries
}

/// Computed by another program from the written definition, so that the encoding can never change unnoticed.
#[test]
fn the_encoding_is_the_published_one() {
    let hashes: Vec<String> = two_entries().iter().map(|entry| entry.hash.hex()).collect();
    let published = [
        "1cb8c0c37fc618c9de64ee5ca1be36b561a8e19ad9477028354f06b535f333ff",
        "662eb7c0ef290ed449f6bea8843372b05d38f83f135760639df4146b68da0b68",
    ];
    assert_eq!(hashes, published);
}

#[test]
fn each_changed_field_breaks_the_entry_it_is_in() {
    let changes: [fn(&mut Entry); 9] = [
        |e| e.at = Timestamp::from_microsecond(e.at.as_microsecond() + 1).expect("a time"),
        |e| e.stream = release("api@1.1.0"),
        |e| e.rev += 1,
        |e| e.kind.push('0'),
        |e| e.actor.push('0'),
        |e| e.cause.push('0'),
        |e| e.body = Some(String::new()),
        |e| e.body_hash = Digest::of(b"other"),
        |e| e.hash = Digest::of(b"other"),
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut entries = two_entries();
        change(&mut entries[0]);
        let broken = verify(entries, Head::empty()).expect_err("found");
        assert_eq!(broken.seq, 1, "change {index}: {broken}");
    }
}

#[test]
fn text_cannot_move_from_one_field_to_the_next() {
    let mut entries = two_entries();
    entries[0].kind = "release.created/1c".to_owned();
    entries[0].actor = "i".to_owned();
    assert!(verify(entries, Head::empty()).is_err());
}

#[test]
fn a_missing_or_repeated_entry_is_named() {
    let entries = two_entries();
    let broken = |entries: Vec<Entry>| verify(entries, Head::empty()).expect_err("found").seq;
    assert_eq!(broken(vec![entries[1].clone()]), 1);
    assert_eq!(broken(vec![entries[0].clone(), entries[0].clone()]), 2);
}

#[test]
fn a_body_that_is_gone_or_replaced_and_not_accounted_for_is_found() {
    let mut entries = two_entries();
    entries[0].body = None;
    let because = "its body is missing, and no erasure says why".to_owned();
    assert_eq!(
        verify(entries.clone(), Head::empty()),
        Err(Broken { seq: 1, because })
    );
    entries[0].body = Some("{}".to_owned());
    entries[0].erased = Some(2);
    let broken = verify(entries.clone(), Head::empty()).expect_err("entry 2 says nothing of it");
    assert_eq!(broken.seq, 1);
    assert!(
        broken.because.contains("is no erasure that says so"),
        "{broken}"
    );
    entries[0].erased = Some(1);
    let broken = verify(entries.clone(), Head::empty()).expect_err("by itself");
    assert!(broken.because.contains("which cannot be"), "{broken}");
    entries[0].erased = None;
    entries[0].body = Some("{}".to_owned());
    let because = "its body is not the one that was written".to_owned();
    assert_eq!(
        verify(entries, Head::empty()),
        Err(Broken { seq: 1, because })
    );
}

#[test]
fn a_whole_stream_that_was_forged_from_its_middle_is_found() {
    let mut entry = two_entries().remove(1);
    entry.seq = 1;
    entry.hash = tidegate_ledger::chain::hash(&Head::empty().hash, &entry);
    let broken = verify([entry], Head::empty()).expect_err("revision 2 without revision 1");
    assert!(broken.because.contains("at revision 0"), "{broken}");
}

//! An export is checked with nothing but itself, and no byte of it changes unnoticed.

use tidegate_core::batch::NewEntry;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_ledger::export::{ExportError, Summary, Verifying, export, verify_export};
use tidegate_ledger::{Head, MemoryStore, Store};

const ENTRIES: u64 = 200;

/// A ledger with bodies that need escaping and letters that need several bytes.
fn exported() -> (Head, Vec<u8>) {
    let store: Box<dyn Store> = Box::new(MemoryStore::new());
    let head = store.write_with(|tx| {
        for n in 0..ENTRIES {
            let stream = StreamId::new(StreamKind::Deployment, &format!("d{}", n % 7));
            let entry = NewEntry {
                rev: tx.rev(&stream)? + 1,
                stream,
                kind: "deployment.noted/1".to_owned(),
                actor: "zoë".to_owned(),
                cause: format!("cmd-{n}"),
                body: format!("{{\"n\":{n},\"t\":\"a\\\"b\\n✓\"}}"),
            };
            tx.append(
                &entry,
                Timestamp::from_microsecond(1_790_000_000_000_000 + 1_500 * n as i64)
                    .expect("a time"),
            )?;
        }
        tx.head()
    });
    let mut out = Vec::new();
    store
        .read_with(|rows| export(rows, &mut out))
        .expect("exported");
    (head.expect("written"), out)
}

fn verified(bytes: &[u8]) -> Result<Summary, ExportError> {
    verify_export(bytes)
}

#[test]
fn an_export_verifies_and_names_the_head_it_leads_to() {
    let (head, bytes) = exported();
    let summary = verified(&bytes).expect("good");
    assert_eq!(
        (summary.entries, summary.streams, summary.erased),
        (ENTRIES, 7, 0)
    );
    assert_eq!(summary.head, head);
    let first_lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').take(2).collect();
    let text = String::from_utf8_lossy(first_lines[1]);
    assert!(
        text.contains(r#""body":"{\"n\":0,\"t\":\"a\\\"b\\n✓\"}""#),
        "the exact stored text: {text}"
    );
}

#[test]
fn an_export_of_the_version_before_is_still_good() {
    let (head, bytes) = exported();
    let before =
        String::from_utf8(bytes)
            .expect("text")
            .replacen("\"version\":3", "\"version\":1", 1);
    assert_eq!(verified(before.as_bytes()).expect("good").head, head);
}

#[test]
fn an_empty_ledger_exports_and_verifies() {
    let store: Box<dyn Store> = Box::new(MemoryStore::new());
    let mut out = Vec::new();
    store
        .read_with(|rows| export(rows, &mut out))
        .expect("exported");
    assert_eq!(verified(&out).expect("good").head, Head::empty());
}

/// Every byte is flipped once, the bit going round. Lines before the flipped one are as they were, so checking goes on from
/// what they led to instead of beginning anew each time.
#[test]
fn every_flipped_byte_is_found() {
    let (_, bytes) = exported();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
    let mut before = Verifying::default();
    let mut flips = 0;
    for (index, line) in lines.iter().enumerate() {
        for position in 0..line.len() {
            let mut flipped = line.to_vec();
            flipped[position] ^= 1 << (flips % 8);
            flips += 1;
            let found = check_from(before.clone(), &flipped, &lines[index + 1..]);
            assert!(
                found.is_err(),
                "byte {position} of line {}: {}",
                index + 1,
                String::from_utf8_lossy(&flipped)
            );
        }
        before
            .push(line)
            .expect("the line as it was exported is good");
    }
    assert_eq!(flips, bytes.len());
    before.finish().expect("the export is good");
}

/// The rest of the export as a reader splits it into lines, with a line end that was flipped away or put in.
fn check_from(
    mut state: Verifying,
    flipped: &[u8],
    rest: &[&[u8]],
) -> Result<Summary, ExportError> {
    let mut rest = rest.iter();
    let mut first = flipped.to_vec();
    if !first.ends_with(b"\n") {
        first.extend(rest.next().copied().unwrap_or_default());
    }
    for line in first.split_inclusive(|b| *b == b'\n') {
        state.push(line)?;
    }
    rest.try_for_each(|line| state.push(line))?;
    state.finish()
}

#[test]
fn an_entry_that_was_changed_taken_out_or_swapped_is_named() {
    let (_, bytes) = exported();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
    let join = |lines: &[&[u8]]| lines.concat();
    let named = |bytes: Vec<u8>| match verified(&bytes) {
        Err(ExportError::Broken(broken)) => broken.seq,
        other => panic!("expected a broken entry, got {other:?}"),
    };

    let changed = String::from_utf8(lines[50].to_vec())
        .expect("text")
        .replace("zoë", "eve");
    assert_eq!(
        named([join(&lines[..50]), changed.into_bytes(), join(&lines[51..])].concat()),
        50
    );
    assert_eq!(
        named([join(&lines[..50]), join(&lines[51..])].concat()),
        50,
        "taken out"
    );
    assert_eq!(
        named(
            [
                join(&lines[..50]),
                join(&[lines[51], lines[50]]),
                join(&lines[52..])
            ]
            .concat()
        ),
        50,
        "swapped"
    );
    assert_eq!(named(join(&lines[..190])), 190, "the end is missing");
    assert_eq!(
        named([join(&lines[..]), lines[200].to_vec()].concat()),
        201,
        "one twice"
    );
}

#[test]
fn what_is_not_an_export_is_refused_with_the_line() {
    let (_, bytes) = exported();
    let text = |bytes: &[u8]| verified(bytes).expect_err("refused").to_string();
    assert_eq!(text(b""), "line 1 is missing: the export is empty");
    assert!(text(b"hello\n").starts_with("line 1 is not the header of an export"));
    assert_eq!(
        text(&bytes[..bytes.len() - 1]),
        "line 201 has no end: the export was cut off"
    );
    let newer =
        String::from_utf8(bytes)
            .expect("text")
            .replacen("\"version\":3", "\"version\":9", 1);
    assert!(
        text(newer.as_bytes()).contains("format version 9"),
        "{}",
        text(newer.as_bytes())
    );
}

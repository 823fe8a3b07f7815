//! A thousand histories that somebody who may write everything made up, with all hashes computed anew.
//!
//! Each is whole in itself. It is found where the signed checkpoint was left in place, by the key that auditors know where the
//! forger signed it anew, and by the checkpoint that a witness kept wherever the forger did both.

use crate::world::{key, seal, whole};
use tidegate_core::batch::NewEntry;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_ledger::chain::verify_rows;
use tidegate_ledger::export::{export, verify_export_with};
use tidegate_ledger::tree::{prove_growth, root_at, shows_growth};
use tidegate_ledger::{Head, MemoryStore, Store};

const REWRITES: u64 = 1_000;
/// Entries of the honest log; its checkpoint covers all.
const ENTRIES: usize = 40;

/// What one entry says, without what the ledger works out.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    stream: usize,
    actor: String,
    body: String,
    at: i64,
}

fn honest() -> Vec<Said> {
    let said = |n: usize| Said {
        stream: n % 5,
        actor: "zoë".to_owned(),
        body: format!("{{\"n\":{n}}}"),
        at: 1_790_000_000_000_000 + 1_500 * i64::try_from(n).unwrap_or(0),
    };
    (0..ENTRIES).map(said).collect()
}

fn written(said: &[Said]) -> Box<dyn Store> {
    let store: Box<dyn Store> = Box::new(MemoryStore::new());
    let put = store.write_with(|tx| {
        for (n, said) in said.iter().enumerate() {
            let stream = StreamId::new(StreamKind::Deployment, &format!("d{}", said.stream));
            let entry = NewEntry {
                rev: tx.rev(&stream)? + 1,
                stream,
                kind: "deployment.noted/1".to_owned(),
                actor: said.actor.clone(),
                cause: format!("cmd-{n}"),
                body: said.body.clone(),
            };
            tx.append(
                &entry,
                Timestamp::from_microsecond(said.at).expect("a time"),
            )?;
        }
        Ok(())
    });
    put.expect("written");
    store
}

/// Something else than was: who, what, when, which stream; one taken out, put in, swapped; the end cut off, with and without
/// other entries in its place.
fn rewritten(number: u64) -> (String, Vec<Said>) {
    let mut said = honest();
    let at = usize::try_from(number / 10).expect("small") % ENTRIES;
    let salt = number / 10 / ENTRIES as u64;
    let what = match number % 10 {
        0 => {
            said[at].actor = format!("eve{salt}");
            "another person"
        }
        1 => {
            said[at].body = format!("{{\"n\":{at},\"s\":{salt}}}");
            "another body"
        }
        2 => {
            said[at].at += 1 + i64::try_from(salt).expect("small");
            "another instant"
        }
        3 => {
            said[at].stream = (said[at].stream + 1) % 5;
            "another stream"
        }
        4 => {
            said.remove(at);
            "taken out"
        }
        5 => {
            said.remove(at);
            let mut last = said[ENTRIES - 2].clone();
            last.body = format!("{{\"s\":{salt}}}");
            said.push(last);
            "taken out, and another one at the end"
        }
        6 => {
            let mut other = said[at].clone();
            other.body = format!("{{\"s\":{salt}}}");
            said.insert(at, other);
            "put in"
        }
        7 => {
            let other = (at + 1 + usize::try_from(salt).expect("small")) % ENTRIES;
            let (one, two) = (said[at].body.clone(), said[other].body.clone());
            said[at].body = two;
            said[other].body = one;
            "swapped"
        }
        8 => {
            said.truncate(at);
            "cut off"
        }
        _ => {
            said.truncate(at);
            said.resize_with(ENTRIES, || Said {
                stream: 4,
                actor: "eve".to_owned(),
                body: format!("{{\"s\":{salt}}}"),
                at: 1_790_000_001_000_000,
            });
            "cut off, and other entries in its place"
        }
    };
    (format!("{what} at {at}"), said)
}

#[test]
fn each_of_a_thousand_rewritten_histories_with_new_hashes_is_found() {
    let true_one = written(&honest());
    let signed = seal(&*true_one, &key(1));
    let kept = {
        let root = true_one.read_with(|rows| root_at(rows, signed.size));
        (signed.size, root.expect("read"))
    };
    whole(&*true_one);
    let mut found = 0;
    for number in 0..REWRITES {
        let (what, said) = rewritten(number);
        assert_ne!(said, honest(), "{number}: {what} changes nothing");
        let forged = written(&said);
        whole(&*forged);

        // Signed anew, in the name of the log: whole in itself, and not by the key that is known.
        if !said.is_empty() {
            seal(&*forged, &key(2));
        }
        whole(&*forged);
        let mut bytes = Vec::new();
        forged
            .read_with(|rows| export(rows, &mut bytes))
            .expect("exported");
        let known = vec![key(1).verifier().to_owned()];
        let by_key = verify_export_with(bytes.as_slice(), known);

        // What a witness kept does not lead to it, whatever proof it gives.
        let by_witness = forged.read_with(|rows| {
            let now = rows.head()?.seq;
            if now < kept.0 {
                return Ok(false);
            }
            let proof = prove_growth(rows, kept.0, now)?;
            let root = root_at(rows, now)?;
            Ok(shows_growth(&proof, (kept.0, &kept.1), (now, &root)))
        });

        // The signed checkpoint is where it was.
        let left = written(&said);
        let put = left.write_with(|tx| {
            tx.put_checkpoint_key(key(1).verifier())?;
            tx.put_checkpoint(&signed)
        });
        put.expect("kept");
        let by_checkpoint = left.read_with(|rows| Ok(verify_rows(rows, Head::empty())));
        assert!(by_key.is_err(), "{number}: {what}, by its key");
        assert_eq!(by_witness, Ok(false), "{number}: {what}, by a witness");
        let by_checkpoint = by_checkpoint.expect("read");
        assert!(
            by_checkpoint.is_err(),
            "{number}: {what}, by its checkpoint"
        );
        found += 1;
    }
    assert_eq!(found, REWRITES);
}

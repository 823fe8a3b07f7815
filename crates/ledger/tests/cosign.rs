//! Cosignatures of witnesses, in the form of C2SP.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use tidegate_core::digest::Digest;
use tidegate_core::time::Timestamp;
use tidegate_ledger::cosign::{WitnessKey, cosigned};
use tidegate_ledger::seal::{SealKey, open};
use tidegate_ledger::tree::Frontier;

fn witness(name: &str, seed: u8) -> WitnessKey {
    WitnessKey::parse(&WitnessKey::generate(name, [seed; 32]).unwrap()).unwrap()
}

fn log() -> SealKey {
    let text = SealKey::generate("tidegate.local/ledger/test", [7; 32]).unwrap();
    SealKey::parse(&text).unwrap()
}

fn note() -> String {
    let mut tree = Frontier::default();
    tree.push(Digest::of(b"one"));
    log().sign(&tree).unwrap()
}

#[test]
fn a_cosigned_note_is_still_that_of_the_log_and_says_who_saw_it_when() {
    let at: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let (one, two) = (witness("one.example", 1), witness("two.example", 2));
    let note = two.cosign(&one.cosign(&note(), at).unwrap(), at).unwrap();
    assert_eq!(open(&note, &[log().verifier().to_owned()]).unwrap().size, 1);
    let keys = [one.verifier().to_owned(), two.verifier().to_owned()];
    let found = cosigned(&note, &keys).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!((&found[0].by, found[0].at), (&keys[0], at));
    let other = witness("one.example", 3).verifier().to_owned();
    assert!(cosigned(&note, &[other]).unwrap().is_empty());
    // A second look replaces the first.
    let later: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
    let again = one.cosign(&note, later).unwrap();
    assert_eq!(cosigned(&again, &keys).unwrap()[0].at, later);
    assert_eq!(again.lines().count(), note.lines().count());
}

#[test]
fn a_cosignature_over_another_note_or_another_instant_is_wrong() {
    let at: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let one = witness("one.example", 1);
    let keys = [one.verifier().to_owned()];
    let signed = one.cosign(&note(), at).unwrap();
    let mut tree = Frontier::default();
    tree.push(Digest::of(b"other"));
    let other = log().sign(&tree).unwrap();
    let line = signed
        .lines()
        .find(|line| line.starts_with("— one."))
        .unwrap();
    let moved = format!("{other}{line}\n");
    assert!(
        cosigned(&moved, &keys)
            .unwrap_err()
            .to_string()
            .contains("is wrong")
    );
    for n in 14..line.chars().count() {
        let changed: String = line
            .chars()
            .enumerate()
            .map(|(at, c)| match at == n {
                true if c == 'A' => 'B',
                true => 'A',
                false => c,
            })
            .collect();
        let text = signed.replace(line, &changed);
        if text != signed {
            let found = cosigned(&text, &keys);
            assert!(found.is_err() || found.unwrap().is_empty(), "character {n}");
        }
    }
}

/// The id is that of C2SP: the first bytes of SHA-256 of name, line end, 0x04 and key.
#[test]
fn keys_have_the_form_of_c2sp_and_no_error_shows_a_secret() {
    let text = WitnessKey::generate("one.example", [1; 32]).unwrap();
    let (secret, public) = text.trim().split_once('\n').unwrap();
    assert!(
        public.starts_with("one.example+") && public.contains("+B"),
        "{public}"
    );
    let log = SealKey::generate("one.example", [1; 32]).unwrap();
    assert!(
        WitnessKey::parse(&log).is_err(),
        "the key of a log is not that of a witness"
    );
    for seed in 0..=u8::MAX {
        WitnessKey::generate("one.example", [seed; 32]).unwrap();
    }
    let other = WitnessKey::generate("one.example", [2; 32]).unwrap();
    let mixed = format!("{secret}\n{}\n", other.lines().nth(1).unwrap());
    for bad in ["", secret, &mixed, "a\nb"] {
        let told = WitnessKey::parse(bad).unwrap_err().to_string();
        assert!(
            !told.contains(secret.splitn(5, '+').last().unwrap()),
            "{told}"
        );
    }
    assert!(WitnessKey::generate("two words", [1; 32]).is_err());
    assert!(cosigned("no note", &[public.to_owned()]).is_err());
    assert!(cosigned(&note(), &["one.example+00000000+BA==".to_owned()]).is_err());
}

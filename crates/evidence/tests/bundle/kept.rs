//! Bundles that were made before are good for ever: what later versions work out from the same entries is the same to the byte. Those of
//! earlier formats are never written again. `UPDATE=1` writes that of the newest anew; then bundles that people keep are no longer good,
//! unless the format got a new number.

use crate::world::World;
use std::path::PathBuf;
use tidegate_evidence::check;

fn kept(name: &str) -> PathBuf {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap());
    root.join("tests/golden").join(name)
}

#[test]
fn a_bundle_that_was_kept_is_still_good() {
    let kept = std::fs::read(kept("payments-3.3.0.tidegate-evidence.zip")).unwrap();
    let checked = check(&kept, &[World::empty().key.verifier().to_owned()]).unwrap();
    assert_eq!((checked.entries, checked.bodies), (14, 0));
}

#[test]
fn a_bundle_of_the_second_format_is_still_good() {
    let kept = std::fs::read(kept("payments-3.3.0.second.tidegate-evidence.zip")).unwrap();
    let checked = check(&kept, &[World::empty().key.verifier().to_owned()]).unwrap();
    assert_eq!((checked.bodies, checked.missing), (1, 2));
    assert!(checked.shared.is_empty());
}

#[test]
fn a_bundle_with_whole_sittings_and_departures_is_still_good() {
    let path = kept("payments-3.3.0.third.tidegate-evidence.zip");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, World::told().bundle()).unwrap();
    }
    let kept = std::fs::read(&path).unwrap();
    let checked = check(&kept, &[World::empty().key.verifier().to_owned()]).unwrap();
    assert_eq!((checked.bodies, checked.shared.len()), (1, 2));
}

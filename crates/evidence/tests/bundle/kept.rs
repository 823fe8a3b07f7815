//! A bundle that was made before is good for ever: what later versions work out from the same entries is the same to the byte.
//! `UPDATE=1` writes it anew; then bundles that people keep are no longer good, unless the format got a new number.

use crate::world::World;
use std::path::PathBuf;
use tidegate_evidence::check;

#[test]
fn a_bundle_that_was_kept_is_still_good() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap());
    let path = root.join("tests/golden/payments-3.3.0.tidegate-evidence.zip");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, World::released().bundle()).unwrap();
    }
    let kept = std::fs::read(&path).unwrap();
    let checked = check(&kept, &[World::empty().key.verifier().to_owned()]).unwrap();
    assert_eq!(checked.entries, 14);
}

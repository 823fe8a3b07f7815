//! The tour is the acceptance test: real processes, real traffic, every claim checked.

use std::process::Command;

#[test]
fn every_claim_of_the_tour_holds() {
    let out = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["demo", "--fast"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stdout);
    let err = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{text}\n{err}");
    assert!(text.contains("9 of 9 claims held"), "{text}");
}

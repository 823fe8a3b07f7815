//! Some trials each time the tests run. `cargo xtask sim` runs as many as one wants; a seed that ever failed stands here.

use tidegate_ledger::conformance::cluster::Cluster;
use tidegate_sim::trial::{Kept, Lasting, Mutation, Report, Setup, run};

fn trial(seed: u64, kept: Kept, mutation: Option<Mutation>) -> Report {
    lasting(Lasting::Hours, seed, kept, mutation)
}

fn lasting(lasting: Lasting, seed: u64, kept: Kept, mutation: Option<Mutation>) -> Report {
    let blobs = std::env::temp_dir().join("tidegate-trials-without-blobs");
    run(Setup {
        seed,
        lasting,
        kept,
        mutation,
        blobs,
    })
}

fn folder(seed: u64) -> std::path::PathBuf {
    let name = format!("tidegate-trial-{}-{seed}", std::process::id());
    std::env::temp_dir().join(name)
}

#[test]
fn nothing_that_must_never_happen_happens_in_these_trials() {
    for seed in [3, 7, 11] {
        let report = trial(seed, Kept::Memory, None);
        assert_eq!(report.violation, None, "seed {seed}");
        assert!(report.counts.effects > 0, "seed {seed} did nothing");
    }
}

/// Seeds of long trials that ever failed: 20451, because a way back that a person settles by hand ends with that person's word.
#[test]
fn what_once_failed_holds() {
    let report = lasting(Lasting::Day, 20_451, Kept::Memory, None);
    assert_eq!(report.violation, None);
}

/// A checker that never failed proves nothing.
#[test]
fn each_defence_that_is_switched_off_is_noticed() {
    for mutation in Mutation::ALL {
        let seeds = 1..=60;
        let caught = seeds
            .map(|seed| trial(seed, Kept::Memory, Some(mutation)))
            .find_map(|report| report.violation);
        assert!(caught.is_some(), "{mutation:?} was not noticed");
    }
}

#[test]
fn a_seed_is_the_same_trial_on_every_store_to_the_last_hash() {
    let seed = 5;
    let memory = trial(seed, Kept::Memory, None);
    assert_eq!(memory.violation, None);
    let again = trial(seed, Kept::Memory, None);
    assert_eq!(memory, again, "the same seed again");
    let place = folder(seed);
    let sqlite = trial(seed, Kept::Sqlite(place.clone()), None);
    std::fs::remove_dir_all(place).expect("removed");
    assert_eq!(sqlite.violation, None);
    assert_eq!(memory.head, sqlite.head, "SQLite");
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let (url, ledger) = (cluster.url(), 1);
    let postgres = trial(seed, Kept::Postgres { url, ledger }, None);
    assert_eq!(postgres.violation, None);
    assert_eq!(memory.head, postgres.head, "Postgres");
}

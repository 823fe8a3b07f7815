//! What figures mean: regressions are found, noise is not, absence never passes.

use super::*;
use crate::spec::{Better, Metric, NoData, Source, Tolerance};
use crate::time::Millis;
use std::collections::BTreeMap;

fn analysis(at_least: u64) -> crate::spec::Analysis {
    let errors = Metric {
        better: Better::Lower,
        tolerate: Tolerance::Points(50),
        critical: true,
        source: Source::RouterErrors,
    };
    crate::spec::Analysis {
        every: Millis::secs(30),
        at_least,
        no_data: NoData::Pause,
        metrics: BTreeMap::from([("error-rate".to_owned(), errors)]),
    }
}

fn counts(requests: u64, errors: u64) -> Counts {
    Counts {
        requests,
        errors,
        blocks: requests,
        error_blocks: errors,
    }
}

fn figures(new: Counts, old: Counts) -> Vec<Sample> {
    let figures = Figures::Errors {
        new,
        old,
        recent_new: Counts::default(),
        recent_old: Counts::default(),
        recent_ms: 0,
    };
    vec![Sample {
        metric: "error-rate".to_owned(),
        figures,
    }]
}

#[test]
fn eight_percent_errors_are_a_regression_after_a_hundred_requests() {
    let verdict = judge(&analysis(60), &figures(counts(108, 9), counts(972, 0)));
    assert_eq!(verdict.judgement, Judgement::Regressed);
    assert!(
        verdict.sentence().contains("limit +0.50pp"),
        "{}",
        verdict.sentence()
    );
}

#[test]
fn the_same_errors_on_both_sides_are_no_regression() {
    let verdict = judge(&analysis(60), &figures(counts(200, 4), counts(1_800, 36)));
    assert_eq!(verdict.judgement, Judgement::Healthy);
}

#[test]
fn absence_and_small_samples_never_pass() {
    assert_eq!(
        judge(&analysis(60), &[]).judgement,
        Judgement::Inconclusive {
            why: Unclear::NoData
        }
    );
    assert_eq!(
        judge(&analysis(60), &figures(counts(0, 0), counts(0, 0))).judgement,
        Judgement::Inconclusive {
            why: Unclear::NoData
        }
    );
    assert_eq!(
        judge(&analysis(200), &figures(counts(30, 0), counts(900, 0))).judgement,
        Judgement::Inconclusive {
            why: Unclear::TooFew
        }
    );
}

#[test]
fn a_dead_canary_is_found_from_the_newest_moments_alone() {
    let new = Counts {
        requests: 30,
        errors: 30,
        blocks: 1,
        error_blocks: 1,
    };
    let mut samples = figures(counts(50_000, 30), counts(450_000, 300));
    if let Figures::Errors {
        recent_new,
        recent_ms,
        ..
    } = &mut samples[0].figures
    {
        *recent_new = new;
        *recent_ms = 600;
    }
    assert_eq!(
        judge(&analysis(200), &samples).judgement,
        Judgement::Regressed
    );
}

/// A small deterministic generator: tests need no randomness from outside.
struct Noise(u64);
impl Noise {
    fn hit(&mut self, per_million: u64) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % 1_000_000 < per_million
    }
}

#[test]
fn looking_after_every_request_raises_few_false_alarms() {
    // 1 % errors on both sides, 2,000 canary requests, a look after each: at most 1 in 100 rollouts may be taken back.
    let mut noise = Noise(0x9E37_79B9_7F4A_7C15);
    let mut alarms = 0;
    for _ in 0..300 {
        let (mut new, mut old) = (counts(0, 0), counts(0, 0));
        for i in 0..2_000_u64 {
            for _ in 0..9 {
                let bad = u64::from(noise.hit(10_000));
                old = counts(old.requests + 1, old.errors + bad);
            }
            let bad = u64::from(noise.hit(10_000));
            new = counts(new.requests + 1, new.errors + bad);
            if i % 10 == 0
                && judge(&analysis(60), &figures(new, old)).judgement == Judgement::Regressed
            {
                alarms += 1;
                break;
            }
        }
    }
    assert!(alarms <= 3, "{alarms} false alarms in 300 healthy rollouts");
}

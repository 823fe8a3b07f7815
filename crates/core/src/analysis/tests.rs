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
        base: Base::Concurrent,
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
fn a_verdict_that_blocks_decide_says_so_where_the_interval_does_not_show_it() {
    let new = Counts {
        blocks: 30,
        error_blocks: 12,
        ..counts(600, 12)
    };
    let old = Counts {
        blocks: 300,
        error_blocks: 0,
        ..counts(5_400, 0)
    };
    let verdict = judge(&analysis(60), &figures(new, old));
    assert_eq!(
        verdict.sentence(),
        "REGRESSED error-rate canary 2.00% base 0.00% diff +2.00pp [+0.07..+3.93] limit +0.50pp n=600/5400 \
         (decided by blocks: in 12 of 30 an instance had an error within a second, the limit explains 9.9%; \
         the interval still reaches below it)"
    );
    let apart = judge(&analysis(60), &figures(counts(108, 20), counts(972, 0)));
    assert!(!apart.sentence().contains("blocks"), "{}", apart.sentence());
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

/// One second of one instance: requests and how many of them failed.
fn second(side: &mut Counts, requests: u64, errors: u64) {
    side.requests += requests;
    side.errors += errors;
    side.blocks += 1;
    side.error_blocks += u64::from(errors > 0);
}

#[test]
fn one_bad_second_is_not_taken_for_a_bad_release() {
    // Ten errors in one second of one instance, nothing before and after.
    let (mut new, mut old) = (Counts::default(), Counts::default());
    for i in 0..20 {
        second(&mut new, 10, if i == 7 { 10 } else { 0 });
        second(&mut old, 90, 0);
    }
    let verdict = judge(&analysis(200), &figures(new, old));
    assert_eq!(
        verdict.judgement,
        Judgement::Degraded,
        "{}",
        verdict.sentence()
    );
}

#[test]
fn a_few_errors_of_a_thin_canary_keep_it_from_passing() {
    // Three of 38 requests failed, none of 342: too little for a rollback, too much for a pass.
    let (mut new, mut old) = (Counts::default(), Counts::default());
    for (requests, errors) in [(15, 2), (15, 1), (8, 1)] {
        second(&mut new, requests, errors);
    }
    for _ in 0..3 {
        second(&mut old, 114, 0);
    }
    let verdict = judge(&analysis(20), &figures(new, old));
    assert_ne!(
        verdict.judgement,
        Judgement::Healthy,
        "{}",
        verdict.sentence()
    );
}

/// Seconds of a rollout until its verdict is a regression, at most `longest`: 10 canary requests a second on one
/// instance, 90 on the old side, errors per million as given; `cluster` requests share one fate.
fn seconds_until_regressed(
    noise: &mut Noise,
    (new_ppm, old_ppm): (u64, u64),
    cluster: u64,
    longest: u64,
) -> Option<u64> {
    let (mut new, mut old) = (Counts::default(), Counts::default());
    for at in 1..=longest {
        let mut errors = |requests: u64, ppm: u64| {
            let mut failed = 0;
            for _ in 0..requests / cluster {
                failed += if noise.hit(ppm) { cluster } else { 0 };
            }
            failed
        };
        let (of_new, of_old) = (errors(10, new_ppm), errors(90, old_ppm));
        second(&mut new, 10, of_new);
        second(&mut old, 90, of_old);
        if judge(&analysis(60), &figures(new, old)).judgement == Judgement::Regressed {
            return Some(at);
        }
    }
    None
}

#[test]
fn errors_that_come_in_bursts_on_both_sides_raise_no_alarm_in_two_hundred_hours() {
    // 0.5 % errors in bursts of five on both sides, an hour each, a look every second.
    let mut noise = Noise(0x2545_F491_4F6C_DD1D);
    let alarms = (0..200)
        .filter(|_| seconds_until_regressed(&mut noise, (5_000, 5_000), 5, 3_600).is_some())
        .count();
    assert!(alarms <= 1, "{alarms} false alarms in 200 healthy hours");
}

#[test]
fn eight_percent_errors_never_pass_and_are_found_within_a_minute() {
    let mut noise = Noise(0x9E37_79B9_7F4A_7C15);
    let mut found: Vec<u64> = (0..200)
        .filter_map(|_| seconds_until_regressed(&mut noise, (80_000, 0), 1, 60))
        .collect();
    found.sort_unstable();
    assert!(
        found.len() >= 198,
        "found in {} of 200 rollouts",
        found.len()
    );
    assert!(found[100] <= 20, "median {} s", found[100]);
}

#[test]
fn what_the_old_side_did_before_is_said_to_be_from_before() {
    let mut samples = figures(counts(400, 40), counts(9_000, 9));
    if let Figures::Errors { base, .. } = &mut samples[0].figures {
        *base = Base::Earlier;
    }
    let sentence = judge(&analysis(60), &samples).sentence();
    assert!(
        sentence.ends_with("(base: before all traffic moved)"),
        "{sentence}"
    );
}

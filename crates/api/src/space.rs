//! Room for the ledger: samples of its size, its growth, and for how many days the disk still has room.
//!
//! What the disk says is measured by whoever runs the server; here it is only kept and judged.

use crate::error::Problem;
use crate::look::Look;
use serde::{Deserialize, Serialize};
use tidegate_client::wire::{CheckState, StoreSpace};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_engine::Engine;
use tidegate_ledger::StoreError;

/// Rows by day since 1970, six digits: the first [`Sample`] of each.
const MODEL: &str = "store-size";
/// Days over which growth is looked at.
const DAYS: i64 = 30;
/// Less history than this says nothing about a day.
const LEAST: Millis = Millis::minutes(60);
const DAY: u64 = 24 * 60 * 60 * 1_000;

/// Warned when the disk has room for fewer days, or less than a tenth of it is free.
const WARN_DAYS: u64 = 30;
/// A failure when it has room for fewer days, or less than a fiftieth of it is free.
const FAIL_DAYS: u64 = 3;

/// What a folder holds and what its disk has left, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// All files of the folder.
    pub used: u64,
    /// What the disk still takes.
    pub free: u64,
    /// All of the disk.
    pub total: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Sample {
    at: Timestamp,
    used: u64,
}

fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}

/// Keep the first sample of each day; those of long ago go.
///
/// # Errors
/// The store cannot be read or written.
pub fn sample_space(engine: &Engine, space: &Space) -> Result<(), StoreError> {
    let at = engine.now();
    let key = format!("{:06}", day(at));
    if engine.read(|rows| rows.model(MODEL, &key))?.is_some() {
        return Ok(());
    }
    let sample = Sample {
        at,
        used: space.used,
    };
    let body = serde_json::to_string(&sample).map_err(|e| StoreError::Aborted {
        because: e.to_string(),
    })?;
    let oldest = format!("{:06}", day(at) - DAYS);
    engine.write_rows(|tx| {
        for (old, _) in tx.scan(MODEL, "", None, 100, false)? {
            if old < oldest {
                tx.put_model(MODEL, &old, None)?;
            }
        }
        tx.put_model(MODEL, &key, Some(&body))
    })
}

/// Bytes a day since the oldest sample; none while there is too little history.
fn growth(oldest: Sample, space: &Space, now: Timestamp) -> Option<u64> {
    let passed = Millis::between(oldest.at, now);
    if passed < LEAST {
        return None;
    }
    let more = space.used.saturating_sub(oldest.used);
    let a_day = u128::from(more) * u128::from(DAY) / u128::from(passed.0);
    u64::try_from(a_day).ok()
}

fn judged(space: &Space, days: Option<u64>) -> CheckState {
    let less_than = |part: u64| space.free < space.total / part;
    let fewer_than = |least: u64| days.is_some_and(|days| days < least);
    if less_than(50) || fewer_than(FAIL_DAYS) {
        CheckState::Fail
    } else if less_than(10) || fewer_than(WARN_DAYS) {
        CheckState::Warn
    } else {
        CheckState::Ok
    }
}

/// How much room there is, and for how long.
pub(crate) fn told(look: &Look<'_>, space: &Space) -> Result<(StoreSpace, CheckState), Problem> {
    let oldest = look.rows.scan(MODEL, "", None, 1, false)?.pop();
    let oldest = oldest.map(|(_, body)| serde_json::from_str::<Sample>(&body));
    let growth = oldest
        .transpose()?
        .and_then(|oldest| growth(oldest, space, look.now));
    let days = growth.filter(|growth| *growth > 0);
    let days = days.map(|growth| space.free / growth);
    let told = StoreSpace {
        used_bytes: space.used,
        free_bytes: space.free,
        total_bytes: space.total,
        growth_per_day_bytes: growth,
        days_left: days,
    };
    Ok((told, judged(space, days)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GB: u64 = 1 << 30;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn growth_is_told_by_the_day_once_there_is_an_hour_of_it() {
        let space = Space {
            used: 3 * GB,
            free: 100 * GB,
            total: 200 * GB,
        };
        let oldest = Sample {
            at: at(0),
            used: GB,
        };
        assert_eq!(growth(oldest, &space, at(3_000)), None);
        assert_eq!(growth(oldest, &space, at(2 * 86_400)), Some(GB));
        let shrunk = Sample {
            used: 9 * GB,
            ..oldest
        };
        assert_eq!(growth(shrunk, &space, at(86_400)), Some(0));
    }

    #[test]
    fn a_filling_disk_warns_a_month_before_and_fails_some_days_before() {
        let space = |free| Space {
            used: GB,
            free,
            total: 100 * GB,
        };
        assert_eq!(judged(&space(50 * GB), None), CheckState::Ok);
        assert_eq!(judged(&space(50 * GB), Some(31)), CheckState::Ok);
        assert_eq!(judged(&space(50 * GB), Some(29)), CheckState::Warn);
        assert_eq!(judged(&space(50 * GB), Some(2)), CheckState::Fail);
        assert_eq!(judged(&space(9 * GB), None), CheckState::Warn);
        assert_eq!(judged(&space(GB), Some(400)), CheckState::Fail);
    }
}

//! When something is due: `2 working days`, `3 days`, `48 hours` or a duration such as `4h`, counted in a zone.

use crate::spec::Spec;
use crate::time::{Millis, Timestamp};
use jiff::ToSpan;

/// Longest way in days.
const FAR: i64 = 400;

/// How far away something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// So much time that goes by.
    Time(Millis),
    /// So many days, at the same time of day.
    Days {
        /// How many.
        number: i64,
        /// Only working days count.
        working: bool,
    },
}

/// What a phrase says.
///
/// # Errors
/// Why it cannot be read.
pub fn read(phrase: &str) -> Result<Due, String> {
    let text = phrase.trim();
    let ending = |one: &str, many: &str| text.strip_suffix(many).or_else(|| text.strip_suffix(one));
    if let Some(days) = ending("day", "days") {
        let (number, working) = match days.trim().strip_suffix("working") {
            Some(number) => (number.trim(), true),
            None => (days.trim(), false),
        };
        let number = number
            .parse()
            .ok()
            .filter(|n| (0..=FAR).contains(n))
            .ok_or_else(|| format!("`{number}` is no number of days from 0 to {FAR}"))?;
        return Ok(Due::Days { number, working });
    }
    // `48 hours` is `48h`.
    let short = ending("hour", "hours").map(|number| format!("{}h", number.trim()));
    let time = Millis::parse(short.as_deref().unwrap_or(text)).map_err(|_| {
        format!(
            "`{text}` is neither days (`2 working days`, `10 days`) nor time (`48 hours`, `4h`)"
        )
    })?;
    if time > Millis::minutes(FAR.unsigned_abs() * 24 * 60) {
        return Err(format!("`{text}` is longer than {FAR} days"));
    }
    Ok(Due::Time(time))
}

/// The instant that lies `phrase` after `from`: days keep the time of day in the company's zone.
///
/// # Errors
/// Why it cannot be told.
pub fn after(spec: &Spec, from: Timestamp, phrase: &str) -> Result<Timestamp, String> {
    let (number, working) = match read(phrase)? {
        Due::Time(time) => return Ok(time.after(from)),
        Due::Days { number, working } => (number, working),
    };
    let setting = spec.setting(&spec.zone).map_err(|e| e.to_string())?;
    let known = setting.working_days.in_zone(&setting.zone);
    let civil = setting.zone.civil(from);
    let mut day = civil.date();
    let mut left = number;
    // Holidays all year round are no calendar.
    for _ in 0..(2 * FAR) {
        if left == 0 {
            break;
        }
        day = day.saturating_add(1.day());
        left -= i64::from(!working || known.contains(day));
    }
    setting
        .zone
        .instant(day.to_datetime(civil.time()))
        .filter(|_| left == 0)
        .ok_or_else(|| format!("no day lies `{}` later", phrase.trim()))
}

//! When something is due: `2 working days`, `3 days`, `48 hours` or a duration such as `4h`, counted in a zone.

use crate::spec::Spec;
use crate::time::{Millis, Timestamp};
use jiff::ToSpan;

/// Longest way in days.
const FAR: i64 = 400;

/// The instant that lies `phrase` after `from`: days keep the time of day in the company's zone.
///
/// # Errors
/// Why it cannot be told.
pub fn after(spec: &Spec, from: Timestamp, phrase: &str) -> Result<Timestamp, String> {
    let text = phrase.trim();
    let days = text
        .strip_suffix("days")
        .or_else(|| text.strip_suffix("day"));
    let Some(days) = days else {
        // `48 hours` is `48h`.
        let short = text
            .strip_suffix("hours")
            .or_else(|| text.strip_suffix("hour"))
            .map(|number| format!("{}h", number.trim()));
        let lasting = Millis::parse(short.as_deref().unwrap_or(text))
            .map_err(|_| format!("`{text}` is neither a duration nor `2 working days`"))?;
        return Ok(lasting.after(from));
    };
    let (number, working) = match days.trim().strip_suffix("working") {
        Some(number) => (number.trim(), true),
        None => (days.trim(), false),
    };
    let number: i64 = number
        .parse()
        .ok()
        .filter(|n| (0..=FAR).contains(n))
        .ok_or_else(|| format!("`{number}` is no number of days from 0 to {FAR}"))?;
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
        .ok_or_else(|| format!("no day lies `{text}` later"))
}

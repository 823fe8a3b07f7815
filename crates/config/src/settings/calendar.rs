//! Windows, freezes, holidays, the fiscal year.

use super::{Lines, names};
use crate::decode::MONTHS;
use jiff::civil::Date;
use std::collections::BTreeSet;
use tidegate_core::id::ServiceId;
use tidegate_core::spec::{Freeze, Window};

/// A window.
pub fn window_lines(lines: &mut Lines, at: &str, window: &Window) {
    let Window { allow, zone } = window;
    lines.add(format!("{at}.allow"), allow.join(" or "));
    lines.maybe(format!("{at}.zone"), zone.as_ref());
}

/// A freeze.
pub fn freeze_lines(lines: &mut Lines, at: &str, freeze: &Freeze) {
    let Freeze {
        why,
        around,
        from,
        until,
        zone,
        services,
        environments,
    } = freeze;
    lines.add(format!("{at}.why"), why);
    lines.maybe(format!("{at}.around"), around.as_ref());
    lines.add(format!("{at}.from"), from);
    lines.maybe(format!("{at}.until"), until.as_ref());
    lines.maybe(format!("{at}.zone"), zone.as_ref());
    let services: Vec<&str> = services.iter().map(ServiceId::as_str).collect();
    lines.maybe(
        format!("{at}.services"),
        (!services.is_empty()).then(|| services.join(", ")),
    );
    lines.maybe(
        format!("{at}.environments"),
        (!environments.is_empty()).then(|| names(environments)),
    );
}

/// Which days are working days, and when quarters end.
pub fn year_lines(lines: &mut Lines, fiscal_year_starts: u8, holidays: &BTreeSet<Date>) {
    let month = usize::from(fiscal_year_starts).checked_sub(1);
    lines.maybe("fiscal-year-starts", month.and_then(|n| MONTHS.get(n)));
    for day in holidays {
        lines.add(format!("holidays.{day}"), "no working day");
    }
}

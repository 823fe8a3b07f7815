//! Vendors, systems that cannot be moved, booked environments.

use super::Lines;
use tidegate_core::spec::{Booking, Legacy, Vendor};

/// A vendor.
pub fn vendor_lines(lines: &mut Lines, at: &str, vendor: &Vendor) {
    let Vendor {
        owner,
        maintenance,
        notice,
        zone,
        services,
        calendar_fresh_for,
    } = vendor;
    lines.add(format!("{at}.owner"), owner);
    lines.some(format!("{at}.maintenance"), maintenance);
    lines.maybe(format!("{at}.notice"), notice.as_ref());
    lines.maybe(format!("{at}.zone"), zone.as_ref());
    lines.some(format!("{at}.services"), services);
    lines.maybe(
        format!("{at}.calendar-fresh-for"),
        calendar_fresh_for.as_ref(),
    );
}

/// A system that cannot be moved.
pub fn legacy_lines(lines: &mut Lines, at: &str, legacy: &Legacy) {
    let Legacy {
        why,
        runs,
        lasting,
        restart_margin,
        zone,
        services,
        environments,
        owner,
        review_by,
    } = legacy;
    lines.add(format!("{at}.why"), why);
    lines.add(format!("{at}.runs"), runs.join(" and "));
    lines.maybe(format!("{at}.for"), lasting.as_ref());
    lines.add(format!("{at}.restart-margin"), restart_margin);
    lines.maybe(format!("{at}.zone"), zone.as_ref());
    lines.some(format!("{at}.services"), services);
    lines.some(format!("{at}.environments"), environments);
    lines.add(format!("{at}.owner"), owner);
    lines.add(format!("{at}.review-by"), review_by);
}

/// A booked environment.
pub fn booking_lines(lines: &mut Lines, at: &str, booking: &Booking) {
    let Booking {
        why,
        environment,
        team,
        times,
        from,
        until,
        zone,
    } = booking;
    lines.add(format!("{at}.why"), why);
    lines.add(format!("{at}.environment"), environment);
    lines.add(format!("{at}.team"), team);
    lines.some(format!("{at}.times"), times);
    lines.maybe(format!("{at}.from"), from.as_ref());
    lines.maybe(format!("{at}.until"), until.as_ref());
    lines.maybe(format!("{at}.zone"), zone.as_ref());
}

//! `tidegate env usage`: how environments were used, for those who plan room and those who pay for it.

use super::session::Session;
use crate::exit::Failure;
use crate::output::table::Column;
use crate::output::{Format, Listing, Table};
use tidegate_client::wire::{EnvironmentUsage, TeamUsage, UsageReport};
use tidegate_core::time::Millis;

/// The report in the format asked for.
pub fn show(report: &UsageReport, session: &Session) -> Result<(), Failure> {
    let out = &session.out;
    if matches!(out.format, Some(Format::Json | Format::Yaml)) {
        return out.data(report);
    }
    let mut table = Table::new(&[
        Column::Always("ENVIRONMENT"),
        Column::Always("DEPLOYMENTS"),
        Column::Always("RETURNS"),
        Column::Always("BUSY"),
        Column::Always("WAITED"),
        Column::Always("LONGEST"),
        Column::Always("CONTENDED"),
        Column::Always("MOST-WAITING"),
        Column::Always("BOOKED"),
        Column::Always("TEAMS"),
        Column::Wide("LONGEST-WAIT"),
    ]);
    for of in &report.environments {
        table.row([
            of.environment.clone(),
            of.deployments.to_string(),
            of.returns.to_string(),
            length(of.busy_ms),
            length(of.waited_ms),
            length(of.longest_wait_ms),
            length(of.contended_ms),
            of.most_waiting.to_string(),
            teams(&of.booked),
            teams(&of.teams),
            of.longest_wait.clone().unwrap_or_default(),
        ]);
    }
    out.list(&Listing {
        items: &report.environments,
        name: |of: &EnvironmentUsage| of.environment.clone(),
        table,
        none: "no environments yet: tidegate apply",
    })?;
    let zone = &out.look.zone;
    let cut = if report.cut {
        "; there were more deployments than are counted, the oldest are missing"
    } else {
        ""
    };
    out.hint(&format!(
        "from {} until {}{cut}",
        zone.long(report.from),
        zone.long(report.until)
    ));
    Ok(())
}

/// As people read it: seconds of what took minutes are noise.
fn length(ms: u64) -> String {
    let whole = match ms {
        0..60_000 => Millis(ms / 1_000 * 1_000),
        _ => Millis(ms).in_minutes(),
    };
    whole.to_string()
}

/// `payments 8h, web 3 in 12m`.
fn teams(all: &[TeamUsage]) -> String {
    let one = |of: &TeamUsage| match of.deployments {
        Some(count) => format!("{} {count} in {}", of.team, length(of.lasted_ms)),
        None => format!("{} {}", of.team, length(of.lasted_ms)),
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

//! `tidegate calendar show`: what is on the calendar, as lanes on a terminal and as rows elsewhere.

use super::lanes;
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::when::Zone;
use crate::output::{Format, Listing, Look, Table};
use jiff::ToSpan as _;
use jiff::civil::Time;
use tidegate_client::CalendarQuery;
use tidegate_client::wire::{Calendar, CalendarItem, Timestamp};
use tidegate_core::calendar as core;

/// Width of a picture that is not for a terminal.
const WIDE: usize = 120;
/// Longest stretch, in weeks.
const LONGEST: i64 = 57;

/// Show what is on the calendar: windows, freezes, days, deployments
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tidegate calendar --weeks 2
  tidegate calendar show --from 2026-11-23 --environment prod-eu,prod-us --zone Europe/Berlin
  tidegate calendar show --kinds freeze --weeks 52 -o json

On a terminal it is drawn as lanes, elsewhere it is one row for each item; -o table draws, -o wide lists.")]
pub struct Show {
    #[command(flatten)]
    place: Place,
    /// Only these kinds, for example `window,freeze,departure`
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    kinds: Vec<String>,
}

/// Which time, and whose.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// For so many weeks
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(i64).range(1..=LONGEST))]
    weeks: i64,
    /// First day or instant [default: today]
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// First instant that is not shown any more, instead of --weeks
    #[arg(long, value_name = "TIME", conflicts_with = "weeks")]
    until: Option<String>,
    /// Only what concerns these environments
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    environment: Vec<String>,
    /// Only what concerns these services
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    service: Vec<String>,
    /// Only what concerns services of these teams
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    team: Vec<String>,
}

impl Place {
    /// The question to the server.
    ///
    /// # Errors
    /// An instant that cannot be read.
    pub fn query(&self, session: &Session) -> Result<CalendarQuery, Failure> {
        let zone = core::Zone::named(session.out.look.zone.name()).map_err(Failure::usage)?;
        let from = match &self.from {
            Some(text) => session.instant(text)?,
            None => day_begins(&zone, crate::clock::now())?,
        };
        let until = match &self.until {
            Some(text) => session.instant(text)?,
            None => weeks_later(&zone, from, self.weeks)?,
        };
        Ok(CalendarQuery {
            from: Some(from),
            until: Some(until),
            environments: self.environment.clone(),
            services: self.service.clone(),
            teams: self.team.clone(),
            kinds: Vec::new(),
        })
    }
}

/// Run it.
pub async fn run(args: &Show, session: &Session) -> Result<Exit, Failure> {
    let wanted = CalendarQuery {
        kinds: args.kinds.clone(),
        ..args.place.query(session)?
    };
    let calendar = session.client()?.calendar(&wanted).await?;
    write(calendar, args, session)?;
    Ok(Exit::Done)
}

fn day_begins(zone: &core::Zone, at: Timestamp) -> Result<Timestamp, Failure> {
    let day = zone.civil(at).date().to_datetime(Time::midnight());
    zone.instant(day).ok_or_else(beyond)
}

/// By the clocks of the zone, so that a week stays a week where they change.
fn weeks_later(zone: &core::Zone, from: Timestamp, weeks: i64) -> Result<Timestamp, Failure> {
    let civil = zone.civil(from).checked_add((weeks * 7).days());
    civil
        .ok()
        .and_then(|civil| zone.instant(civil))
        .ok_or_else(beyond)
}

fn beyond() -> Failure {
    Failure::usage("that is beyond the calendar").help("name a --from in this century")
}

fn write(mut calendar: Calendar, args: &Show, session: &Session) -> Result<(), Failure> {
    let out = &session.out;
    let drawn =
        out.format == Some(Format::Table) || (out.format.is_none() && out.terminal.is_tty());
    if drawn {
        // Every night without somebody on duty would bury the rest.
        calendar
            .items
            .retain(|item| item.kind != "cover-gap" || !args.kinds.is_empty());
        return draw(&calendar, session);
    }
    if matches!(out.format, Some(Format::Json | Format::Yaml)) {
        return out.data(&calendar);
    }
    // Rows have no place for these.
    for unknown in &calendar.unknown {
        out.hint(&format!(
            "warning: {} cannot be read: {}",
            unknown.rule.path, unknown.because
        ));
    }
    for stale in &calendar.stale {
        out.hint(&format!(
            "warning: {}",
            super::feeds::stale(stale, &out.look)
        ));
    }
    if calendar.left_out > 0 {
        out.hint(&format!(
            "warning: {} later items are left out",
            calendar.left_out
        ));
    }
    out.list(&Listing {
        items: &calendar.items,
        name: |item| item.id.clone(),
        table: table(&calendar, &out.look),
        none: "nothing is on the calendar",
    })
}

fn draw(calendar: &Calendar, session: &Session) -> Result<(), Failure> {
    let mut look = session.out.look.clone();
    if !session.out.terminal.is_tty() {
        // Nobody's screen is too narrow for two weeks.
        look.width = look.width.max(WIDE);
    }
    let text = lanes::text(calendar, &look).map_err(Failure::usage)?;
    session.out.line(&text)
}

/// Where an item comes from.
pub fn origin(item: &CalendarItem, zone: &Zone) -> String {
    match (&item.rule, &item.declared_by, item.declared_at) {
        (Some(rule), ..) if rule.line > 0 => format!("{}:{}", rule.file, rule.line),
        (Some(rule), ..) => rule.file.clone(),
        (None, Some(by), Some(at)) => format!("{by}, {}", zone.long(at)),
        (None, by, _) => by.clone().unwrap_or_default(),
    }
}

fn table(calendar: &Calendar, look: &Look) -> Table {
    let mut table = Table::new(&[
        Column::Always("FROM"),
        Column::Always("UNTIL"),
        Column::Always("KIND"),
        Column::Always("NAME"),
        Column::Always("EFFECT"),
        Column::Always("STATE"),
        Column::Always("ENVIRONMENTS"),
        Column::Always("SERVICES"),
        Column::Always("WHERE"),
        Column::Wide("ZONE"),
        Column::Wide("DETAIL"),
        Column::Wide("ID"),
    ]);
    let word = |value: serde_json::Result<serde_json::Value>| {
        let value = value.unwrap_or_default();
        value.as_str().unwrap_or_default().to_owned()
    };
    let some = |names: &[String]| {
        if names.is_empty() {
            "all".to_owned()
        } else {
            names.join(",")
        }
    };
    for item in &calendar.items {
        let until = match (item.until, item.instant) {
            (Some(until), _) => look.zone.stamp(until),
            (None, true) => String::new(),
            (None, false) => "open".to_owned(),
        };
        table.row([
            look.zone.stamp(item.from),
            until,
            item.kind.clone(),
            item.name.clone(),
            word(serde_json::to_value(item.effect)),
            word(serde_json::to_value(item.state)),
            some(&item.environments),
            some(&item.services),
            origin(item, &look.zone),
            item.zone.clone(),
            item.detail.clone(),
            item.id.clone(),
        ]);
    }
    table
}

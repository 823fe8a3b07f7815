//! The text of a set of rules: lines, properties and dates, each problem with its place.

use super::lasts::{self, Lasts};
use super::part::{self, Trouble};
use super::{Moment, RuleSet, RuleZone};
use crate::calendar::civil::Zone;
use jiff::civil::{Date, DateTime, Time};
use thiserror::Error;

/// What is wrong with the text of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {what}")]
pub struct RuleError {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// The way out.
    pub help: String,
}

/// Longest text that is read, in bytes, and most dates of a set: more is an attack or a mistake.
const LONGEST: usize = 64 * 1024;
const MOST_DATES: usize = 4_000;
const MOST_RULES: usize = 50;

const PROPERTIES: [&str; 7] = [
    "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXRULE", "EXDATE",
];

/// Whether a word begins a line of a set.
pub(super) fn is_name(word: &str) -> bool {
    PROPERTIES
        .iter()
        .any(|name| word.eq_ignore_ascii_case(name))
}

/// One property with the place of its parts in the text.
struct Line<'a> {
    name: String,
    parameters: Vec<(String, &'a str, usize)>,
    value: &'a str,
    at: usize,
    value_at: usize,
}

pub(super) fn set(text: &str) -> Result<RuleSet, RuleError> {
    let place = |trouble: Trouble| {
        let before = &text[..trouble.at.min(text.len())];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        RuleError {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            what: trouble.what,
            help: trouble.help,
        }
    };
    read(text).map_err(place)
}

fn trouble<T>(at: usize, what: impl Into<String>, help: impl Into<String>) -> Result<T, Trouble> {
    let (what, help) = (what.into(), help.into());
    Err(Trouble { at, what, help })
}

fn read(text: &str) -> Result<RuleSet, Trouble> {
    if text.len() > LONGEST {
        let what = format!("the text has {} bytes", text.len());
        return trouble(0, what, format!("a rule has at most {LONGEST}"));
    }
    let lines = lines(text)?;
    let mut set = start(&lines)?;
    for line in &lines {
        match line.name.as_str() {
            "DTEND" | "DURATION" if set.lasts.is_some() => {
                let what = "a second end";
                return trouble(line.at, what, "keep one DTEND or one DURATION");
            }
            "DTEND" => set.lasts = Some(end(line, &set)?),
            "DURATION" => {
                set.lasts = Some(lasts::at(line.value_at, Lasts::duration(line.value))?);
            }
            "RRULE" => set.rules.push(rule(line, &set)?),
            "EXRULE" => set.except_rules.push(rule(line, &set)?),
            "RDATE" => set.dates.extend(dates(line, &set.zone)?),
            "EXDATE" => set.except_dates.extend(dates(line, &set.zone)?),
            _ => {}
        }
        if set.rules.len() + set.except_rules.len() > MOST_RULES {
            return trouble(
                line.at,
                format!("more than {MOST_RULES} rules"),
                "write several sets",
            );
        }
        if set.dates.len() + set.except_dates.len() > MOST_DATES {
            return trouble(
                line.at,
                format!("more than {MOST_DATES} dates"),
                "write several sets",
            );
        }
    }
    Ok(set)
}

/// Cut into properties. Spaces, line ends and a written `\n` end one: no value that is read here has them inside.
fn lines(text: &str) -> Result<Vec<Line<'_>>, Trouble> {
    let mut lines = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let gap = rest.len() - rest.trim_start().len();
        if gap > 0 {
            at += gap;
            continue;
        }
        if rest.starts_with("\\n") || rest.starts_with("\\r") {
            at += 2;
            continue;
        }
        let ends = [
            rest.find(char::is_whitespace),
            rest.find("\\n"),
            rest.find("\\r"),
        ];
        let length = ends.into_iter().flatten().min().unwrap_or(rest.len());
        lines.push(property(&rest[..length], at)?);
        at += length;
    }
    Ok(lines)
}

fn property(text: &str, at: usize) -> Result<Line<'_>, Trouble> {
    let Some((head, value)) = text.split_once(':') else {
        let help = if text.to_ascii_uppercase().starts_with("FREQ=") {
            "write `RRULE:` before it"
        } else {
            "write NAME:value, for example DTSTART:20261201T100000"
        };
        return trouble(at, format!("`{}` is no line of a rule", shown(text)), help);
    };
    let mut pieces = head.split(';');
    let name = pieces.next().unwrap_or_default().to_ascii_uppercase();
    if !is_name(&name) {
        let help = crate::calendar::phrase::suggest(&name, &PROPERTIES);
        return trouble(at, format!("`{}` is no line of a rule", shown(&name)), help);
    }
    let mut parameters = Vec::new();
    let mut here = at + name.len() + 1;
    for piece in pieces {
        let Some((key, value)) = piece.split_once('=') else {
            return trouble(
                here,
                format!("`{piece}` is no parameter"),
                "write for example TZID=Europe/Berlin",
            );
        };
        let known = ["TZID", "VALUE"]
            .iter()
            .any(|k| key.eq_ignore_ascii_case(k));
        if !known {
            return trouble(
                here,
                format!("`{key}` is no parameter of {name}"),
                "TZID and VALUE are read",
            );
        }
        let value_at = here + key.len() + 1;
        parameters.push((key.to_ascii_uppercase(), value.trim_matches('"'), value_at));
        here += piece.len() + 1;
    }
    let value_at = at + head.len() + 1;
    Ok(Line {
        name,
        parameters,
        value,
        at,
        value_at,
    })
}

/// A piece of what was given that is short enough for a message.
pub(super) fn shown(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short + "..."
    } else {
        short
    }
}

/// `DTSTART`. Without a rule the first `RDATE` can stand for it.
fn start(lines: &[Line<'_>]) -> Result<RuleSet, Trouble> {
    let named: Vec<&Line<'_>> = lines.iter().filter(|line| line.name == "DTSTART").collect();
    let rules = lines.iter().any(|line| line.name == "RRULE");
    let first = match named.first() {
        Some(line) => *line,
        None => match lines.iter().find(|line| line.name == "RDATE" && !rules) {
            Some(line) => line,
            None => {
                let at = lines.first().map_or(0, |line| line.at);
                return trouble(
                    at,
                    "there is no DTSTART",
                    "a rule counts from its start: write for example DTSTART:20261201T100000 before it",
                );
            }
        },
    };
    if let Some(other) = named.iter().find(|line| line.value != first.value) {
        return trouble(
            other.at,
            "a second DTSTART that differs",
            "rules of one set share their start; write two sets",
        );
    }
    let zone = zone(first)?;
    let value = first.value.split(',').next().unwrap_or_default();
    let moment = moment(value).map_err(|(what, help)| Trouble {
        at: first.value_at,
        what,
        help,
    })?;
    let (start, whole_days, zone) = match (moment, zone) {
        (Moment::Civil(civil), zone) => (civil, false, zone),
        (Moment::Day(day), zone) => (day.to_datetime(Time::midnight()), true, zone),
        (Moment::Instant(at), RuleZone::Floating) => {
            (Zone::utc().civil(at), false, RuleZone::Named(Zone::utc()))
        }
        (Moment::Instant(_), RuleZone::Named(zone)) => {
            let what = format!("a start in UTC (`Z`) and in {zone}");
            return trouble(first.value_at, what, "leave out the Z, or TZID");
        }
    };
    let mut set = RuleSet::starting(start);
    set.whole_days = whole_days;
    set.zone = zone;
    Ok(set)
}

/// `DTEND`, as civil time in the zone of the set.
fn end(line: &Line<'_>, set: &RuleSet) -> Result<Lasts, Trouble> {
    let own = zone(line)?;
    let read = lasts::at(line.value_at, moment(line.value))?;
    let kind = |what: &str| {
        trouble(
            line.value_at,
            what,
            "write both with a time, or both as dates",
        )
    };
    let civil = match (read, &own, &set.zone) {
        (Moment::Day(_), ..) if !set.whole_days => return kind("an end without a time"),
        (Moment::Civil(_) | Moment::Instant(_), ..) if set.whole_days => {
            return kind("an end with a time, and DTSTART is a date");
        }
        (Moment::Day(day), ..) => day.to_datetime(Time::midnight()),
        (Moment::Instant(_), RuleZone::Named(named), _) => {
            let what = format!("an end in UTC (`Z`) and in {named}");
            return trouble(line.value_at, what, "leave out the Z, or TZID");
        }
        (Moment::Instant(at), _, RuleZone::Named(named)) => named.civil(at),
        (Moment::Civil(civil), RuleZone::Named(from), RuleZone::Named(to)) if from != to => {
            let at = from.instant(civil).map(|at| to.civil(at));
            at.unwrap_or(civil)
        }
        (Moment::Instant(_), ..) | (_, RuleZone::Named(_), RuleZone::Floating) => {
            let what = "an end that names a zone, and DTSTART names none";
            return trouble(line.at, what, "name the zone in both, or in neither");
        }
        (Moment::Civil(civil), ..) => civil,
    };
    lasts::at(line.value_at, Lasts::until(set.start, civil))
}

fn zone(line: &Line<'_>) -> Result<RuleZone, Trouble> {
    match line.parameters.iter().find(|(key, ..)| key == "TZID") {
        None => Ok(RuleZone::Floating),
        Some((_, name, at)) => match Zone::named(name) {
            Ok(zone) => Ok(RuleZone::Named(zone)),
            Err(_) => {
                let names = crate::time::zone_names();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let what = format!("`{}` is not an IANA time zone", shown(name));
                trouble(*at, what, crate::calendar::phrase::suggest(name, &names))
            }
        },
    }
}

fn rule(line: &Line<'_>, set: &RuleSet) -> Result<super::Rule, Trouble> {
    let until = |text: &str| match moment(text)? {
        Moment::Day(day) if !set.whole_days => {
            let what = format!("UNTIL=`{text}` is a date, and DTSTART has a time");
            Err((
                what,
                format!(
                    "say until when on that day: UNTIL={}T235959",
                    day.strftime("%Y%m%d")
                ),
            ))
        }
        // Of whole days the civil date counts, whatever is written behind it.
        Moment::Day(day) => Ok(Moment::Civil(day.to_datetime(Time::midnight()))),
        other => Ok(other),
    };
    part::rule(line.value, until).map_err(|mut trouble| {
        trouble.at += line.value_at;
        trouble
    })
}

fn dates(line: &Line<'_>, set_zone: &RuleZone) -> Result<Vec<Moment>, Trouble> {
    let own = zone(line)?;
    let period = line
        .parameters
        .iter()
        .find(|(key, value, _)| key == "VALUE" && value.eq_ignore_ascii_case("PERIOD"));
    if let Some((_, _, at)) = period {
        return trouble(
            *at,
            "dates with an end (PERIOD) are not read",
            "write the starts, and how long each lasts with DURATION",
        );
    }
    let mut at = line.value_at;
    let mut all = Vec::new();
    for value in line.value.split(',') {
        let read = moment(value).map_err(|(what, help)| Trouble { at, what, help })?;
        // A date in a zone of its own is an instant.
        let read = match (read, &own) {
            (Moment::Civil(civil), RuleZone::Named(zone)) if own != *set_zone => {
                zone.instant(civil).map_or(read, Moment::Instant)
            }
            _ => read,
        };
        all.push(read);
        at += value.len() + 1;
    }
    Ok(all)
}

/// `20261201`, `20261201T100000` or `20261201T100000Z`; what is wrong and the way out otherwise.
fn moment(text: &str) -> Result<Moment, (String, String)> {
    let bad = || {
        let what = format!("`{}` is no date", shown(text));
        (
            what,
            "write 20261201, 20261201T100000 or 20261201T100000Z".to_owned(),
        )
    };
    let (civil, utc) = match text.strip_suffix(['Z', 'z']) {
        Some(civil) => (civil, true),
        None => (text, false),
    };
    let (day, time) = match civil.split_once(['T', 't']) {
        Some((day, time)) => (day, Some(time)),
        None => (civil, None),
    };
    let digits =
        |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(day, 8) || time.is_some_and(|time| !digits(time, 6)) || (utc && time.is_none()) {
        return Err(bad());
    }
    let number = |text: &str| text.parse::<i16>().map_err(|_| bad());
    let short = |text: &str| text.parse::<i8>().map_err(|_| bad());
    let nowhere = |what: &str| {
        (
            format!("`{text}` {what}"),
            "see a calendar: the date must exist".to_owned(),
        )
    };
    let date = Date::new(number(&day[..4])?, short(&day[4..6])?, short(&day[6..])?)
        .map_err(|_| nowhere("is a date that does not exist"))?;
    let Some(time) = time else {
        return Ok(Moment::Day(date));
    };
    let time = Time::new(
        short(&time[..2])?,
        short(&time[2..4])?,
        short(&time[4..])?,
        0,
    )
    .map_err(|_| nowhere("has a time that does not exist"))?;
    let civil = DateTime::from_parts(date, time);
    match utc {
        false => Ok(Moment::Civil(civil)),
        true => Zone::utc()
            .instant(civil)
            .map(Moment::Instant)
            .ok_or_else(bad),
    }
}

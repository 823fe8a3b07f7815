//! The parts of one `RRULE`: name by name, with the range of each.

use super::{ByDay, Freq, Rule};
use jiff::civil::Weekday;

/// What is wrong with a part; `at` counts bytes from the start of the value.
pub(super) struct Trouble {
    pub at: usize,
    pub what: String,
    pub help: String,
}

type Read<T> = Result<T, Trouble>;

const NAMES: [&str; 14] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
    "BYSETPOS",
];

/// More values than a rule can need; a list longer than that is an attack or a mistake.
const MOST_VALUES: usize = 400;

const DAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

/// Two letters of a weekday.
pub(super) fn letters(day: Weekday) -> &'static str {
    DAYS[usize::from(day.to_monday_zero_offset().unsigned_abs())].0
}

fn trouble<T>(at: usize, what: impl Into<String>, help: impl Into<String>) -> Read<T> {
    let (what, help) = (what.into(), help.into());
    Err(Trouble { at, what, help })
}

/// One `NAME=value`, with the place of each half.
struct Part<'a> {
    name: String,
    value: &'a str,
    at: usize,
    value_at: usize,
}

/// Read the value of an `RRULE`. `moment` reads `UNTIL`.
pub(super) fn rule(
    text: &str,
    moment: impl Fn(&str) -> Result<super::Moment, (String, String)>,
) -> Read<Rule> {
    let parts = split(text)?;
    let Some(freq) = parts.iter().find(|part| part.name == "FREQ") else {
        return trouble(
            0,
            "a rule without FREQ",
            "write for example `RRULE:FREQ=WEEKLY;BYDAY=TU`",
        );
    };
    let mut rule = Rule::every(1, frequency(freq)?);
    for part in &parts {
        match part.name.as_str() {
            "INTERVAL" => rule.interval = positive(part)?,
            "COUNT" => rule.count = Some(positive(part)?),
            "UNTIL" => {
                let read = moment(part.value).map_err(|(what, help)| Trouble {
                    at: part.value_at,
                    what,
                    help,
                });
                rule.until = Some(read?);
            }
            "WKST" => rule.week_start = weekday(part.value, part.value_at)?,
            "BYMONTH" => rule.by_month = numbers(part, 1, 12, false)?,
            "BYWEEKNO" => rule.by_week = numbers(part, 1, 53, true)?,
            "BYYEARDAY" => rule.by_year_day = numbers(part, 1, 366, true)?,
            "BYMONTHDAY" => rule.by_month_day = numbers(part, 1, 31, true)?,
            "BYDAY" => rule.by_day = days(part, rule.freq)?,
            "BYHOUR" => rule.by_hour = numbers(part, 0, 23, false)?,
            "BYMINUTE" => rule.by_minute = numbers(part, 0, 59, false)?,
            "BYSECOND" => rule.by_second = numbers(part, 0, 59, false)?,
            "BYSETPOS" => rule.by_position = numbers(part, 1, 366, true)?,
            _ => {}
        }
    }
    whole(&parts, &rule)?;
    Ok(rule)
}

/// What no part can tell alone.
fn whole(parts: &[Part<'_>], rule: &Rule) -> Read<()> {
    let place = |name| parts.iter().find(|p| p.name == name).map_or(0, |p| p.at);
    if rule.count.is_some() && rule.until.is_some() {
        let what = "COUNT and UNTIL exclude each other";
        return trouble(place("COUNT"), what, "keep the one that is meant");
    }
    let narrowed = [
        &rule.by_month,
        &rule.by_week,
        &rule.by_year_day,
        &rule.by_month_day,
    ];
    let clocks = [&rule.by_hour, &rule.by_minute, &rule.by_second];
    let lists = narrowed.iter().chain(&clocks).any(|list| !list.is_empty());
    if !rule.by_position.is_empty() && !lists && rule.by_day.is_empty() {
        let what = "BYSETPOS needs another BY part that it picks from";
        return trouble(
            place("BYSETPOS"),
            what,
            "add for example BYDAY=MO,TU,WE,TH,FR",
        );
    }
    Ok(())
}

fn split(text: &str) -> Read<Vec<Part<'_>>> {
    let (mut parts, mut at) = (Vec::<Part<'_>>::new(), 0);
    for piece in text.split(';') {
        let here = at;
        at += piece.len() + 1;
        if piece.is_empty() && at > text.len() && !parts.is_empty() {
            break; // a last semicolon does no harm
        }
        let Some((name, value)) = piece.split_once('=') else {
            return trouble(
                here,
                format!("`{piece}` is no part of a rule"),
                "write NAME=value, for example FREQ=DAILY",
            );
        };
        let value_at = here + name.len() + 1;
        let name = name.to_ascii_uppercase();
        if !NAMES.contains(&name.as_str()) {
            let help = if name == "BYEASTER" {
                "Easter is no part of RFC 5545: name the days with RDATE".to_owned()
            } else {
                super::super::phrase::suggest(&name, &NAMES)
            };
            return trouble(here, format!("`{name}` is no part of a rule"), help);
        }
        if parts.iter().any(|part| part.name == name) {
            return trouble(
                here,
                format!("{name} is given twice"),
                "put all values into one list",
            );
        }
        if value.is_empty() {
            return trouble(
                value_at,
                format!("{name} has no value"),
                "write a value, or leave the part out",
            );
        }
        parts.push(Part {
            name,
            value,
            at: here,
            value_at,
        });
    }
    Ok(parts)
}

fn frequency(part: &Part<'_>) -> Read<Freq> {
    const ALL: [(&str, Freq); 7] = [
        ("YEARLY", Freq::Yearly),
        ("MONTHLY", Freq::Monthly),
        ("WEEKLY", Freq::Weekly),
        ("DAILY", Freq::Daily),
        ("HOURLY", Freq::Hourly),
        ("MINUTELY", Freq::Minutely),
        ("SECONDLY", Freq::Secondly),
    ];
    let found = ALL
        .iter()
        .find(|(name, _)| part.value.eq_ignore_ascii_case(name));
    match found {
        Some((_, freq)) => Ok(*freq),
        None => {
            let help = super::super::phrase::suggest(
                &part.value.to_ascii_uppercase(),
                &ALL.map(|(name, _)| name),
            );
            trouble(part.value_at, format!("`{}` is no FREQ", part.value), help)
        }
    }
}

fn positive(part: &Part<'_>) -> Read<u32> {
    match part.value.parse::<u32>() {
        Ok(n) if (1..=1_000_000).contains(&n) => Ok(n),
        _ => {
            let what = format!("{} is `{}`", part.name, part.value);
            trouble(
                part.value_at,
                what,
                "write a whole number from 1 to 1000000",
            )
        }
    }
}

/// Values of a list with their places.
fn values<'a>(part: &Part<'a>) -> Read<Vec<(usize, &'a str)>> {
    let mut at = part.value_at;
    let mut all = Vec::new();
    for value in part.value.split(',') {
        if all.len() == MOST_VALUES {
            let what = format!("{} has more than {MOST_VALUES} values", part.name);
            return trouble(
                at,
                what,
                "no rule needs that many: name the days with RDATE",
            );
        }
        all.push((at, value));
        at += value.len() + 1;
    }
    Ok(all)
}

fn numbers(part: &Part<'_>, least: i16, most: i16, from_end: bool) -> Read<Vec<i16>> {
    let mut list = Vec::new();
    for (at, value) in values(part)? {
        let number = value.strip_prefix('+').unwrap_or(value).parse::<i16>().ok();
        let fits =
            |n: &i16| (least..=most).contains(n) || (from_end && (-most..=-least).contains(n));
        let Some(number) = number.filter(fits) else {
            let also = if from_end {
                format!(", or -{most} to -{least} from the end")
            } else {
                String::new()
            };
            let what = format!("{} has the value `{value}`", part.name);
            return trouble(at, what, format!("write {least} to {most}{also}"));
        };
        list.push(number);
    }
    list.sort_unstable();
    list.dedup();
    Ok(list)
}

fn weekday(text: &str, at: usize) -> Read<Weekday> {
    match DAYS
        .iter()
        .find(|(name, _)| text.eq_ignore_ascii_case(name))
    {
        Some((_, day)) => Ok(*day),
        None => trouble(
            at,
            format!("`{text}` is no weekday"),
            "write MO, TU, WE, TH, FR, SA or SU",
        ),
    }
}

fn days(part: &Part<'_>, freq: Freq) -> Read<Vec<ByDay>> {
    let mut list = Vec::new();
    for (at, value) in values(part)? {
        let split = value.len()
            - value
                .bytes()
                .rev()
                .take_while(u8::is_ascii_alphabetic)
                .count();
        let (number, name) = value.split_at(split);
        let day = weekday(name, at + split)?;
        let nth = if number.is_empty() {
            0
        } else {
            let read = number.strip_prefix('+').unwrap_or(number).parse::<i16>();
            match read {
                Ok(n) if n != 0 && n.abs() <= 53 => n,
                _ => {
                    return trouble(
                        at,
                        format!("`{value}` is no weekday"),
                        "write for example 1MO, -1FR or TU",
                    );
                }
            }
        };
        if nth != 0 && freq < Freq::Monthly {
            let what = format!("`{value}` counts weekdays of a month or year");
            return trouble(
                at,
                what,
                format!("write FREQ=MONTHLY or YEARLY, or `{name}`"),
            );
        }
        list.push(ByDay { nth, day });
    }
    Ok(list)
}

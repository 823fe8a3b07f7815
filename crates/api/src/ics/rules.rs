//! Windows as events that repeat, wherever a rule says exactly what the window means.
//!
//! Clients make occurrences of their own, so a rule is published only when it gives the same times as the calendar; times at
//! which clocks change are said one by one.

use super::event::Repeats;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use tidegate_core::calendar::civil::Fits;
use tidegate_core::calendar::expand::{Bounds, Ended, expand};
use tidegate_core::calendar::{Intervals, Setting, Span, Written, Zone};
use tidegate_core::time::{Millis, Timestamp};

/// Most occurrences of a phrase that are compared.
const MOST: usize = 5_000;

/// The phrases of a window as rules, when they give exactly `meant` within `time`.
pub fn of(
    phrases: &[String],
    setting: &Setting,
    time: Span,
    first_day: Date,
    meant: &Intervals,
) -> Option<Vec<Repeats>> {
    let mut rules = Vec::new();
    let mut given: Vec<Span> = Vec::new();
    for text in phrases {
        let (rule, spans) = one(text, setting, time, first_day)?;
        rules.push(rule);
        given.extend(spans);
    }
    let given: Intervals = given.into_iter().collect();
    (given.within(time) == meant.within(time)).then_some(rules)
}

fn one(text: &str, setting: &Setting, time: Span, first_day: Date) -> Option<(Repeats, Vec<Span>)> {
    let schedule = Written::read(text)
        .ok()?
        .schedule(setting, first_day)
        .ok()?;
    let set = schedule.rules()?.points();
    let [rule] = set.rules.as_slice() else {
        return None;
    };
    let more = set.dates.len() + set.except_dates.len() + set.except_rules.len();
    // The end of a rule is said in its own way by each program.
    if more > 0 || rule.until.is_some() || rule.count.is_some() {
        return None;
    }
    let zone = set.zone_or(&setting.zone);
    let from = zone.instant(set.start)?.min(time.start());
    let bounds = Bounds::new(from, time.end(), MOST);
    let (happenings, ended) = schedule.happenings(setting, bounds).ok()?;
    let starts = expand(&set, &zone, bounds).ok()?;
    if ![ended, starts.ended]
        .iter()
        .all(|e| matches!(e, Ended::Until | Ended::Finished))
    {
        return None;
    }
    let happened: Vec<(DateTime, Span)> = happenings
        .iter()
        .filter_map(|h| Some((h.start.civil, h.span?)))
        .collect();
    // The first occurrence that clocks show as it is written says how long all of them are.
    let (start, first) = *happened
        .iter()
        .find(|(civil, span)| even(*civil, *span, &zone))?;
    let end = zone.civil(first.end());
    let length = length(start, end)?;
    let mut repeats = Repeats {
        zone: zone.name().to_owned(),
        start,
        end,
        rule: rule.to_string(),
        except: Vec::new(),
        exact: Vec::new(),
    };
    for occurrence in starts.occurrences.iter().filter(|o| o.civil >= start) {
        let found = happened
            .iter()
            .find(|(civil, _)| *civil == occurrence.civil);
        match found {
            None => repeats.except.push(occurrence.civil),
            Some((civil, span)) if !even(*civil, *span, &zone) || span.length() != length => {
                repeats.exact.push((*civil, span.start(), span.end()));
            }
            Some(_) => {}
        }
    }
    // An earlier one would be lost to those who subscribe.
    let early = happened
        .iter()
        .any(|(civil, span)| *civil < start && span.end() > time.start());
    let spans = happened.into_iter().map(|(_, span)| span).collect();
    (!early).then_some((repeats, spans))
}

/// Whether clocks show both ends once, so that everybody understands the same by them.
fn even(start: DateTime, span: Span, zone: &Zone) -> bool {
    let once = |civil: DateTime| zone.fits(civil) == Fits::Once;
    let end = zone.civil(span.end());
    once(start)
        && once(end)
        && zone.civil(span.start()) == start
        && length(start, end) == Some(span.length())
}

/// From one civil time to another, as if clocks never changed.
fn length(start: DateTime, end: DateTime) -> Option<Millis> {
    let at = |civil: DateTime| Offset::UTC.to_timestamp(civil).ok();
    let (start, end): (Timestamp, Timestamp) = (at(start)?, at(end)?);
    (start < end).then(|| Millis::between(start, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use tidegate_core::calendar::Schedule;
    use tidegate_core::calendar::phrase::Phrase;

    fn rules(phrases: &[&str], meant: Option<&[&str]>) -> Option<Vec<Repeats>> {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let time = Span::new(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).unwrap();
        let setting = Setting::in_zone(Zone::named("Europe/Berlin").unwrap());
        let spans = |phrases: &[&str]| -> Intervals {
            let all = phrases.iter().flat_map(|text| {
                let phrase = Phrase::read(text).unwrap();
                let schedule = Schedule::of_phrase(&phrase, &setting, date(1970, 1, 5)).unwrap();
                let bounds = Bounds::new(time.start(), time.end(), 5_000);
                let (found, _) = schedule.happenings(&setting, bounds).unwrap();
                found.into_iter().filter_map(|h| h.span)
            });
            all.collect()
        };
        let meant = spans(meant.unwrap_or(phrases));
        let phrases: Vec<String> = phrases.iter().map(|p| (*p).to_owned()).collect();
        of(&phrases, &setting, time, date(2026, 1, 1), &meant)
    }

    #[test]
    fn office_hours_are_one_rule_without_exceptions() {
        let found = rules(&["Mon-Thu 09:00-16:00"], None).unwrap();
        let [one] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(one.rule, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH");
        assert_eq!(one.start.to_string(), "2026-01-01T09:00:00");
        assert_eq!(one.end.to_string(), "2026-01-01T16:00:00");
        assert!(one.except.is_empty() && one.exact.is_empty());
    }

    #[test]
    fn a_night_in_which_clocks_change_is_said_in_instants() {
        let found = rules(&["Sat 22:00-04:00"], None).unwrap();
        let said: Vec<String> = found[0]
            .exact
            .iter()
            .map(|(civil, from, until)| format!("{civil}: {from} to {until}"))
            .collect();
        assert_eq!(
            said,
            [
                "2026-03-28T22:00:00: 2026-03-28T21:00:00Z to 2026-03-29T02:00:00Z",
                "2026-10-24T22:00:00: 2026-10-24T20:00:00Z to 2026-10-25T03:00:00Z",
            ]
        );
        // The hour that clocks skip takes the window with it.
        let found = rules(&["Sun 02:00-03:00"], None).unwrap();
        assert_eq!(found[0].except.len(), 1);
        assert_eq!(found[0].except[0].to_string(), "2026-03-29T02:00:00");
    }

    #[test]
    fn times_that_the_rules_alone_do_not_give_are_no_rules() {
        let longer = ["Mon-Thu 09:00-16:00"];
        assert_eq!(rules(&longer, Some(&["Mon-Wed 09:00-16:00"])), None);
        let several = ["Mon-Thu 09:00-16:00", "last Fri of month 20:00-24:00"];
        assert_eq!(rules(&several, None).unwrap().len(), 2);
        assert_eq!(
            rules(&["fiscal-quarter-end"], None).unwrap()[0].rule,
            "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"
        );
    }
}

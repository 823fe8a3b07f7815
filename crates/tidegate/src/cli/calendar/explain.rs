//! `tidegate calendar explain`: when a phrase or a rule happens. Works without a server.

use super::company::{self, Company};
use super::occurrence::{Row, table};
use crate::cli::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::when::Zone as Shown;
use crate::output::{Format, Listing};
use jiff::civil::Date;
use serde_json::json;
use tidegate_core::calendar::expand::ExpandError;
use tidegate_core::calendar::holiday::{FiscalYear, WorkingDays};
use tidegate_core::calendar::phrase::{Clock, Phrase};
use tidegate_core::calendar::rule::{RuleSet, RuleZone};
use tidegate_core::calendar::schedule::{Happening, horizon};
use tidegate_core::calendar::{Bounds, Ended, Schedule, Setting, Written, Zone, written};
use tidegate_core::time::{Millis, Timestamp, ledger_time};

/// A window that does not open within this many days is taken for a mistake.
const LONGEST_WAIT: u32 = 400;

/// Show when a phrase or an RFC 5545 rule happens, without a server
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tidegate calendar explain 'every 2 weeks on Tue at 10:00 from 2026-12-01'
  tidegate calendar explain 'Mon-Thu 09:00-16:00' --zone Europe/Berlin --for 90m
  tidegate calendar explain '3 working days before fiscal-quarter-end' --fiscal-year-starts February
  tidegate calendar explain 'DTSTART;TZID=Europe/Berlin:20261201T100000 RRULE:FREQ=MONTHLY;BYDAY=-1FR'
  tidegate calendar explain 'DTSTART:20261201T220000Z DURATION:PT3H RRULE:FREQ=DAILY' --for 45m

A rule that names a zone (TZID, or Z for UTC) keeps it. What names none counts in the zone of --zone, else of the
configuration around this folder, else of the server, else of this machine; fiscal year and holidays likewise.")]
pub struct Explain {
    /// Phrase, or RFC 5545 rule with DTSTART; `-` reads stdin
    #[arg(value_name = "PHRASE|RULE")]
    text: String,
    /// First instant that counts [default: now]
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// First instant that does not count any more
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// At most so many occurrences, up to 10000
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
    /// Length of an operation: how long it lasts from each occurrence, or until when it may start in each window
    #[arg(long = "for", value_name = "LENGTH", value_parser = length)]
    length: Option<Millis>,
    /// First month of the fiscal year, for `fiscal-quarter-end` [default: the company's, else January]
    #[arg(long, value_name = "MONTH", value_parser = fiscal_year)]
    fiscal_year_starts: Option<FiscalYear>,
    /// Days that are no working days [default: the company's]
    #[arg(long = "holiday", value_name = "DATES", value_delimiter = ',', value_parser = holiday)]
    holidays: Vec<Date>,
}

fn length(text: &str) -> Result<Millis, String> {
    match Millis::parse(text)? {
        Millis::ZERO => Err("a length of nothing: write for example `3h`".to_owned()),
        length => Ok(length),
    }
}

fn fiscal_year(text: &str) -> Result<FiscalYear, String> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let lower = text.to_ascii_lowercase();
    let is = |name: &&str| lower.len() >= 3 && name.starts_with(&lower);
    (1..)
        .zip(MONTHS)
        .find(|(_, name)| is(name))
        .and_then(|(number, _)| FiscalYear::starting(number))
        .ok_or_else(|| format!("`{text}` is not a month: write for example `February`"))
}

fn holiday(text: &str) -> Result<Date, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not a date that exists: write for example `2026-12-25`"))
}

/// What was given, read.
struct Question {
    schedule: Schedule,
    setting: Setting,
    /// The phrase in its canonical form, when it is one or the rule can be said as one.
    phrase: Option<String>,
    /// Where the zone is from.
    zone_from: &'static str,
    /// The same for people, when it is no zone that they named.
    place: Option<String>,
    bounds: Bounds,
    remark: Option<String>,
}

/// Run it.
pub async fn run(args: &Explain, session: &Session) -> Result<Exit, Failure> {
    let text = given(&args.text)?;
    let company = company::find(session).await;
    let question = Question::read(&text, args, company, session)?;
    let (found, ended) = question
        .schedule
        .happenings(&question.setting, question.bounds)
        .map_err(|e| refused(&e))?;
    let rows: Vec<Row> = found
        .iter()
        .map(|happening| question.row(happening, args.length))
        .collect();
    show(&rows, ended, &text, &question, args, session)?;
    judge(&rows, ended, &text, &question, args, session)
}

fn given(text: &str) -> Result<String, Failure> {
    use std::io::Read as _;
    if text != "-" {
        return Ok(text.to_owned());
    }
    let mut read = String::new();
    let stdin = std::io::stdin()
        .lock()
        .take(128 * 1024)
        .read_to_string(&mut read);
    stdin.map_err(|e| Failure::usage(format!("stdin cannot be read: {e}")))?;
    Ok(read)
}

impl Question {
    fn read(
        text: &str,
        args: &Explain,
        company: Option<Company>,
        session: &Session,
    ) -> Result<Self, Failure> {
        let shown = &session.out.look.zone;
        let given = session.globals.zone.is_some();
        let here = Zone::named(shown.name()).map_err(Failure::usage)?;
        let (mut setting, mut zone_from, mut place) = match company {
            Some(company) => (company.setting, company.from, Some(company.place)),
            None => {
                let place = "of this machine; name another with --zone".to_owned();
                (Setting::in_zone(here.clone()), "machine", Some(place))
            }
        };
        if given {
            (setting.zone, zone_from, place) = (here, "option", None);
        }
        let written = Written::read(text)
            .map_err(|e| unread(shown_part(text), e.line, e.column, &e.what, &e.help))?;
        let rules = match &written {
            Written::Rules(rules) => Some(rules),
            Written::Phrase(_) => None,
        };
        if let Some(RuleZone::Named(named)) = rules.map(|rules| &rules.zone) {
            (setting.zone, zone_from, place) = (named.clone(), "rule", None);
        }
        let reader = if given {
            shown.clone()
        } else {
            Shown::named(setting.zone.name()).map_err(Failure::usage)?
        };
        let instant = |text: &Option<String>| {
            text.as_deref()
                .map(|text| instant(&reader, text))
                .transpose()
        };
        let from = instant(&args.from)?.unwrap_or_else(|| ledger_time(crate::clock::now()));
        let until = instant(&args.until)?.unwrap_or(Timestamp::MAX);
        let bounds = Bounds::new(from, until, usize::from(args.limit));
        setting.fiscal_year = args.fiscal_year_starts.unwrap_or(setting.fiscal_year);
        if !args.holidays.is_empty() {
            setting.working_days = WorkingDays::without(args.holidays.iter().copied());
        }
        let (schedule, phrase, remark) = match written {
            Written::Rules(rules) => {
                let schedule = Schedule::of_rules(rules);
                let phrase = schedule.pattern().map(|pattern| pattern.to_string());
                (schedule, phrase, None)
            }
            Written::Phrase(phrase) => {
                let (schedule, remark) = of_phrase(&phrase, &setting, from)?;
                (schedule, Some(phrase.to_string()), remark)
            }
        };
        Ok(Self {
            schedule,
            setting,
            phrase,
            zone_from,
            place,
            bounds,
            remark,
        })
    }

    /// One occurrence with what was asked about it.
    fn row(&self, happening: &Happening, length: Option<Millis>) -> Row {
        let row = Row::new(happening.start, &self.setting.zone);
        match (happening.span, length) {
            (Some(span), length) => row.window(span, length),
            (None, Some(length)) => row.lasting(length),
            (None, None) => row,
        }
    }

    fn long(&self, at: Timestamp) -> String {
        Shown::named(self.setting.zone.name()).map_or_else(|_| at.to_string(), |zone| zone.long(at))
    }

    /// Its rule; a rule that names no zone is shown with the one it was read in.
    fn rule(&self) -> Option<RuleSet> {
        let mut rules = self.schedule.rules()?.clone();
        if !rules.whole_days {
            rules.zone = RuleZone::Named(self.setting.zone.clone());
        }
        Some(rules)
    }

    /// The line of the rule that says until when.
    fn end(&self) -> Option<String> {
        let text = self.rule()?.to_string();
        let mut lines = text.lines();
        let end = lines.find(|line| line.starts_with("DTEND") || line.starts_with("DURATION"));
        end.map(str::to_owned)
    }
}

/// The schedule of a phrase that may leave its first day open, and a remark about that day.
fn of_phrase(
    phrase: &Phrase,
    setting: &Setting,
    from: Timestamp,
) -> Result<(Schedule, Option<String>), Failure> {
    let today = setting.zone.civil(from).date();
    let (mut anchor, mut remark) = (today, None);
    if let Phrase::Pattern(pattern) = phrase {
        match pattern.clock {
            // The window of last night may still be open.
            Clock::Range(start, end) if pattern.every == 1 && end <= start => {
                anchor = today.yesterday().unwrap_or(today);
            }
            Clock::Across(..) if pattern.every == 1 => {
                anchor = today.saturating_sub(jiff::Span::new().days(7));
            }
            _ => {}
        }
        if pattern.every > 1 && pattern.from.is_none() {
            let first = pattern.rule(anchor).start.date();
            remark = Some(format!(
                "counted from {first}, the first day that fits: fix it with `{pattern} from {first}`"
            ));
        }
    }
    let schedule = Schedule::of_phrase(phrase, setting, anchor).map_err(|e| {
        let offset = &e.offset;
        Failure::usage(e.to_string()).help(format!(
            "write for example `{offset} fiscal-quarter-end` or `{offset} 2026-12-01 10:00`"
        ))
    })?;
    Ok((schedule, remark))
}

/// An instant in the zone of the rule, or in the one that was asked for.
fn instant(zone: &Shown, text: &str) -> Result<Timestamp, Failure> {
    let at = zone.read(text).map_err(|why| match why.split_once(": ") {
        Some((what, way_out)) => Failure::usage(what).help(way_out),
        None => Failure::usage(why),
    })?;
    Ok(at)
}

/// What columns of a problem count from: a rule stands behind its `rrule:`.
fn shown_part(text: &str) -> &str {
    written::rule_text(text).unwrap_or(text)
}

/// A text that cannot be read, with a mark below the place.
fn unread(text: &str, line: usize, column: usize, what: &str, help: &str) -> Failure {
    let shown = text.lines().nth(line - 1).unwrap_or_default();
    let start = column.saturating_sub(60);
    let part: String = shown.chars().skip(start).take(100).collect();
    let mark = " ".repeat(column - 1 - start.min(column - 1));
    let place = if line > 1 {
        format!("line {line}, column {column}")
    } else {
        format!("column {column}")
    };
    Failure::usage(what)
        .note(part)
        .note(format!("{mark}^ {place}"))
        .help(help)
}

fn refused(error: &ExpandError) -> Failure {
    let failure = Failure::usage(error.to_string());
    match error {
        ExpandError::SubDaily { .. } => failure.help(
            "let it count in UTC (--zone UTC, or a DTSTART that ends with Z), or write a daily rule with BYHOUR and BYMINUTE",
        ),
        ExpandError::NoTime { .. } => failure.help("name an --until that is later than --from"),
    }
}

const fn word(ended: Ended) -> &'static str {
    match ended {
        Ended::Finished => "finished",
        Ended::Until => "until",
        Ended::Limit => "limit",
        Ended::Budget => "budget",
    }
}

fn show(
    rows: &[Row],
    ended: Ended,
    text: &str,
    question: &Question,
    args: &Explain,
    session: &Session,
) -> Result<(), Failure> {
    let out = &session.out;
    let zone = &question.setting.zone;
    if matches!(out.format, Some(Format::Json | Format::Yaml)) {
        return out.data(&json!({
            "text": text.trim(), "phrase": question.phrase,
            "rule": question.rule().map(|rule| rule.points().to_string()), "end": question.end(),
            "zone": zone.name(), "zoneFrom": question.zone_from,
            "from": question.bounds.from, "until": args.until.is_some().then_some(question.bounds.until),
            "occurrences": rows, "ended": word(ended), "note": question.remark,
        }));
    }
    if !out.wants_data() {
        let from = match &question.place {
            Some(place) => format!("{} ({place})", zone.name()),
            None => zone.name().to_owned(),
        };
        let rule = question
            .rule()
            .map(|rule| rule.to_string().replace('\n', " "));
        let lines = [
            ("phrase", question.phrase.clone()),
            ("rule", rule),
            ("zone", Some(from)),
        ];
        for (name, line) in lines
            .into_iter()
            .filter_map(|(name, line)| Some((name, line?)))
        {
            out.hint(&format!("{name:<7} {line}"));
        }
    }
    if let Some(remark) = &question.remark {
        out.hint(&format!("note    {remark}"));
    }
    let shown = Shown::named(zone.name()).map_err(Failure::usage)?;
    out.list(&Listing {
        items: rows,
        name: |row: &Row| row.at.to_string(),
        table: table(rows, &shown, args.length.is_some()),
        none: "no occurrence",
    })
}

/// Nothing found is an answer when a stretch of time was named; otherwise the rule is a mistake.
fn judge(
    rows: &[Row],
    ended: Ended,
    text: &str,
    question: &Question,
    args: &Explain,
    session: &Session,
) -> Result<Exit, Failure> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let from = question.long(question.bounds.from);
    let latest = horizon(question.bounds.from, LONGEST_WAIT);
    let invalid = |what: String| Failure::new(Exit::Invalid, what);
    match (rows.first(), ended) {
        (Some(first), _) if first.at > latest && args.until.is_none() => {
            let what = format!(
                "`{text}` does not happen within {LONGEST_WAIT} days: the first time is {}",
                question.long(first.at)
            );
            if question.schedule.has_spans() || args.length.is_some() {
                return Err(invalid(what).help("a window that stays closed for so long is taken for a mistake; name an --until to look further"));
            }
            session.out.hint(&format!("warning: {what}"));
            Ok(Exit::Done)
        }
        (Some(_), Ended::Budget) => {
            let steps = question.bounds.budget;
            session.out.hint(&format!(
                "warning: `{text}` was followed for {steps} steps without finding more"
            ));
            Ok(Exit::Done)
        }
        (None, Ended::Budget) => Err(invalid(format!(
            "`{text}` never happens as far as it was followed: {} steps from {from}",
            question.bounds.budget
        ))
        .help(
            "its parts exclude each other, or nearly so: leave one out, or name an earlier --until",
        )),
        (None, Ended::Finished) if args.until.is_none() => Err(invalid(format!(
            "`{text}` is over: it does not happen at or after {from}"
        ))
        .help("name an earlier --from to see when it did")),
        (None, _) if args.until.is_none() => {
            Err(invalid(format!("`{text}` never happens after {from}"))
                .help("its parts exclude each other: leave one out"))
        }
        _ => Ok(Exit::Done),
    }
}

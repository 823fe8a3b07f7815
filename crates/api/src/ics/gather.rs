//! What is on the calendar now, as events of the feed.

use super::event::{Event, When};
use super::rules;
use crate::error::Problem;
use crate::look::{self, Look};
use jiff::civil::{Date, Time as Clock, date};
use std::collections::BTreeMap;
use tidegate_core::agenda::{Item, Kind, Known, Question, Source, State, Time, agenda};
use tidegate_core::calendar::{Span, Zone};
use tidegate_core::id::EnvId;
use tidegate_core::spec::Window;
use tidegate_core::time::Timestamp;
use tidegate_engine::Engine;

/// How far back and ahead the feed reaches, in days. Both begin at midnight UTC, so that a feed changes with time once a day.
const BACK: i64 = 30;
const AHEAD: i64 = 365;
/// What moves with the present is told to a quarter of an hour.
const QUARTER: i64 = 900;
/// Most openings of a window that is no rule.
const OPENINGS: usize = 1_000;

/// One look.
#[derive(Debug)]
pub struct Gathered {
    /// By UID.
    pub events: BTreeMap<String, Event>,
    /// Rules that could not be read, with the environments that they concern.
    pub unknown: Vec<(String, Vec<String>)>,
    /// From when on events were left out because there are too many.
    pub whole_until: Option<Timestamp>,
    /// What the ids of this server end with.
    pub origin: String,
    /// The present.
    pub now: Timestamp,
    /// Newest entry of the ledger.
    pub seq: u64,
    /// What was looked at.
    pub time: Span,
    /// When it need not be looked at again.
    pub as_of: (u64, Timestamp),
}

impl Gathered {
    /// Whether an event of this kind at this time would have been seen.
    pub fn is_whole(&self, event: &Event) -> bool {
        let far = |until| event.start().is_none_or(|start| start >= until);
        self.unknown.is_empty() && !self.whole_until.is_some_and(far)
    }
}

/// Look, unless nothing can have changed since the look `as_of`.
pub fn gather(
    engine: &Engine,
    as_of: Option<(u64, Timestamp)>,
) -> Result<Option<Gathered>, Problem> {
    look::look(engine, |look| {
        let seq = look.rows.head()?.seq;
        let quarter = rounded(look.now);
        if as_of == Some((seq, quarter)) {
            return Ok(None);
        }
        let time = reach(look.now);
        let mut question = Question::between(time.start(), time.end())?;
        // Openings are rules of their own.
        question.kinds = Kind::ALL
            .into_iter()
            .filter(|kind| *kind != Kind::Window)
            .collect();
        let known = Known {
            now: look.now,
            spec: &look.in_force.spec,
            origins: &look.in_force.origins,
            view: look.view(),
        };
        let found = agenda(&known, &question);
        let mut gathered = Gathered {
            events: BTreeMap::new(),
            unknown: found
                .unknown
                .iter()
                .map(|u| (format!("{}: {}", u.rule, u.because), texts(&u.environments)))
                .collect(),
            whole_until: None,
            origin: origin(look)?,
            now: look.now,
            seq,
            time,
            as_of: (seq, quarter),
        };
        if found.left_out > 0 {
            gathered.whole_until = found.items.last().map(|item| item.time.start());
        }
        for item in &found.items {
            gathered.events.insert(uid(item, look), event(item, look));
        }
        windows(look, &mut gathered);
        Ok(Some(gathered))
    })
}

fn rounded(at: Timestamp) -> Timestamp {
    let seconds = at.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(QUARTER)).unwrap_or(at)
}

fn reach(now: Timestamp) -> Span {
    let midnight = now.as_second() - now.as_second().rem_euclid(86_400);
    let day = |days: i64| Timestamp::from_second(midnight + days * 86_400).unwrap_or(now);
    Span::new(day(-BACK), day(AHEAD)).unwrap_or_else(|| everything(now))
}

/// At the very edge of time.
fn everything(now: Timestamp) -> Span {
    let later = tidegate_core::time::Millis(1).after(now);
    Span::new(now, later).unwrap_or_else(|| everything(Timestamp::UNIX_EPOCH))
}

/// Ids of this server are told from those of others by its first entry, which stays whatever its address is.
fn origin(look: &Look<'_>) -> Result<String, Problem> {
    let first = look.rows.entries(1, 1)?;
    let hash = first.first().map(|entry| entry.hash.to_string());
    let digits: String = hash
        .unwrap_or_default()
        .chars()
        .rev()
        .take_while(char::is_ascii_hexdigit)
        .take(16)
        .collect();
    Ok(format!("{digits}.tidegate"))
}

fn texts<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

/// The id of an item; a planned freeze that comes once keeps its own when it is moved.
fn uid(item: &Item, look: &Look<'_>) -> String {
    let once = match (&item.kind, &item.source) {
        (Kind::Freeze, Source::Rule(path)) => {
            let name = path.strip_prefix("freezes.").unwrap_or_default();
            let freezes = &look.in_force.spec.freezes;
            freezes
                .iter()
                .any(|(own, freeze)| own.as_str() == name && freeze.around.is_none())
        }
        _ => false,
    };
    match item.id.rsplit_once('/') {
        Some((stays, _)) if once => stays.to_owned(),
        _ => item.id.clone(),
    }
}

fn event(item: &Item, look: &Look<'_>) -> Event {
    let mut private = Vec::new();
    if !item.detail.is_empty() {
        private.push(item.detail.clone());
    }
    private.push(match &item.source {
        Source::Rule(path) => written(path, look),
        Source::Declared { by, .. } => format!("By {by}"),
    });
    Event {
        kind: item.kind.as_str().to_owned(),
        title: item.title.clone(),
        private,
        environments: texts(&item.environments),
        services: texts(&item.services),
        when: when(item, look.now),
        cancelled: item.state == State::Cancelled,
    }
}

/// The file only: an event does not change because lines above it did.
fn written(path: &str, look: &Look<'_>) -> String {
    match look.in_force.origins.of(path).file {
        file if file.is_empty() => format!("From {path}"),
        file => format!("From {path} in {file}"),
    }
}

fn when(item: &Item, now: Timestamp) -> When {
    let moves = matches!(item.kind, Kind::Slot | Kind::Deployment);
    match item.time {
        Time::At(at) => When::At(at),
        Time::Within(_) if matches!(item.kind, Kind::Holiday | Kind::QuarterEnd) => {
            let zone = Zone::named(&item.zone).unwrap_or_else(|_| Zone::utc());
            When::Day(zone.civil(item.time.start()).date())
        }
        Time::Within(span) => {
            let (mut start, mut end) = (span.start(), span.end());
            if moves && start >= now && start < tidegate_core::time::Millis::minutes(1).after(now) {
                // As soon as something else lets it go.
                let late = tidegate_core::time::Millis::between(rounded(start), start);
                start = rounded(start);
                end = end
                    .checked_sub(jiff::SignedDuration::from_millis(
                        i64::try_from(late.0).unwrap_or(0),
                    ))
                    .unwrap_or(end);
            }
            if item.kind == Kind::Deployment {
                let next = tidegate_core::time::Millis::minutes(15).after(rounded(end));
                end = if end == rounded(end) { end } else { next };
            }
            if end == Timestamp::MAX {
                end = unknown_end(start.max(now));
            }
            When::Within(start, end)
        }
    }
}

/// Nobody knows the end yet: up to the end of the next year, which changes once a year.
fn unknown_end(from: Timestamp) -> Timestamp {
    let year = Zone::utc().civil(from).year();
    let end = date(year.saturating_add(2), 1, 1).to_datetime(Clock::midnight());
    Zone::utc().instant(end).unwrap_or(Timestamp::MAX)
}

/// Windows of environments, by rule where a rule says it.
fn windows(look: &Look<'_>, gathered: &mut Gathered) {
    let spec = &look.in_force.spec;
    for (name, window) in &spec.windows {
        let mut zones: BTreeMap<&str, Vec<&EnvId>> = BTreeMap::new();
        for (env, environment) in &spec.environments {
            if environment.window.as_ref() == Some(name) {
                let zone = window.zone.as_deref().unwrap_or(&environment.zone);
                zones.entry(zone).or_default().push(env);
            }
        }
        for (zone, environments) in zones {
            let environments = texts(&environments);
            if let Err(because) =
                window_in(look, (name.as_str(), window), zone, &environments, gathered)
            {
                gathered
                    .unknown
                    .push((format!("windows.{name}: {because}"), environments));
            }
        }
    }
}

fn window_in(
    look: &Look<'_>,
    (name, window): (&str, &Window),
    zone: &str,
    environments: &[String],
    gathered: &mut Gathered,
) -> Result<(), String> {
    let spec = &look.in_force.spec;
    let setting = spec.setting(zone).map_err(|e| e.to_string())?;
    let meant = window
        .spans(&setting, gathered.time)
        .map_err(|e| e.to_string())?;
    let event = |when: When| Event {
        kind: Kind::Window.as_str().to_owned(),
        title: format!("window {name} is open"),
        private: vec![
            window.allow.join(", "),
            written(&format!("windows.{name}"), look),
        ],
        environments: environments.to_vec(),
        services: Vec::new(),
        when,
        cancelled: false,
    };
    let first_day = beginning(&setting.zone, look.now);
    let rules = rules::of(&window.allow, &setting, gathered.time, first_day, &meant);
    if let Some(rules) = rules {
        for (n, rule) in rules.into_iter().enumerate() {
            let uid = format!("window/{name}/{zone}/rule-{}", n + 1);
            gathered.events.insert(uid, event(When::Repeats(rule)));
        }
        return Ok(());
    }
    for span in meant.spans().iter().take(OPENINGS) {
        let (start, end) = (span.start(), span.end());
        let uid = format!("window/{name}/{zone}/{}", super::vtimezone::instant(start));
        gathered.events.insert(uid, event(When::Within(start, end)));
    }
    if let Some(next) = meant.spans().get(OPENINGS) {
        let until = gathered
            .whole_until
            .map_or(next.start(), |u| u.min(next.start()));
        gathered.whole_until = Some(until);
    }
    Ok(())
}

/// The first day of rules that name none: it stays for a year.
fn beginning(zone: &Zone, now: Timestamp) -> Date {
    let year = zone.civil(now).year();
    date(year.saturating_sub(1), 1, 1)
}

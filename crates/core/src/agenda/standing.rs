//! Whether an environment is open at an instant, until when, and when it opens next; and the hours of each window.
//!
//! It is made of the items of the calendar: what opens, without what blocks everything there. What blocks some services only
//! is named beside it.

use super::{Agenda, Effect, Item, Known, Question, Stale, Time, Unknown, agenda};
use crate::calendar::{Intervals, Span};
use crate::id::{EnvId, Name};
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// How many openings are told.
const NEXT: usize = 5;
/// How far is looked ahead.
const AHEAD: crate::time::Millis = crate::time::Millis(super::LONGEST_DAYS * 86_400_000);

/// How an environment stands at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The instant asked about.
    pub at: Timestamp,
    /// Whether work may start then, as far as the calendar goes for all services.
    pub open: bool,
    /// When that changes; none when it does not within 400 days.
    pub until: Option<Timestamp>,
    /// The next openings that begin after it.
    pub next: Vec<Span>,
    /// What makes it so: windows that are open, and everything that blocks.
    pub because: Vec<Item>,
    /// Rules that could not be read; while there is one, nothing is open.
    pub unknown: Vec<Unknown>,
    /// Calendars of others that were not read lately; while one holds every service back, nothing is open.
    pub stale: Vec<Stale>,
}

/// How `env` stands at `at`.
///
/// # Errors
/// There is no such environment.
pub fn standing(known: &Known<'_>, env: &EnvId, at: Timestamp) -> Result<Standing, Refusal> {
    let mut question = Question::between(at, AHEAD.after(at))?;
    question.environments = vec![env.clone()];
    question.most = usize::MAX;
    question.known_to(known.spec)?;
    let present = known.now;
    let known = Known { now: at, ..*known };
    let mut all = agenda(&known, &question);
    // How old a calendar will be at a later instant nobody knows.
    let is_old = |stale: &Stale| {
        stale
            .read
            .is_none_or(|at| stale.fresh_for.after(at) <= present)
    };
    all.stale.retain(is_old);
    let windowed = known
        .spec
        .environments
        .get(env)
        .is_some_and(|e| e.window.is_some());
    let open = open(&all, windowed, question.time);
    let fits = open.at(at);
    let everything = |stale: &Stale| stale.blocks && stale.services.is_empty();
    let broken = !all.unknown.is_empty() || all.stale.iter().any(everything);
    let within = |at: &Timestamp| *at < question.time.end();
    let next = open.spans().iter().filter(|span| span.start() > at);
    let next: Vec<Span> = next.take(if broken { 0 } else { NEXT }).copied().collect();
    let until = match fits {
        _ if broken => None,
        Some(span) => Some(span.end()).filter(within),
        None => next.first().map(|span| span.start()),
    };
    let Agenda {
        items,
        unknown,
        stale,
        ..
    } = all;
    let holds = |item: &Item| match item.time {
        Time::Within(span) => item.effect != Effect::Informs && span.contains(at),
        Time::At(_) => false,
    };
    Ok(Standing {
        at,
        open: fits.is_some() && !broken,
        until,
        next,
        because: items.into_iter().filter(holds).collect(),
        unknown,
        stale,
    })
}

/// When work on any service may start, as far as the items of one environment say.
#[must_use]
pub fn open(agenda: &Agenda, windowed: bool, time: Span) -> Intervals {
    let of = |effect: Effect| -> Intervals {
        let all = agenda
            .items
            .iter()
            .filter(move |item| item.effect == effect);
        let spans = all
            .filter(|item| item.services.is_empty())
            .filter_map(|item| match item.time {
                Time::Within(span) => Some(span),
                Time::At(_) => None,
            });
        spans.collect()
    };
    let allowed = if windowed {
        of(Effect::Opens)
    } else {
        Intervals::from_iter([time])
    };
    // What needs somebody's consent does not go by itself.
    allowed.subtraction(&of(Effect::Blocks).union(&of(Effect::Asks)))
}

/// The hours of a window in one zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// Window.
    pub window: Name,
    /// Its phrases.
    pub allow: Vec<String>,
    /// IANA zone in which they are read.
    pub zone: String,
    /// Environments that follow it; none when nobody names it.
    pub environments: Vec<EnvId>,
    /// Dotted path of the window.
    pub rule: String,
    /// The opening that holds now.
    pub open: Option<Span>,
    /// When that changes; none when it does not within 400 days.
    pub until: Option<Timestamp>,
    /// The next openings that begin after now.
    pub next: Vec<Span>,
    /// Why it cannot be told.
    pub broken: Option<String>,
}

/// The hours of every window, once for each zone in which it is read.
#[must_use]
pub fn hours(known: &Known<'_>) -> Vec<Hours> {
    let (spec, now) = (known.spec, known.now);
    let mut all = Vec::new();
    for (name, window) in &spec.windows {
        let users = spec
            .environments
            .iter()
            .filter(|(_, e)| e.window.as_ref() == Some(name));
        let mut zones = super::year::by_zone(window.zone.as_deref(), users);
        if zones.is_empty() {
            let zone = window.zone.clone().unwrap_or_else(|| spec.zone.clone());
            zones.insert(zone, Vec::new());
        }
        for (zone, environments) in zones {
            let mut hours = Hours {
                window: name.clone(),
                allow: window.allow.clone(),
                zone: zone.clone(),
                environments,
                rule: format!("windows.{name}"),
                open: None,
                until: None,
                next: Vec::new(),
                broken: None,
            };
            let Some(time) = Span::lasting(now, AHEAD) else {
                continue;
            };
            let spans = spec
                .setting(&zone)
                .and_then(|setting| window.spans(&setting, time));
            match spans {
                Ok(spans) => {
                    hours.open = spans.at(now);
                    let next = spans.spans().iter().filter(|span| span.start() > now);
                    hours.next = next.take(NEXT).copied().collect();
                    hours.until = match hours.open {
                        Some(span) => Some(span.end()).filter(|end| *end < time.end()),
                        None => hours.next.first().map(|span| span.start()),
                    };
                }
                Err(error) => hours.broken = Some(error.to_string()),
            }
            all.push(hours);
        }
    }
    all
}

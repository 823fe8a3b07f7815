//! Entries of the calendar, proposals, vendors and constraints.

use super::freeze::shown_scope;
use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::calendar::schedule::horizon;
use tidegate_core::calendar::{Intervals, Span};
use tidegate_core::id::Name;
use tidegate_core::queue::Slot;
use tidegate_core::refusal::Refusal;
use tidegate_core::replan::{self, Item, Outcome, Work};
use tidegate_core::spec::{self, Unreadable};
use tidegate_core::stream::entry::{self, Effect, Entry, Facts, Kind, Phase, When};
use tidegate_core::time::Millis;

/// How far ahead the next stretches are looked for, in days.
const AHEAD: u32 = 400;
/// How far ahead costs and clashes are counted, in days.
const REPORT: u32 = 90;
/// No run that is written from when to when is longer.
const WEEK: Millis = Millis(7 * 86_400_000);
/// Stretches shown.
const NEXT: usize = 3;

fn unknown(what: &str, text: &str, words: &[&str]) -> Problem {
    Refusal::Invalid {
        because: format!("`{text}` is no {what}"),
        help: format!("write one of {}", words.join(", ")),
    }
    .into()
}

fn unreadable(error: Unreadable) -> Problem {
    Refusal::Invalid {
        because: format!("its time cannot be read: {error}"),
        help: "correct it, or take it from the calendar".to_owned(),
    }
    .into()
}

/// A kind as it was sent.
pub(crate) fn kind(text: &str) -> Result<Kind, Problem> {
    let words = Kind::ALL.map(Kind::as_str);
    Kind::named(text).ok_or_else(|| unknown("kind of entry", text, &words))
}

/// An effect as it was sent.
pub(crate) fn effect(text: &str) -> Result<Effect, Problem> {
    let words = ["blocks", "asks", "informs"];
    Effect::named(text).ok_or_else(|| unknown("effect", text, &words))
}

/// A time as it was sent.
pub(crate) fn when(time: wire::EntryTime) -> Result<When, Problem> {
    let lasting = time.lasting_ms.map(Millis);
    if let Some(phrase) = time.phrase {
        return Ok(When::Repeats {
            phrase,
            lasting,
            from: time.from,
            until: time.until,
        });
    }
    let end = match (time.from, time.until, lasting) {
        (Some(from), None, Some(lasting)) => Some(lasting.after(from)),
        (_, until, None) => until,
        _ => None,
    };
    match (time.from, end) {
        (Some(from), Some(until)) => Ok(When::Once { from, until }),
        _ => Err(Refusal::Invalid {
            because: "it does not say from when to when".to_owned(),
            help: "say `from` and `until`, `from` and how long it lasts, or a phrase".to_owned(),
        }
        .into()),
    }
}

/// An entry by id.
pub(crate) fn entry(look: &Look<'_>, id: &str) -> Result<wire::CalendarEntry, Problem> {
    let state: Entry = look.load("entry", id)?;
    shown(look, id, &state)
}

/// Entries that are declared, by the instant at which they come next; with `past` also the others.
pub(crate) fn entries(
    look: &Look<'_>,
    wanted: Option<Kind>,
    past: bool,
) -> Result<Vec<wire::CalendarEntry>, Problem> {
    let mut rows = look.view().scan(entry::ACTIVE, "", entry::MOST);
    if past {
        rows.extend(look.view().scan(entry::PAST, "", entry::MOST));
    }
    let mut all = Vec::new();
    for (id, body) in rows {
        let state: Entry = serde_json::from_str(&body)?;
        let kind = state.phase.facts().map(|facts| facts.kind);
        if wanted.is_none() || kind == wanted {
            all.push(shown(look, &id, &state)?);
        }
    }
    let key = |e: &wire::CalendarEntry| (e.next.first().map(|s| s.from), e.id.clone());
    // What does not come again stands at the end.
    all.sort_by_key(|e| (e.next.is_empty(), key(e)));
    Ok(all)
}

fn shown(look: &Look<'_>, id: &str, state: &Entry) -> Result<wire::CalendarEntry, Problem> {
    let facts = state.phase.facts().ok_or_else(|| Refusal::NotFound {
        what: "entry".to_owned(),
        name: id.to_owned(),
    })?;
    let ahead = match &state.phase {
        Phase::Declared { .. } => {
            let spec = &look.in_force.spec;
            replan::ahead(facts, spec, look.now, AHEAD).map_err(unreadable)?
        }
        _ => Intervals::none(),
    };
    let consents = facts.consents.iter().map(|c| wire::Consent {
        release: c.release.to_string(),
        by: c.by.clone(),
        because: c.because.clone(),
        at: c.at,
    });
    Ok(wire::CalendarEntry {
        id: id.to_owned(),
        kind: facts.kind.as_str().to_owned(),
        title: facts.title.clone(),
        state: state.phase.name().to_owned(),
        effect: facts.effect.as_str().to_owned(),
        time: time(&facts.when),
        zone: facts.zone.clone(),
        next: ahead.spans().iter().take(NEXT).map(stretch).collect(),
        concerns: facts.scope.to_string(),
        scope: shown_scope(&facts.scope),
        owner: facts.owner.as_ref().map(ToString::to_string),
        lets: facts.lets.iter().map(ToString::to_string).collect(),
        vendor: facts.vendor.as_ref().map(ToString::to_string),
        breaches: facts.breaches.clone(),
        consents: consents.collect(),
        moved: facts.moved,
        reason: facts.reason.clone(),
        by: facts.by.clone(),
        at: facts.at,
        note: match &state.phase {
            Phase::Cancelled { by, because, .. } => Some(format!("cancelled by {by}: {because}")),
            _ => None,
        },
    })
}

fn stretch(span: &Span) -> wire::Stretch {
    wire::Stretch {
        from: span.start(),
        until: span.end(),
    }
}

fn time(when: &When) -> wire::EntryTime {
    match when {
        When::Once { from, until } => wire::EntryTime {
            from: Some(*from),
            until: Some(*until),
            ..wire::EntryTime::default()
        },
        When::Repeats {
            phrase,
            lasting,
            from,
            until,
        } => wire::EntryTime {
            from: *from,
            until: *until,
            phrase: Some(phrase.clone()),
            lasting_ms: lasting.map(|l| l.0),
        },
    }
}

/// What an entry would do.
pub(crate) fn proposal(id: &Name, found: &replan::Proposal) -> wire::EntryProposal {
    let item = |item: &Item| {
        let (outcome, to) = match &item.outcome {
            Outcome::Stays => ("stays", None),
            Outcome::GoesOn => ("goes-on", None),
            Outcome::Moves { to } => ("moves", Some(*to)),
            Outcome::Waits { until } => ("waits", *until),
            Outcome::NeedsConsent => ("needs-consent", None),
            Outcome::IsCancelled => ("is-cancelled", None),
        };
        let (deployment, departure, releases) = match &item.work {
            Work::Deployment { id, release } => (Some(id), None, std::slice::from_ref(release)),
            Work::Departure { id, passengers } => (None, Some(id), passengers.as_slice()),
        };
        wire::EntryProposalItem {
            deployment: deployment.map(ToString::to_string),
            departure: departure.map(ToString::to_string),
            releases: texts(releases),
            environment: item.environment.to_string(),
            slot: item.slot,
            outcome: outcome.to_owned(),
            to,
            because: item.because.clone(),
            tell: item.tell.clone(),
        }
    };
    wire::EntryProposal {
        entry: id.to_string(),
        digest: found.digest.to_string(),
        hits: found.hits(),
        summary: found.summary(),
        items: found.items.iter().map(item).collect(),
    }
}

fn rule(look: &Look<'_>, path: String) -> wire::Rule {
    let place = look.in_force.origins.of(&path);
    wire::Rule {
        path,
        file: place.file,
        line: place.line,
    }
}

fn texts<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

/// Third parties with their work.
pub(crate) fn vendors(look: &Look<'_>) -> Result<Vec<wire::Vendor>, Problem> {
    let spec = &look.in_force.spec;
    let declared = entry::declared(look.view()).map_err(|because| Refusal::Quarantined {
        stream: "entry".to_owned(),
        because,
    })?;
    let mut all = Vec::new();
    for (name, vendor) in &spec.vendors {
        let mut work = Vec::new();
        let mut clashes = Vec::new();
        for (id, facts) in &declared {
            if facts.vendor.as_ref() == Some(name) {
                work.push(entry(look, id.as_str())?);
                clashes.extend(met(look, vendor, id, facts)?);
            }
        }
        all.push(wire::Vendor {
            name: name.to_string(),
            owner: vendor.owner.to_string(),
            maintenance: vendor.maintenance.clone(),
            notice: vendor.notice.clone(),
            zone: vendor.zone.clone().unwrap_or_else(|| spec.zone.clone()),
            services: texts(&vendor.services),
            calendar_fresh_for_ms: vendor.calendar_fresh_for.map(|length| length.0),
            calendar: super::feed::of_vendor(look, name)?,
            entries: work,
            clashes,
            rule: rule(look, format!("vendors.{name}")),
        });
    }
    Ok(all)
}

/// Reserved times of ours that an entry of a vendor meets.
fn met(
    look: &Look<'_>,
    vendor: &spec::Vendor,
    id: &Name,
    facts: &Facts,
) -> Result<Vec<wire::VendorClash>, Problem> {
    let spec = &look.in_force.spec;
    let spans = replan::ahead(facts, spec, look.now, REPORT).map_err(unreadable)?;
    let mut all = Vec::new();
    for (key, body) in look
        .view()
        .scan(tidegate_core::model::queue::Row::MODEL, "", 10_000)
    {
        let row: tidegate_core::model::queue::Row = serde_json::from_str(&body)?;
        let Some((env, deployment)) = key.split_once('/') else {
            continue;
        };
        let Ok(env) = tidegate_core::id::EnvId::new(env) else {
            continue;
        };
        let Some(Slot { start, end }) = row.slot else {
            continue;
        };
        let both = Span::new(start, end).filter(|_| facts.scope.concerns(spec, &row.service, &env));
        let Some(slot) = both else { continue };
        let owner = spec.services.get(&row.service).map(|s| s.owner.to_string());
        for span in spans.spans().iter().filter_map(|span| span.overlap(slot)) {
            all.push(wire::VendorClash {
                entry: id.to_string(),
                deployment: deployment.to_owned(),
                release: row.release.to_string(),
                environment: env.to_string(),
                from: span.start(),
                until: span.end(),
                tell: [Some(vendor.owner.to_string()), owner.clone()]
                    .into_iter()
                    .flatten()
                    .collect(),
            });
        }
    }
    Ok(all)
}

/// Systems that cannot be moved, with their cost.
pub(crate) fn legacy(look: &Look<'_>) -> Result<Vec<wire::Legacy>, Problem> {
    let spec = &look.in_force.spec;
    let time = Span::new(look.now, horizon(look.now, REPORT));
    let mut all = Vec::new();
    for (name, legacy) in &spec.legacy {
        let zone = legacy.zone.clone().unwrap_or_else(|| spec.zone.clone());
        let setting = spec.setting(&zone).map_err(unreadable)?;
        let (cost, next) = match time {
            None => (spec::Cost::default(), None),
            Some(time) => {
                let cost = spec.cost(legacy, time).map_err(unreadable)?;
                // One that is under way is told from its beginning.
                let wide = spec::recurring::reaching_back(time, Millis(legacy.reach().0 + WEEK.0));
                let spans = legacy.spans(&setting, wide).map_err(unreadable)?;
                let next = spans.spans().iter().find(|s| s.end() > look.now);
                (cost, next.map(stretch))
            }
        };
        all.push(wire::Legacy {
            name: name.to_string(),
            why: legacy.why.clone(),
            runs: legacy.runs.clone(),
            lasting_ms: legacy.lasting.map(|l| l.0),
            restart_margin_ms: legacy.restart_margin.0,
            zone,
            concerns: legacy.scope().to_string(),
            owner: legacy.owner.to_string(),
            review_by: legacy.review_by.to_string(),
            overdue: legacy.review_by < setting.zone.civil(look.now).date(),
            days: cost.days,
            taken_ms: cost.taken.0,
            next,
            rule: rule(look, format!("legacy.{name}")),
        });
    }
    Ok(all)
}

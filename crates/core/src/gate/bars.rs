//! What stands in the way of an operation for a time, and from when it no longer does: shared by the gates cover, booking and
//! calendar. What a bar is, each gate knows itself.

use super::times::{self, AHEAD, LAST, clock, moment};
use super::{Asked, GateId, GateOutcome, GateReport, PASS};
use crate::calendar::{Intervals, Span, Zone};
use crate::spec::Unreadable;
use crate::time::{Millis, Timestamp};

/// Something that stands in the way for a time.
pub(super) struct Bar {
    /// What it is, for people: `payments is not on duty`.
    pub title: String,
    /// When.
    pub spans: Intervals,
    /// The zone in which its times are told.
    pub zone: Zone,
    /// Why, and what can be done.
    pub why: String,
    /// Who can change it.
    pub who: Vec<String>,
    /// Configuration line, when it has one.
    pub rule: Option<String>,
}

/// Why it cannot be told, and the rule that is to blame.
pub(super) struct Unknown {
    pub because: String,
    pub rule: Option<String>,
}

impl From<String> for Unknown {
    fn from(because: String) -> Self {
        let rule = None;
        Self { because, rule }
    }
}

impl Unknown {
    /// What cannot be read, and where it is written.
    pub fn of(what: &str, error: &Unreadable, rule: String) -> Self {
        let because = format!("{what} cannot be read: {error}");
        let rule = Some(rule);
        Self { because, rule }
    }
}

/// What a gate says when nothing stands in the way.
pub(super) struct Words {
    /// Nothing concerns the plan at all.
    pub none: String,
    /// Nothing stands in the way now.
    pub free: String,
    /// Changes that may answer earlier.
    pub on: Vec<String>,
}

/// The answer: from now on for the whole operation, nothing may stand in the way.
pub(super) fn judge(
    asked: &Asked<'_>,
    gate: GateId,
    words: &Words,
    bars: impl Fn(Span) -> Result<Vec<Bar>, Unknown>,
) -> GateReport {
    looked(asked, gate, words, bars).unwrap_or_else(|unknown| {
        let mut report = times::broken(asked, gate, unknown.because);
        report.rule = unknown.rule;
        report
    })
}

fn looked(
    asked: &Asked<'_>,
    gate: GateId,
    words: &Words,
    bars: impl Fn(Span) -> Result<Vec<Bar>, Unknown>,
) -> Result<GateReport, Unknown> {
    let (now, length) = (asked.now, asked.needs().max(Millis(1)));
    let wanted = Span::lasting(now, length).ok_or_else(|| format!("{now} is the end of time"))?;
    let mut blocked = None;
    for days in AHEAD {
        let time = times::days_from(now, days)?;
        let found = bars(time)?;
        if found.is_empty() {
            return Ok(asked.report(gate, PASS, words.none.clone()));
        }
        let all: Intervals = found
            .iter()
            .flat_map(|b| b.spans.spans().to_vec())
            .collect();
        if !all.touches(wanted) {
            if let Some(next) = next(&found, now) {
                return Ok(passes(asked, gate, words, next));
            }
            continue;
        }
        if let Some((at, _)) = all.complement(time).fit(length, now) {
            let on = words.on.clone();
            let outcome = GateOutcome::Wait { at, on };
            return Ok(blocks(asked, gate, &found, wanted, outcome));
        }
        blocked = Some(found);
    }
    Ok(match blocked {
        Some(found) => {
            let on = words.on.clone();
            blocks(asked, gate, &found, wanted, GateOutcome::Fail { on })
        }
        None => asked.report(gate, PASS, words.free.clone()),
    })
}

fn next(found: &[Bar], now: Timestamp) -> Option<(&Bar, Span)> {
    let starts = found
        .iter()
        .filter_map(|bar| Some((bar, bar.spans.next(now)?)));
    starts.min_by(|(a, x), (b, y)| (x, &a.title).cmp(&(y, &b.title)))
}

fn passes(asked: &Asked<'_>, gate: GateId, words: &Words, (bar, span): (&Bar, Span)) -> GateReport {
    let zone = &bar.zone;
    let title = if span.end() == Timestamp::MAX {
        let from = moment(span.start(), zone, asked.now);
        format!(
            "{}; next: {}, from {from}, without an end",
            words.free, bar.title
        )
    } else {
        format!(
            "{}; next: {}, {} - {}",
            words.free,
            bar.title,
            clock(span.start(), zone, asked.now),
            moment(span.end(), zone, asked.now),
        )
    };
    let outcome = times::pass_before(Some(span.start()), asked.needs());
    let mut report = asked.report(gate, outcome, title).detail(bar.why.clone());
    report.rule = bar.rule.clone();
    report
}

fn blocks(
    asked: &Asked<'_>,
    gate: GateId,
    found: &[Bar],
    wanted: Span,
    outcome: GateOutcome,
) -> GateReport {
    let length = asked.needs();
    let (mut titles, mut details, mut who) = (Vec::new(), Vec::new(), Vec::new());
    let (mut rule, mut last) = (None, None);
    for bar in found {
        let ahead = bar.spans.ending_after(wanted.start()).first();
        let Some(span) = ahead.filter(|span| span.start() < wanted.end()) else {
            continue;
        };
        titles.push(stretch(asked, bar, *span, &outcome));
        details.push(bar.why.clone());
        who.extend(bar.who.iter().cloned());
        if last.is_none_or(|(end, _)| end < span.end()) {
            last = Some((span.end(), &bar.zone));
        }
        rule = rule.or_else(|| bar.rule.clone());
    }
    match (&outcome, last) {
        // Between two of them there may be too little time.
        (GateOutcome::Wait { at, .. }, Some((end, zone))) if *at > end => {
            let at = moment(*at, zone, asked.now);
            titles.push(format!("{length} without a break from {at}"));
        }
        (GateOutcome::Fail { .. }, Some((end, _))) if end < Timestamp::MAX => {
            titles.push(format!("never free for {length} in the next {LAST} days"));
        }
        _ => {}
    }
    details.push(times::needs(asked));
    details.retain(|detail| !detail.is_empty());
    who.sort();
    who.dedup();
    let mut report = asked
        .report(gate, outcome, titles.join("; "))
        .detail(details.join("; "));
    (report.who, report.rule) = (who, rule);
    report
}

/// `… until …`, or `… begins …, before 30m are over, and lasts until …`.
fn stretch(asked: &Asked<'_>, bar: &Bar, span: Span, outcome: &GateOutcome) -> String {
    let mut title = bar.title.clone();
    if span.start() > asked.now {
        let from = moment(span.start(), &bar.zone, asked.now);
        title += &format!(" from {from}, before {} are over,", asked.needs());
    }
    let far = asked
        .now
        .saturating_add(jiff::SignedDuration::from_hours((LAST as i64) * 24));
    let endless = far.is_ok_and(|far| span.end() >= far);
    title
        + &if endless && matches!(outcome, GateOutcome::Fail { .. }) {
            " without an end that is known".to_owned()
        } else {
            format!(" until {}", moment(span.end(), &bar.zone, asked.now))
        }
}

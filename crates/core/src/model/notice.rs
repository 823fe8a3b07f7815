//! Notices: what became of planned work, for whoever asked for it and whoever answers for the service.
//!
//! A row for each event that people did not wait for: moved, lost, replaced, given up, taken back. A row is made with the event
//! and committed with it, so nothing changes silently and nothing is told twice; the event is the proof of what was told.
//! Nothing is sent here: texts carry no instants, because every reader has a zone of their own.

use super::{Happened, Rows, listing};
use crate::actor::SYSTEM;
use crate::batch::ModelChange;
use crate::digest::canonical;
use crate::id::{DepartureId, EnvId, ReleaseId, StreamId, TeamId};
use crate::stream::change::{self, Change, Declared};
use crate::stream::departure::{self, Departure};
use crate::stream::deployment::{self, Deployment};
use crate::stream::environment::{self, Environment};
use crate::stream::exception::{self, Exception};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Rows by instant (microseconds since 1970, twenty digits), stream and revision: in the order in which they were told.
pub const NOTICES: &str = "notice";

/// What was told to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// When.
    pub at: Timestamp,
    /// The stream that it happened to.
    pub stream: String,
    /// Its revision: which of its entries says so.
    pub rev: u64,
    /// What happened, as one word or two: `moved`, `cancelled`.
    pub what: String,
    /// Releases it is about.
    pub releases: Vec<ReleaseId>,
    /// Where, when it is one place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvId>,
    /// The departure it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departure: Option<DepartureId>,
    /// Why.
    pub because: String,
    /// The time that was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Timestamp>,
    /// The time that is planned now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Timestamp>,
    /// Accounts that asked for it or are asked.
    pub to: BTreeSet<String>,
    /// The team that answered for the service then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Who did it, when it was a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// What happened, before it is known where and when.
#[derive(Default)]
struct News {
    what: &'static str,
    because: String,
    by: Option<String>,
    before: Option<Timestamp>,
    now: Option<Timestamp>,
}

impl News {
    fn new(what: &'static str, because: impl Into<String>) -> Self {
        Self {
            what,
            because: because.into(),
            ..Self::default()
        }
    }

    fn by(mut self, who: &str) -> Self {
        self.by = (who != SYSTEM).then(|| who.to_owned());
        self
    }

    fn row(self, at: Timestamp, stream: &StreamId, rev: u64) -> Row {
        Row {
            at,
            stream: stream.to_string(),
            rev,
            what: self.what.to_owned(),
            releases: Vec::new(),
            environment: None,
            departure: None,
            because: self.because,
            before: self.before,
            now: self.now,
            to: BTreeSet::new(),
            team: None,
            by: self.by,
        }
    }
}

fn tell(rows: &mut dyn Rows, mut row: Row) {
    // What follows by itself asks for nothing and is told nothing.
    row.to.remove(SYSTEM);
    let micros = row.at.as_microsecond().max(0);
    let key = format!("{micros:020}/{}/{}", row.stream, row.rev);
    rows.put(ModelChange {
        model: NOTICES,
        key,
        body: canonical(&row).ok(),
    });
}

/// What became of a deployment.
pub(super) fn of_deployment(h: &Happened<'_, Deployment, deployment::Event>, rows: &mut dyn Rows) {
    let Some(facts) = h.state.facts.as_deref() else {
        return;
    };
    let Some(news) = deployment_news(h).or_else(|| issues_news(h, facts)) else {
        return;
    };
    let body = &facts.plan.body;
    let mut row = news.row(h.at, h.stream, h.rev);
    row.to = asked_by(&body.to.release, rows);
    row.to.insert(facts.by.clone());
    row.to.extend(asked_to_sign(h.event).iter().cloned());
    row.releases = vec![body.to.release.clone()];
    row.environment = Some(body.environment.clone());
    row.team.clone_from(&facts.team);
    tell(rows, row);
}

/// Whoever is asked to sign, or told that nobody does.
fn asked_to_sign(event: &deployment::Event) -> &[String] {
    use deployment::Event;
    match event {
        Event::SignOffAsked { whom, .. }
        | Event::SignOffReminded { whom, .. }
        | Event::SignOffEscalated { whom, .. } => whom,
        _ => &[],
    }
}

/// What is known to be wrong with a version, once it is there, and what is mended by it.
fn issues_news(
    h: &Happened<'_, Deployment, deployment::Event>,
    facts: &deployment::Facts,
) -> Option<News> {
    let deployment::Event::Succeeded { .. } = h.event else {
        return None;
    };
    let deployment::Issues { brought, mended } = &facts.issues;
    let to = &facts.plan.body.to.release;
    let lists = [("is known to have", brought), ("mends", mended)];
    let parts = lists.iter().filter(|(_, list)| !list.is_empty());
    let parts: Vec<String> = parts
        .map(|(what, list)| format!("{to} {what} {}", list.join("; ")))
        .collect();
    (!parts.is_empty()).then(|| News::new("known issues", parts.join("; and ")))
}

fn deployment_news(h: &Happened<'_, Deployment, deployment::Event>) -> Option<News> {
    use deployment::Event;
    Some(match h.event {
        Event::SlotReserved {
            slot,
            before: Some(before),
            because,
            ..
        } if slot.start != before.start => News {
            before: Some(before.start),
            now: Some(slot.start),
            ..News::new("moved", because)
        },
        Event::SlotLost { before, because } => News {
            before: Some(before.start),
            ..News::new("without a time", because)
        },
        Event::FreezePaused { because, .. } => News::new("paused by a freeze", because),
        Event::FreezeReleased { .. } => News::new("goes on", "no freeze holds it any more"),
        Event::AwaitsPerson { because, until } => News {
            now: Some(*until),
            ..News::new("waits for a person", because)
        },
        Event::SignOffAsked { asked, until, .. } => News {
            now: Some(*until),
            ..News::new(
                "waits for a sign-off",
                format!("{} by {}", asked.sign, asked.team),
            )
        },
        Event::SignOffReminded { asked, .. } => News::new(
            "still asked",
            format!("{} has not signed {}", asked.team, asked.sign),
        ),
        Event::SignOffEscalated { asked, .. } => News::new(
            "escalated",
            format!("{} has not signed {}", asked.team, asked.sign),
        ),
        Event::SignedOff { signed, .. } => {
            News::new("signed", signed.to_string()).by(&signed.account)
        }
        Event::Cancelled { by, reason } => News::new("cancelled", reason).by(by),
        Event::Superseded { because } => News::new("replaced", because),
        Event::Expired {} => News::new("expired", "waited at its gates too long"),
        Event::RollbackStarted { cause, .. } => News::new("taken back", cause.to_string()),
        Event::NeedsHuman { because, .. } => News::new("needs a person", because),
        _ => return None,
    })
}

/// Who asked for the release to move, as its row says.
fn asked_by(release: &ReleaseId, rows: &dyn Rows) -> BTreeSet<String> {
    let row = rows.row(listing::RELEASES, &release.to_string());
    let row: Option<serde_json::Value> = row.and_then(|text| serde_json::from_str(&text).ok());
    let asked = row.as_ref().and_then(|row| row.get("askedBy")?.as_array());
    let names = asked.into_iter().flatten();
    names
        .filter_map(|name| Some(name.as_str()?.to_owned()))
        .collect()
}

/// What became of a departure, for whoever is aboard or was.
pub(super) fn of_departure(h: &Happened<'_, Departure, departure::Event>, rows: &mut dyn Rows) {
    use departure::Event;
    let Some(facts) = h.state.facts.as_deref() else {
        return;
    };
    let one =
        |release: &ReleaseId, by: &str| (vec![release.clone()], BTreeSet::from([by.to_owned()]));
    let aboard = || {
        let to = facts.passengers.values().map(|p| p.by.clone()).collect();
        (facts.passengers.keys().cloned().collect(), to)
    };
    let (news, (releases, to)) = match h.event {
        Event::Missed {
            release,
            by,
            because,
        } => (News::new("missed its train", because), one(release, by)),
        Event::Replaced { release, by, with } => {
            let because = format!("{with} travels instead");
            (News::new("replaced", because), one(release, by))
        }
        Event::Postponed {
            timetable,
            because,
            by,
        } => {
            let news = News {
                before: facts.postponed.last().map(|p| p.from),
                now: Some(timetable.departs),
                ..News::new("postponed", because)
            };
            (news.by(by), aboard())
        }
        Event::Cancelled { because, by } => (News::new("cancelled", because).by(by), aboard()),
        _ => return,
    };
    let mut row = news.row(h.at, h.stream, h.rev);
    (row.releases, row.to) = (releases, to);
    row.departure = Some(facts.id.clone());
    // Nobody is aboard: nobody has to know.
    if !row.to.is_empty() {
        tell(rows, row);
    }
}

/// What became of an exception, for whoever asked, and before that for whoever decides.
pub(super) fn of_exception(h: &Happened<'_, Exception, exception::Event>, rows: &mut dyn Rows) {
    use exception::Event;
    let Some(facts) = h.state.facts.as_deref() else {
        return;
    };
    let mut to = BTreeSet::from([facts.by.clone()]);
    let news = match h.event {
        Event::Asked {
            deciders,
            until,
            reason,
            by,
            ..
        } if !deciders.is_empty() => {
            to = deciders.iter().cloned().collect();
            News {
                now: Some(*until),
                ..News::new("exception asked for", reason).by(by)
            }
        }
        Event::Granted {
            by,
            reason,
            expires,
            ..
        } => News {
            now: Some(*expires),
            by: by.clone(),
            ..News::new("exception granted", reason)
        },
        Event::Refused { by, reason } => News::new("exception refused", reason).by(by),
        Event::Expired { .. } => News::new("exception expired", "its time is over"),
        Event::Revoked { by, reason } => News::new("exception revoked", reason).by(by),
        Event::ReviewOverdue { .. } => News::new("review overdue", "nobody has reviewed it"),
        _ => return,
    };
    let mut row = news.row(h.at, h.stream, h.rev);
    row.to = to;
    row.releases = vec![facts.release.clone()];
    row.environment = match facts.environments.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    };
    tell(rows, row);
}

/// What somebody changed at a target past the ledger, for the team of the service.
pub(super) fn of_environment(
    h: &Happened<'_, Environment, environment::Event>,
    rows: &mut dyn Rows,
) {
    use environment::Event;
    let (news, team) = match h.event {
        Event::DriftFound {
            service,
            team,
            differences,
            ..
        } => {
            let all: Vec<String> = differences.iter().map(|d| d.what.to_string()).collect();
            let because = format!(
                "{} of {service} is otherwise than deployed, and no plan explains it",
                all.join(", ")
            );
            (News::new("changed by hand", because), team.clone())
        }
        _ => return,
    };
    let mut row = news.row(h.at, h.stream, h.rev);
    row.environment = EnvId::new(h.stream.key()).ok();
    row.team = team;
    tell(rows, row);
}

/// Whether standard changes are earned, by `service/environment`: an [`change::Earned`] each, as it was told last.
const EARNED: &str = "standard-earned";

/// What became of a change: for whoever is asked, whoever asked, and whoever said yes.
pub(super) fn of_change(h: &Happened<'_, Change, change::Event>, rows: &mut dyn Rows) {
    use change::Event;
    let Some(facts) = h.state.facts.as_deref() else {
        return;
    };
    let requesters = || {
        facts
            .requesters
            .iter()
            .cloned()
            .collect::<BTreeSet<String>>()
    };
    let names = |whom: &[String]| whom.iter().cloned().collect::<BTreeSet<String>>();
    let mut team = None;
    let (news, to) = match h.event {
        Event::Planned { differs, void, .. } if !void.is_empty() => {
            let because = format!("the plan changed: {}", differs.join(", "));
            let mut to = requesters();
            to.extend(void.iter().cloned());
            (News::new("approvals void", because), to)
        }
        Event::Declared {
            declared:
                Declared::Emergency {
                    incident,
                    reason,
                    by,
                    until,
                    whom,
                    ..
                },
            // Earlier versions told nobody: what was told is worked out again from entries.
        } if !whom.is_empty() => {
            let mut to = requesters();
            to.extend(whom.iter().cloned());
            let news = News {
                now: Some(*until),
                ..News::new("emergency", format!("{incident}: {reason}")).by(by)
            };
            (news, to)
        }
        Event::Reopened { because } => {
            let mut to = requesters();
            to.extend(facts.votes.iter().map(|v| v.person.clone()));
            (News::new("open again", because), to)
        }
        Event::Rejected { by, reason, .. } => (News::new("rejected", reason).by(by), requesters()),
        Event::Reminded { whom } => (News::new("still asked", "nobody answered"), names(whom)),
        Event::Escalated { whom } => (
            News::new("escalated", "those who were asked did not answer"),
            names(whom),
        ),
        Event::ReviewOverdue { whom, remind_at } => (
            News {
                now: Some(*remind_at),
                ..News::new("review overdue", "the emergency was not reviewed")
            },
            names(whom),
        ),
        Event::Assessed { assessed } => {
            let Some(earned) = &assessed.earned else {
                return;
            };
            let key = format!("{}/{}", facts.release.service, facts.environment);
            let told = rows.row(EARNED, &key);
            let told = told.and_then(|body| serde_json::from_str::<change::Earned>(&body).ok());
            rows.put(ModelChange {
                model: EARNED,
                key,
                body: canonical(earned).ok(),
            });
            let news = match (told.map(|t| t.holds), earned.holds) {
                (Some(true), false) => "approved beforehand no longer",
                (Some(false), true) => "approved beforehand again",
                _ => return,
            };
            team = Some(earned.team.clone());
            (News::new(news, earned.rule.clone()), BTreeSet::new())
        }
        _ => return,
    };
    let mut row = news.row(h.at, h.stream, h.rev);
    row.to = to;
    row.team = team;
    row.releases = vec![facts.release.clone()];
    row.environment = Some(facts.environment.clone());
    tell(rows, row);
}

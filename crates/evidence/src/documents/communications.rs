//! Who was told what: the notices that follow from the entries. Nothing is sent to anybody by other channels in this version; a notice stands
//! where people look, from the instant of its entry on, and the document says so.

use crate::facts::{at, body, text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::id::{ReleaseId, StreamKind};
use tidegate_ledger::Entry;

/// Where a notice stands.
const CHANNEL: &str = "notices";
/// What is known of its delivery.
const DELIVERED: &str = "listed with the entry";

/// What happened, why, and who else is told.
struct News {
    what: String,
    because: String,
    to: BTreeSet<String>,
    before: Value,
    now: Value,
}

impl News {
    fn new(what: &str, because: impl Into<String>) -> Self {
        Self {
            what: what.to_owned(),
            because: because.into(),
            to: BTreeSet::new(),
            before: Value::Null,
            now: Value::Null,
        }
    }

    fn to(mut self, whom: &Value) -> Self {
        self.to.extend(names(whom));
        self
    }

    fn times(mut self, before: &Value, now: &Value) -> Self {
        (self.before, self.now) = (before.clone(), now.clone());
        self
    }
}

/// What is known so far while entries are read in order.
#[derive(Default)]
struct Known {
    /// Who asked for the release to move.
    asked: BTreeSet<String>,
    /// Who is told what becomes of a stream: who asked for it.
    of: BTreeMap<String, BTreeSet<String>>,
    /// Team that answers for it.
    team: BTreeMap<String, String>,
    /// What is known to be wrong with what a deployment brings, and what it mends, in words.
    issues: BTreeMap<String, String>,
    /// Who said yes to a change.
    voted: BTreeMap<String, BTreeSet<String>>,
}

pub(super) fn communications(release: &ReleaseId, entries: &[Entry]) -> Vec<Value> {
    let mut known = Known::default();
    let mut told = Vec::new();
    for entry in entries {
        let event = body(entry);
        known.learn(entry, &event);
        let Some(mut news) = known.news(release, entry, &event) else {
            continue;
        };
        let stream = entry.stream.to_string();
        if news.to.is_empty() {
            news.to
                .extend(known.of.get(&stream).into_iter().flatten().cloned());
        }
        news.to.remove("system");
        told.push(json!({
            "seq": entry.seq,
            "at": entry.at,
            "about": stream,
            "what": news.what,
            "because": news.because,
            "before": news.before,
            "now": news.now,
            "to": news.to,
            "team": known.team.get(&stream),
            "channel": CHANNEL,
            "delivered": DELIVERED,
        }));
    }
    told
}

fn names(whom: &Value) -> impl Iterator<Item = String> {
    let one = whom.as_str().map(str::to_owned);
    let many = whom.as_array().into_iter().flatten();
    one.into_iter()
        .chain(many.filter_map(|who| who.as_str().map(str::to_owned)))
        .collect::<Vec<_>>()
        .into_iter()
}

/// `moved` of `deployment.moved/1`.
fn happened(entry: &Entry) -> &str {
    let kind = entry.kind.split('/').next().unwrap_or_default();
    kind.split_once('.').map_or(kind, |(_, what)| what)
}

impl Known {
    fn learn(&mut self, entry: &Entry, event: &Value) {
        let stream = entry.stream.to_string();
        match (entry.stream.kind(), happened(entry)) {
            (Some(StreamKind::Release), "promotion_asked") => {
                self.asked.extend(names(&event["by"]));
            }
            (Some(StreamKind::Deployment), "proposed") => {
                let mut to = self.asked.clone();
                to.extend(names(&event["by"]));
                self.of.insert(stream.clone(), to);
                if let Some(team) = event["team"].as_str() {
                    self.team.insert(stream.clone(), team.to_owned());
                }
                self.issues.insert(stream, issues(event));
            }
            (Some(StreamKind::Change), _) => {
                let to = self.of.entry(stream.clone()).or_default();
                to.extend(names(&event["requesters"]));
                let voted = self.voted.entry(stream).or_default();
                voted.extend(names(at(event, &["vote", "person"])));
            }
            (Some(StreamKind::Exception), "asked") => {
                self.of.insert(stream, names(&event["by"]).collect());
            }
            (Some(StreamKind::Departure), "boarded") => {
                let to = self.of.entry(stream).or_default();
                to.extend(names(&event["by"]));
            }
            _ => {}
        }
    }

    fn news(&self, release: &ReleaseId, entry: &Entry, event: &Value) -> Option<News> {
        let what = happened(entry);
        match entry.stream.kind()? {
            StreamKind::Deployment if what == "succeeded" => {
                let issues = self.issues.get(&entry.stream.to_string());
                let issues = issues.filter(|said| !said.is_empty());
                issues.map(|said| News::new("known issues", said))
            }
            StreamKind::Deployment => of_deployment(what, event),
            StreamKind::Change => self.of_change(what, entry, event),
            StreamKind::Exception => of_exception(what, event),
            StreamKind::Departure => of_departure(release, what, event),
            StreamKind::Decision => match what {
                "opened" => {
                    let because = text(event, &["facts", "because"]);
                    let asked = News::new("asked to decide", because).to(&event["whom"]);
                    Some(asked.times(&Value::Null, &event["due"]))
                }
                "escalated" => Some(News::new("decision escalated", "").to(&event["whom"])),
                _ => None,
            },
            _ => None,
        }
    }

    fn of_change(&self, what: &str, entry: &Entry, event: &Value) -> Option<News> {
        let stream = entry.stream.to_string();
        let requesters = || self.of.get(&stream).cloned().unwrap_or_default();
        let void = event["void"]
            .as_array()
            .is_some_and(|void| !void.is_empty());
        Some(match what {
            "planned" if void => {
                let differs: Vec<String> = names(&event["differs"]).collect();
                let because = format!("the plan changed: {}", differs.join(", "));
                let mut news = News::new("approvals void", because).to(&event["void"]);
                news.to.extend(requesters());
                news
            }
            "reopened" => {
                let mut news = News::new("open again", text(event, &["because"]));
                news.to.extend(requesters());
                let voted = self.voted.get(&stream);
                news.to.extend(voted.into_iter().flatten().cloned());
                news
            }
            // Earlier versions told nobody.
            "declared" if names(at(event, &["declared", "whom"])).next().is_some() => {
                let said = |key| text(event, &["declared", key]);
                let because = format!("{}: {}", said("incident"), said("reason"));
                let until = at(event, &["declared", "until"]);
                let news = News::new("emergency", because).times(&Value::Null, until);
                let mut news = news.to(at(event, &["declared", "whom"]));
                news.to.extend(requesters());
                news
            }
            "rejected" => News::new("rejected", text(event, &["reason"])),
            "reminded" => News::new("still asked", "nobody answered").to(&event["whom"]),
            "escalated" => {
                News::new("escalated", "those who were asked did not answer").to(&event["whom"])
            }
            "review_overdue" => News::new("review overdue", "the emergency was not reviewed")
                .to(&event["whom"])
                .times(&Value::Null, &event["remind_at"]),
            _ => return None,
        })
    }
}

/// What a proposal says about known issues that come and go with it.
fn issues(event: &Value) -> String {
    let to = text(event, &["plan", "body", "to", "release"]);
    let part = |what: &str, key: &str| {
        let all: Vec<String> = names(at(event, &["issues", key])).collect();
        (!all.is_empty()).then(|| format!("{to} {what} {}", all.join("; ")))
    };
    let parts = [part("is known to have", "brought"), part("mends", "mended")];
    parts
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("; and ")
}

fn unsigned(event: &Value) -> String {
    let said = |key| text(event, &["asked", key]);
    format!("{} has not signed {}", said("team"), said("sign"))
}

fn signed(signed: &Value) -> String {
    let said = |key| text(signed, &[key]);
    let mut line = format!(
        "{} signed by {} ({})",
        said("sign"),
        said("person"),
        said("team")
    );
    if !said("instead_of").is_empty() {
        line += &format!(" in the place of {}", said("instead_of"));
    }
    if !said("reason").is_empty() {
        line += &format!(": {}", said("reason"));
    }
    line
}

fn of_deployment(what: &str, event: &Value) -> Option<News> {
    let because = || text(event, &["because"]);
    let none = Value::Null;
    Some(match what {
        "slot_reserved" => {
            let (before, now) = (
                at(event, &["before", "start"]),
                at(event, &["slot", "start"]),
            );
            if before.is_null() || before == now {
                return None;
            }
            News::new("moved", because()).times(before, now)
        }
        "slot_lost" => {
            let before = at(event, &["before", "start"]);
            News::new("without a time", because()).times(before, &none)
        }
        "freeze_paused" => News::new("paused by a freeze", because()),
        "freeze_released" => News::new("goes on", "no freeze holds it any more"),
        "awaits_person" => News::new("waits for a person", because()).times(&none, &event["until"]),
        "sign_off_asked" => {
            let because = format!(
                "{} by {}",
                text(event, &["asked", "sign"]),
                text(event, &["asked", "team"])
            );
            News::new("waits for a sign-off", because)
                .to(&event["whom"])
                .times(&none, &event["until"])
        }
        "sign_off_reminded" => News::new("still asked", unsigned(event)).to(&event["whom"]),
        "sign_off_escalated" => News::new("escalated", unsigned(event)).to(&event["whom"]),
        "signed_off" => News::new("signed", signed(at(event, &["signed"]))),
        "cancelled" => News::new("cancelled", text(event, &["reason"])),
        "superseded" => News::new("replaced", because()),
        "expired" => News::new("expired", "waited at its gates too long"),
        "rollback_started" => {
            let cause = &event["cause"];
            let why = match text(cause, &["because"]) {
                "" => text(cause, &["reason"]),
                why => why,
            };
            let cause = text(cause, &["cause"]);
            News::new("taken back", format!("{cause} {why}").trim_end())
        }
        "needs_human" => News::new("needs a person", because()),
        _ => return None,
    })
}

fn of_exception(what: &str, event: &Value) -> Option<News> {
    let reason = || text(event, &["reason"]);
    let none = Value::Null;
    Some(match what {
        "asked" if names(&event["deciders"]).next().is_some() => {
            News::new("exception asked for", reason())
                .to(&event["deciders"])
                .times(&none, &event["until"])
        }
        "granted" => News::new("exception granted", reason()).times(&none, &event["expires"]),
        "refused" => News::new("exception refused", reason()),
        "expired" => News::new("exception expired", "its time is over"),
        "revoked" => News::new("exception revoked", reason()),
        "review_overdue" => News::new("review overdue", "nobody has reviewed it"),
        _ => return None,
    })
}

fn of_departure(release: &ReleaseId, what: &str, event: &Value) -> Option<News> {
    let because = || text(event, &["because"]);
    let ours = text(event, &["release"]) == release.to_string();
    Some(match what {
        "missed" if ours => News::new("missed its train", because()).to(&event["by"]),
        "replaced" if ours => {
            let with = text(event, &["with"]);
            News::new("replaced", format!("{with} travels instead")).to(&event["by"])
        }
        "postponed" => {
            let departs = at(event, &["timetable", "departs"]);
            News::new("postponed", because()).times(&Value::Null, departs)
        }
        "cancelled" => News::new("cancelled", because()),
        _ => return None,
    })
}

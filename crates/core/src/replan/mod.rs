//! What something new on the calendar does to planned work: which deployments and departures it hits, when each would go, what
//! must be given up, and who is to be told. A proposal; carrying it out is the business of the stream that accepts it.
//!
//! It asks the same gates that later hold the work back, once as the calendar is and once as it would be.

mod config;
mod departures;
mod deployments;
mod with;

pub use config::under;

use crate::calendar::Span;
use crate::calendar::schedule::horizon;
use crate::command::Command;
use crate::decider::Ctx;
use crate::digest::{Digest, canonical};
use crate::id::{DepartureId, DeploymentId, EnvId, Name, ReleaseId, ServiceId};
use crate::model::lane::Lane;
use crate::model::listing::LIVE;
use crate::people::behind;
use crate::spec::{Origins, Spec};
use crate::stream::deployment::Deployment;
use crate::stream::entry::{Effect, Facts};
use crate::stream::release::Release;
use crate::stream::{departure, deployment};
use crate::time::Timestamp;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use with::With;

/// Most deployments that are looked at; more wait at once only behind a long freeze, and the gates judge them all the same.
const MOST: usize = 500;
/// How far ahead, in days.
const AHEAD: u32 = 400;

/// What a proposal is made on.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// As of when.
    pub now: Timestamp,
    /// Configuration in force.
    pub spec: &'a Spec,
    /// Where it was written.
    pub origins: &'a Origins,
    /// The ledger.
    pub view: &'a dyn View,
}

impl<'a> Ground<'a> {
    /// That of a decision.
    #[must_use]
    pub fn of(cx: &Ctx<'a>) -> Self {
        Self {
            now: cx.now,
            spec: cx.spec,
            origins: cx.origins,
            view: cx.view,
        }
    }
}

/// What becomes of planned work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing changes for it.
    Stays,
    /// It is under way and goes on.
    GoesOn,
    /// It leaves at its date, and whoever is aboard waits.
    Waits {
        /// Until when; none when no end is in sight.
        until: Option<Timestamp>,
    },
    /// It goes later.
    Moves {
        /// The next slot that fits.
        to: Timestamp,
    },
    /// It waits for the consent of the owner.
    NeedsConsent,
    /// It cannot go before it expires.
    IsCancelled,
}

/// What was planned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Work {
    /// A departure of a train.
    Departure {
        /// Which.
        id: DepartureId,
        /// Who is aboard; they stay aboard.
        passengers: Vec<ReleaseId>,
    },
    /// A deployment.
    Deployment {
        /// What it brings.
        release: ReleaseId,
        /// Which.
        id: DeploymentId,
    },
}

/// One piece of planned work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What.
    pub work: Work,
    /// Environment; the first one of a departure that is concerned.
    pub environment: EnvId,
    /// When it would go as the calendar is; none when it waits for something else than time.
    pub slot: Option<Timestamp>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why, for people.
    pub because: String,
    /// Who is to be told: who asked for it, and the owner of the service.
    pub tell: Vec<String>,
}

/// What something new does to planned work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Everything in the scope, in the order of environments and services.
    pub items: Vec<Item>,
    /// Over all of this; accepting it accepts exactly this.
    pub digest: Digest,
}

impl Proposal {
    /// What is hit.
    pub fn hit(&self) -> impl Iterator<Item = &Item> {
        let hit = |i: &&Item| !matches!(i.outcome, Outcome::Stays | Outcome::GoesOn);
        self.items.iter().filter(hit)
    }

    /// How many are hit.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.hit().count()
    }

    /// One line for people.
    #[must_use]
    pub fn summary(&self) -> String {
        let count =
            |wanted: fn(&Outcome) -> bool| self.items.iter().filter(|i| wanted(&i.outcome)).count();
        let parts = [
            (count(|o| matches!(o, Outcome::Moves { .. })), "move"),
            (
                count(|o| matches!(o, Outcome::Waits { .. })),
                "leave and wait",
            ),
            (count(|o| *o == Outcome::NeedsConsent), "need consent"),
            (count(|o| *o == Outcome::IsCancelled), "cannot go"),
            (count(|o| *o == Outcome::GoesOn), "are under way and go on"),
            (count(|o| *o == Outcome::Stays), "stay"),
        ];
        let said = parts.iter().filter(|(n, _)| *n > 0);
        let said: Vec<String> = said.map(|(n, what)| format!("{n} {what}")).collect();
        if said.is_empty() {
            "no planned work is hit".to_owned()
        } else {
            said.join(", ")
        }
    }

    /// What is done when it is accepted. A deployment that moves does so by itself, because its gates say so; a departure is
    /// postponed, and whoever is aboard stays aboard.
    #[must_use]
    pub fn follow_ups(&self, title: &str) -> Vec<Command> {
        let carried_out = |item: &Item| {
            let reason = format!("{title}: {}", item.because);
            match (&item.work, &item.outcome) {
                (Work::Deployment { id, .. }, Outcome::IsCancelled) => Some(Command::Deployment {
                    id: id.clone(),
                    command: deployment::Command::Abort { reason },
                }),
                (Work::Departure { id, .. }, Outcome::Moves { to }) => Some(Command::Departure {
                    id: id.clone(),
                    command: departure::Command::Postpone {
                        to: Some(*to),
                        reason,
                    },
                }),
                _ => None,
            }
        };
        self.items.iter().filter_map(carried_out).collect()
    }
}

/// What becomes of planned work when `facts` stand on the calendar under `id`, instead of what stands there now.
///
/// # Errors
/// A row that cannot be read.
pub fn propose(id: &Name, facts: &Facts, ground: &Ground<'_>) -> Result<Proposal, String> {
    let mut items = Vec::new();
    if facts.effect != Effect::Informs {
        let planned = With::new(ground.view, id, facts)?;
        for (key, _) in ground.view.scan(LIVE, "", MOST) {
            let state: Deployment = ground.view.load(&key).map_err(|e| e.to_string())?;
            items.extend(deployments::item(id, facts, &state, ground, &planned)?);
        }
        items.extend(departures::items(id, facts, ground, &planned)?);
    }
    items.sort_by(|a, b| (&a.environment, &a.work).cmp(&(&b.environment, &b.work)));
    let digest = canonical(&(id, facts.effect, &facts.when, &items));
    let digest = digest.map_err(|e| format!("the proposal cannot be written down: {e}"))?;
    let digest = Digest::of(digest.as_bytes());
    Ok(Proposal { items, digest })
}

fn owner<'a>(spec: &'a Spec, service: &ServiceId) -> Option<&'a crate::id::TeamId> {
    spec.services.get(service).map(|s| &s.owner)
}

/// People who asked for a release to move, or for deployments of it that are under way.
#[must_use]
pub fn requesters(release: &ReleaseId, spec: &Spec, view: &dyn View) -> BTreeSet<String> {
    let mut who = BTreeSet::new();
    if let Ok(state) = view.load::<Release>(&release.to_string()) {
        who.extend(state.asked_by.into_iter().chain(state.answers));
    }
    for id in under_way(&release.service, spec, view) {
        let Ok(state) = view.load::<Deployment>(id.as_str()) else {
            continue;
        };
        let facts = state.facts.filter(|f| f.plan.body.to.release == *release);
        who.extend(facts.map(|f| f.by));
    }
    who.iter().map(|account| behind(view, account)).collect()
}

/// Deployments of a service that have not ended: those its lanes name, however many others there are.
fn under_way(service: &ServiceId, spec: &Spec, view: &dyn View) -> BTreeSet<DeploymentId> {
    let of_lane = |env: &EnvId| {
        let Lane {
            live,
            newest,
            running,
            ..
        } = view.lane(env, service);
        let live = live.map(|live| live.deployment);
        let newest = newest.map(|newest| newest.deployment);
        let running = running.map(|running| running.deployment);
        live.into_iter().chain(newest).chain(running)
    };
    let named = spec.environments.keys().flat_map(of_lane);
    named
        .filter(|id| view.model(LIVE, id.as_str()).is_some())
        .collect()
}

/// The time that an entry takes in the coming days, for lists.
///
/// # Errors
/// A zone or a phrase that cannot be read.
pub fn ahead(
    facts: &Facts,
    spec: &Spec,
    now: Timestamp,
    days: u32,
) -> Result<crate::calendar::Intervals, crate::spec::Unreadable> {
    match Span::new(now, horizon(now, days)) {
        Some(time) => facts.when.spans(spec, &facts.zone, time),
        None => Ok(crate::calendar::Intervals::none()),
    }
}

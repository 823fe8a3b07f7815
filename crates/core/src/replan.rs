//! What something new on the calendar does to planned work: which deployments it hits, where each would go, what must be given
//! up, and who is to be told. A proposal; carrying it out is the business of the stream that accepts it.
//!
//! It asks the same gates that later hold the work back, once as the calendar is and once as it would be.

use crate::batch::ModelChange;
use crate::calendar::Span;
use crate::calendar::schedule::horizon;
use crate::command::Command;
use crate::decider::Ctx;
use crate::digest::{Digest, canonical};
use crate::gate::{self, Asked};
use crate::id::{ActionId, DeploymentId, EnvId, Name, ReleaseId, ServiceId, StreamId};
use crate::model::lane::LiveStage;
use crate::model::listing::LIVE;
use crate::spec::{Origins, Spec};
use crate::stream::deployment::{self, Deployment, Phase};
use crate::stream::entry::{self, Effect, Entry, Facts};
use crate::stream::release::Release;
use crate::time::Timestamp;
use crate::view::{Lease, StateRow, View};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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

/// One piece of planned work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Deployment.
    pub deployment: DeploymentId,
    /// Release.
    pub release: ReleaseId,
    /// Environment.
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
    /// How many are hit.
    #[must_use]
    pub fn hits(&self) -> usize {
        let hit = |i: &&Item| !matches!(i.outcome, Outcome::Stays | Outcome::GoesOn);
        self.items.iter().filter(hit).count()
    }

    /// One line for people.
    #[must_use]
    pub fn summary(&self) -> String {
        let count =
            |wanted: fn(&Outcome) -> bool| self.items.iter().filter(|i| wanted(&i.outcome)).count();
        let parts = [
            (count(|o| matches!(o, Outcome::Moves { .. })), "move"),
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

    /// What is done when it is accepted; what merely moves does so by itself, because its gates say so.
    #[must_use]
    pub fn follow_ups(&self, title: &str) -> Vec<Command> {
        let gone = self
            .items
            .iter()
            .filter(|i| i.outcome == Outcome::IsCancelled);
        gone.map(|item| Command::Deployment {
            id: item.deployment.clone(),
            command: deployment::Command::Abort {
                reason: format!("{title}: {}", item.because),
            },
        })
        .collect()
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
            items.extend(item(id, facts, &state, ground, &planned)?);
        }
    }
    items.sort_by(|a, b| {
        let key = |i: &Item| {
            (
                i.environment.clone(),
                i.release.clone(),
                i.deployment.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    let digest = canonical(&(id, facts.effect, &facts.when, &items));
    let digest = digest.map_err(|e| format!("the proposal cannot be written down: {e}"))?;
    let digest = Digest::of(digest.as_bytes());
    Ok(Proposal { items, digest })
}

fn item(
    id: &Name,
    facts: &Facts,
    state: &Deployment,
    ground: &Ground<'_>,
    planned: &With<'_>,
) -> Result<Option<Item>, String> {
    let Some(known) = state.facts.as_deref() else {
        return Ok(None);
    };
    let plan = &known.plan.body;
    let booked = facts.kind == entry::Kind::Booking;
    let own = booked && owner(ground.spec, &plan.service) == facts.owner.as_ref();
    if own || !facts.concerns(ground.spec, plan, known.purpose) {
        return Ok(None);
    }
    let item = |slot, outcome, because: String| {
        Ok(Some(Item {
            deployment: known.id.clone(),
            release: plan.to.release.clone(),
            environment: plan.environment.clone(),
            slot,
            outcome,
            because,
            tell: tell(known, ground),
        }))
    };
    let Phase::Gated { .. } = &state.phase else {
        let stage = ground.view.lane(&plan.environment, &plan.service).live;
        let watched = stage.is_some_and(|live| live.stage == LiveStage::Watched);
        let how = if watched {
            "it is watched"
        } else {
            "it is under way"
        };
        return item(
            None,
            Outcome::GoesOn,
            format!("{how}: only the start is held back"),
        );
    };
    let asked = |view| Asked {
        now: ground.now,
        plan,
        purpose: known.purpose,
        deployment: Some(&known.id),
        request: &known.request,
        expected: known.plan.envelope.expected.as_ref(),
        spec: ground.spec,
        origins: ground.origins,
        view,
    };
    let slot_of = |view| {
        let asked = asked(view);
        let reports = gate::evaluate(&asked);
        (gate::earliest(&asked, &reports), reports)
    };
    let (before, _) = slot_of(ground.view);
    let (after, reports) = slot_of(planned);
    if before.is_some() && before == after {
        let because = "its slot does not meet it".to_owned();
        return item(before, Outcome::Stays, because);
    }
    let Some(slot) = before else {
        let others = reports.iter().filter(|r| !r.outcome.passes());
        let others: Vec<&str> = others.map(|r| r.gate.as_str()).collect();
        let because = format!("it waits for {} in any case", others.join(", "));
        return item(None, Outcome::Stays, because);
    };
    let what = format!("{} {id}", facts.kind.as_str());
    match after {
        _ if facts.effect == Effect::Asks => {
            let because = format!("its slot lies in {what}");
            item(Some(slot), Outcome::NeedsConsent, because)
        }
        Some(to) if to < deployment::expires(&known.request, known.proposed_at, to) => {
            let because = format!("its slot lies in {what}");
            item(Some(slot), Outcome::Moves { to }, because)
        }
        Some(_) => {
            let because = format!("{what} leaves it no slot before it expires");
            item(Some(slot), Outcome::IsCancelled, because)
        }
        None => {
            let because = format!("{what} leaves it no slot within {AHEAD} days");
            item(Some(slot), Outcome::IsCancelled, because)
        }
    }
}

fn owner<'a>(spec: &'a Spec, service: &ServiceId) -> Option<&'a crate::id::TeamId> {
    spec.services.get(service).map(|s| &s.owner)
}

fn tell(known: &deployment::Facts, ground: &Ground<'_>) -> Vec<String> {
    let plan = &known.plan.body;
    let mut who = requesters(&plan.to.release, ground.view);
    who.insert(known.by.clone());
    // Who asked for a promotion is told, not the machinery that carries it out.
    who.remove(&crate::actor::Actor::system().name);
    let team = owner(ground.spec, &plan.service).map(|team| format!("team {team}"));
    who.into_iter().chain(team).collect()
}

/// People who asked for a release to move, or for deployments of it that are under way.
#[must_use]
pub fn requesters(release: &ReleaseId, view: &dyn View) -> BTreeSet<String> {
    let mut who = BTreeSet::new();
    if let Ok(state) = view.load::<Release>(&release.to_string()) {
        who.extend(state.asked_by);
    }
    for (key, _) in view.scan(LIVE, "", MOST) {
        let Ok(state) = view.load::<Deployment>(&key) else {
            continue;
        };
        let facts = state.facts.filter(|f| f.plan.body.to.release == *release);
        who.extend(facts.map(|f| f.by));
    }
    who
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

/// The ledger as it would be with one entry.
struct With<'a> {
    base: &'a dyn View,
    row: ModelChange,
}

impl<'a> With<'a> {
    fn new(base: &'a dyn View, id: &Name, facts: &Facts) -> Result<Self, String> {
        let facts = Box::new(facts.clone());
        let phase = entry::Phase::Declared { facts };
        let body = canonical(&Entry { phase }).map_err(|e| e.to_string())?;
        let row = ModelChange {
            model: entry::ACTIVE,
            key: id.to_string(),
            body: Some(body),
        };
        Ok(Self { base, row })
    }
}

impl View for With<'_> {
    fn state(&self, stream: &StreamId) -> Option<StateRow> {
        self.base.state(stream)
    }
    fn model(&self, model: &str, key: &str) -> Option<String> {
        if (model, key) == (self.row.model, self.row.key.as_str()) {
            return self.row.body.clone();
        }
        self.base.model(model, key)
    }
    fn scan(&self, model: &str, prefix: &str, limit: usize) -> Vec<(String, String)> {
        let mut rows = self.base.scan(model, prefix, limit);
        if model == self.row.model && self.row.key.starts_with(prefix) {
            rows.retain(|(key, _)| *key != self.row.key);
            rows.extend(
                self.row
                    .body
                    .clone()
                    .map(|body| (self.row.key.clone(), body)),
            );
        }
        rows
    }
    fn lease(&self, action: &ActionId) -> Option<Lease> {
        self.base.lease(action)
    }
}

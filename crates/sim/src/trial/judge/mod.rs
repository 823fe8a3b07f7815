//! The checkers: they read the ledger's entries and the targets' files, and work out by rules written apart from core whether
//! anything happened that must never happen. They ask the server for nothing.

mod counts;
mod decision;
mod drift;
mod effects;
mod rules;
mod sign;
mod start;
mod train;
mod urgent;

pub use counts::{Counts, OfPeople};

use super::host::Host;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::decider::EventBody;
use tidegate_core::digest::Digest;
use tidegate_core::gate::Purpose;
use tidegate_core::id::{ReleaseId, StreamKind};
use tidegate_core::plan::Plan;
use tidegate_core::step::decode;
use tidegate_core::stream::deployment::Event as Rollout;
use tidegate_core::stream::freeze::{Ends, Event as Frozen};
use tidegate_core::stream::{
    change, config, decision as about, departure, deployment, environment,
};
use tidegate_core::time::Timestamp;
use tidegate_ledger::chain::Verifier;
use tidegate_ledger::row::{Entry, Head};

/// What must never happen, and how it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which invariant.
    pub invariant: &'static str,
    /// How.
    pub how: String,
}

pub(super) fn wrong(invariant: &'static str, how: String) -> Violation {
    Violation { invariant, how }
}

type Checked = Result<(), Violation>;

/// A deployment as its entries tell it.
#[derive(Debug)]
struct Told {
    lane: String,
    purpose: Purpose,
    plan: Digest,
    from: Option<String>,
    to: String,
    release: ReleaseId,
    /// The same release runs there already.
    same: bool,
    /// It is the very revision that runs there.
    again: bool,
    ended: bool,
    /// A person says that what was there before was brought back by hand.
    by_hand: bool,
    /// Traffic of the new side when its way back began, and the work that was withdrawn then.
    back: Option<(u32, Option<String>)>,
}

impl Told {
    fn of(plan: &Plan, purpose: Purpose) -> Self {
        let body = &plan.body;
        Self {
            lane: format!("{}/{}", body.environment, body.service),
            purpose,
            plan: plan.digest.clone(),
            from: body.from.as_ref().map(|from| from.key.clone()),
            to: body.to.key.clone(),
            release: body.to.release.clone(),
            same: body
                .from
                .as_ref()
                .is_some_and(|from| from.release == body.to.release),
            again: body
                .from
                .as_ref()
                .is_some_and(|from| from.key == body.to.key),
            ended: false,
            by_hand: false,
            back: None,
        }
    }
}

/// A yes.
struct Yes {
    subject: Digest,
    person: String,
    until: Timestamp,
}

/// Everything the checkers know.
pub(super) struct Judge {
    verifier: Verifier,
    told: BTreeMap<String, Told>,
    /// Deployment that changes a lane.
    changing: BTreeMap<String, String>,
    /// When freezes of production hold.
    freezes: BTreeMap<String, (Timestamp, Timestamp)>,
    votes: Vec<Yes>,
    signatures: sign::Signatures,
    rules: rules::Rules,
    urgent: urgent::Urgent,
    trains: train::Trains,
    decisions: decision::Decisions,
    drifts: drift::Drifts,
    /// Who asked for a plan.
    requesters: BTreeMap<Digest, BTreeSet<String>>,
    /// Work that was asked for: its deployment.
    asked: BTreeMap<String, String>,
    /// Commands that were answered, with the newest entry then.
    answered: BTreeMap<String, u64>,
    /// Effects read so far, by environment.
    read: BTreeMap<String, usize>,
    /// Work that took effect.
    done: BTreeSet<String>,
    /// Highest generation that took effect, by lane.
    generations: BTreeMap<String, u64>,
    /// Deployment of each generation that took effect in a lane.
    owners: BTreeMap<(String, u64), String>,
    /// A generation belongs to one deployment; not where a forgotten copy meets agents that tell nothing.
    pub strict: bool,
    pub counts: Counts,
}

impl Judge {
    /// `hours`: the configurations there are, and for how many hours a yes is good by each.
    pub(super) fn new(hours: impl Iterator<Item = (Digest, u64)>) -> Self {
        Self {
            verifier: Verifier::new(Head::empty()),
            told: BTreeMap::new(),
            changing: BTreeMap::new(),
            freezes: BTreeMap::new(),
            votes: Vec::new(),
            signatures: sign::Signatures::default(),
            rules: rules::Rules::new(hours),
            urgent: urgent::Urgent::default(),
            trains: train::Trains::default(),
            decisions: decision::Decisions::default(),
            drifts: drift::Drifts::default(),
            requesters: BTreeMap::new(),
            asked: BTreeMap::new(),
            answered: BTreeMap::new(),
            read: BTreeMap::new(),
            done: BTreeSet::new(),
            generations: BTreeMap::new(),
            owners: BTreeMap::new(),
            strict: true,
            counts: Counts::default(),
        }
    }

    /// The newest entry that was looked at.
    pub(super) fn head(&self) -> &Head {
        self.verifier.head()
    }

    /// A command was answered with a yes.
    pub(super) fn answered(&mut self, id: &str, seq: u64) {
        self.counts.answers += 1;
        self.answered.entry(id.to_owned()).or_insert(seq);
    }

    /// The next entry of the ledger.
    pub(super) fn entry(&mut self, entry: &Entry, hosts: &BTreeMap<String, &Host>) -> Checked {
        self.verifier
            .push(entry)
            .map_err(|broken| wrong("I7", broken.to_string()))?;
        self.counts.entries += 1;
        if let Some(seq) = self.answered.get(&entry.cause)
            && entry.seq > *seq
        {
            let how = format!(
                "{} was answered at entry {seq} and took effect again at {}",
                entry.cause, entry.seq
            );
            return Err(wrong("I3", how));
        }
        let key = entry.stream.key();
        self.decisions.settled(&entry.cause)?;
        match entry.stream.kind() {
            Some(StreamKind::Deployment) => {
                let event = read::<Rollout>(entry)?;
                self.rollout(key, entry.at, &event, hosts)
            }
            Some(StreamKind::Freeze) => {
                let event = read::<Frozen>(entry)?;
                self.freeze(key, entry.at, &event);
                Ok(())
            }
            Some(StreamKind::Change) => {
                let event = read::<change::Event>(entry)?;
                self.change(&event);
                self.urgent.entry(key, &event)
            }
            Some(StreamKind::Config) => self.rules.entry(&read::<config::Event>(entry)?),
            Some(StreamKind::Departure) => {
                self.trains.entry(key, &read::<departure::Event>(entry)?)
            }
            Some(StreamKind::Environment) => {
                self.drifts.entry(key, &read::<environment::Event>(entry)?);
                Ok(())
            }
            Some(StreamKind::Decision) => {
                let event = read::<about::Event>(entry)?;
                self.decisions.entry(key, &entry.cause, &event)
            }
            _ => Ok(()),
        }
    }

    fn change(&mut self, event: &change::Event) {
        match event {
            change::Event::Planned {
                planned,
                requesters,
                ..
            } => {
                let known = self.requesters.entry(planned.subject.clone()).or_default();
                known.extend(requesters.iter().cloned());
            }
            change::Event::Approved { vote } => self.votes.push(Yes {
                subject: vote.subject.clone(),
                person: vote.person.clone(),
                until: vote.until,
            }),
            _ => {}
        }
    }

    fn freeze(&mut self, id: &str, at: Timestamp, event: &Frozen) {
        match event {
            Frozen::Declared { ends, .. } => {
                let until = match ends {
                    Ends::At { until } => *until,
                    Ends::Open { .. } => Timestamp::MAX,
                };
                self.freezes.insert(id.to_owned(), (at, until));
            }
            Frozen::Lifted { .. } => {
                if let Some((_, until)) = self.freezes.get_mut(id) {
                    *until = at;
                }
            }
            _ => {}
        }
    }

    fn rollout(
        &mut self,
        id: &str,
        at: Timestamp,
        event: &Rollout,
        hosts: &BTreeMap<String, &Host>,
    ) -> Checked {
        if let Rollout::Proposed {
            plan, purpose, by, ..
        } = event
        {
            self.counts.deployments += 1;
            self.signatures.proposed(id, plan, by);
            self.told.insert(id.to_owned(), Told::of(plan, *purpose));
            return Ok(());
        }
        let Some(told) = self.told.get_mut(id) else {
            return Err(wrong("I7", format!("{id} was never proposed")));
        };
        if told.ended {
            let how = format!("{id} had ended and then: {event:?}");
            return Err(wrong("I8", how));
        }
        let lane = told.lane.clone();
        let requesters = self.requesters.get(&told.plan);
        self.signatures.entry(id, event, requesters)?;
        self.decisions.rollout(id, event)?;
        match event {
            Rollout::StepStarted { action, .. } => {
                self.asked.insert(action.to_string(), id.to_owned());
            }
            Rollout::GatesPassed { .. } => return self.started(id, at),
            Rollout::RollbackStarted { withdraws, .. } => {
                self.counts.rollbacks += 1;
                let share = hosts
                    .get(env(&lane))
                    .and_then(|host| host.lanes.get(&lane)?.route.weights.get(&told.to).copied());
                let withdrawn = withdraws.as_ref().map(ToString::to_string);
                told.back = Some((share.unwrap_or(0), withdrawn));
                let other = self.changing.get(&lane).filter(|other| *other != id);
                if let Some(other) = other {
                    let how = format!("{id} goes back in {lane} while {other} changes it");
                    return Err(wrong("I2", how));
                }
                self.changing.insert(lane, id.to_owned());
            }
            Rollout::Succeeded { .. } => drop(self.changing.remove(&lane)),
            Rollout::RolledBack { touched } => {
                told.ended = true;
                // What a person did by hand is not in the file of effects.
                let (from, touched) = (told.from.clone(), *touched && !told.by_hand);
                self.changing.remove(&lane);
                return match touched {
                    true => effects::restored(id, &lane, from.as_deref(), hosts),
                    false => Ok(()),
                };
            }
            Rollout::Settled { .. } => told.by_hand = true,
            Rollout::Confirmed {}
            | Rollout::Cancelled { .. }
            | Rollout::Superseded { .. }
            | Rollout::BaseMoved { .. }
            | Rollout::Expired {} => told.ended = true,
            _ => {}
        }
        Ok(())
    }

    /// What people did beside releasing, in numbers.
    pub(super) fn of_people(&self) -> OfPeople {
        OfPeople {
            signatures: self.signatures.given,
            rules: self.rules.handed_in,
            emergencies: self.urgent.started,
            departures: self.trains.left,
            decisions: self.decisions.carried_out,
            drifts: self.drifts.found,
        }
    }

    /// Decisions that nobody ended.
    pub(super) fn undecided(&self) -> Option<&String> {
        self.decisions.open().next()
    }

    /// Deployments that have not ended.
    pub(super) fn open(&self) -> impl Iterator<Item = &String> {
        self.told
            .iter()
            .filter(|(_, told)| !told.ended)
            .map(|(id, _)| id)
    }
}

fn read<E: EventBody>(entry: &Entry) -> Result<E, Violation> {
    decode(&entry.kind, entry.body.as_deref().unwrap_or("null"))
        .map_err(|e| wrong("I7", format!("entry {} cannot be read: {e}", entry.seq)))
}

fn env(lane: &str) -> &str {
    lane.split('/').next().unwrap_or(lane)
}

/// Is this a wait that somebody or something will end, some hours after everything was well again? In the middle of a rollout a person is
/// waited for a day.
pub(super) fn is_named_wait(phase: &deployment::Phase, longer: bool) -> bool {
    use deployment::{Phase, Sub};
    match phase {
        Phase::Gated { .. } | Phase::NeedsHuman { .. } => true,
        Phase::Running { at } => {
            let waits = matches!(at.sub, Sub::Paused { .. } | Sub::AwaitingPerson { .. });
            waits && !longer
        }
        phase => phase.is_terminal(),
    }
}

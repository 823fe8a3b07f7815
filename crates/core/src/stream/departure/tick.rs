//! What time and other streams do to a departure: cut-offs, the decision, leaving, arriving, being postponed.
//!
//! A server that was away finds instants behind it. Each is judged as of now: a departure leaves late only within its patience.

use super::checks::{fit, is_there, not_green};
use super::dates::free_dates;
use super::decide::Turn;
use super::features::features;
use super::{Event, Hands, Journey, Phase, freed_by, hands};
use crate::command::Command as Any;
use crate::decider::{Resting, Terminal, Wake};
use crate::id::{DeploymentId, EnvId, Name, ReleaseId};
use crate::spec::{Missed, Timetable, Train, Trigger};
use crate::stream::deployment;
use crate::stream::release::{self, Release, Stage};
use crate::time::{Millis, Timestamp};
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};

/// A passenger that neither arrived nor failed for so long is recorded as failed.
const TRAVEL: Millis = Millis(30 * 86_400_000);
/// Next look at what cannot be told now.
const AGAIN: Millis = Millis::minutes(24 * 60);
/// More consequences of one command there are not.
const ROUNDS: usize = 12;

impl Turn<'_, '_> {
    /// Everything that follows from the present.
    pub(super) fn tick(&mut self) {
        for _ in 0..ROUNDS {
            let before = self.count();
            self.once();
            if self.count() == before {
                return;
            }
        }
    }

    fn once(&mut self) {
        let Some(facts) = self.facts() else { return };
        let (now, times) = (self.cx.now, facts.timetable.clone());
        let empty = facts.passengers.is_empty();
        if let Phase::Departed { at } = self.state.phase {
            return self.travel(at);
        }
        let Some(train) = self.train() else { return };
        let early = train.trigger == Trigger::Features && self.may_leave_early(&times);
        if early && self.lacks(train).is_empty() {
            return self.depart(train, "its features are complete");
        }
        match self.state.phase {
            Phase::Scheduled | Phase::Boarding if now >= times.scope_closes => {
                self.happen(Event::ScopeClosed {});
            }
            Phase::Closed { code: false }
                if times.code_closes < times.departs && now >= times.code_closes =>
            {
                self.close_code(train);
            }
            Phase::Closed { .. } if !empty && times.decides.is_some_and(|at| now >= at) => {
                self.happen(Event::DecisionDue {});
            }
            Phase::Closed { .. } if now >= times.departs => self.leave_or_wait(train, &times),
            Phase::GoNoGo if now >= times.departs => self.leave_or_wait(train, &times),
            _ => {}
        }
    }

    /// A train that waits for features leaves as soon as they are complete, if nobody need say go or somebody did.
    fn may_leave_early(&self, times: &Timetable) -> bool {
        let decision = self.facts().and_then(|f| f.decision.as_ref());
        let go = match times.decides {
            Some(_) => decision.is_some_and(|d| d.go),
            None => decision.is_none_or(|d| d.go),
        };
        self.state.phase.is_ahead() && go && self.cx.now <= times.latest && self.is_complete()
    }

    /// Would it leave now, as far as time and its features decide?
    fn is_due(&self) -> bool {
        let (Some(train), Some(facts)) = (self.train(), self.facts()) else {
            return false;
        };
        let times = &facts.timetable;
        let early = train.trigger == Trigger::Features && self.may_leave_early(times);
        self.state.phase.is_ahead() && (early || self.cx.now >= times.departs)
    }

    /// It is due.
    fn leave_or_wait(&mut self, train: &Train, times: &Timetable) {
        let Some(facts) = self.facts() else { return };
        let decision = facts.decision.clone();
        let over = self.cx.now > times.latest;
        if facts.passengers.is_empty() && facts.late.is_empty() {
            return self.depart(train, "nobody is aboard");
        }
        if let Some(no) = decision.as_ref().filter(|d| !d.go) {
            let because = format!("no-go by {}: {}", no.by, no.reason);
            let next = no.next.filter(|next| *next > self.cx.now);
            return self.postpone_or_cancel(next, because);
        }
        if times.decides.is_some() && decision.is_none() && !facts.passengers.is_empty() {
            if over {
                let patience = train.patience;
                let because = format!("nobody said go within {patience} after its instant");
                self.postpone_or_cancel(None, because);
            }
            return;
        }
        let lacks = self.lacks(train);
        if over {
            let because = format!(
                "it could not leave within {} after its instant",
                train.patience
            );
            let because = match lacks.as_slice() {
                [] => because,
                lacks => format!("{because}: {}", said(lacks)),
            };
            return self.postpone_or_cancel(None, because);
        }
        if !lacks.is_empty() {
            return;
        }
        if train.trigger == Trigger::Features {
            let (_, incomplete) = self.judged(train);
            // At the very end of its patience it leaves without them.
            if !incomplete.is_empty() && self.cx.now < times.latest {
                return;
            }
        }
        self.depart(train, "its date is there");
    }

    /// The teams of which too few people are free to leave now. Where nobody could travel, nobody is needed.
    pub(super) fn lacks(&self, train: &Train) -> Vec<Hands> {
        let Some(facts) = self.facts().filter(|_| !train.hands.is_empty()) else {
            return Vec::new();
        };
        let (stays, _) = self.judged(train);
        if facts.passengers.keys().all(|id| stays.contains_key(id)) {
            return Vec::new();
        }
        let mut all = hands(self.cx.spec, self.cx.view, train, self.cx.now);
        all.retain(Hands::is_short);
        all
    }

    /// Who cannot travel and why, and the features that are not complete.
    pub(super) fn judged(
        &self,
        train: &Train,
    ) -> (BTreeMap<ReleaseId, String>, BTreeMap<Name, String>) {
        let (spec, view) = (self.cx.spec, self.cx.view);
        let (mut stays, mut incomplete) = (BTreeMap::new(), BTreeMap::new());
        let Some(facts) = self.facts() else {
            return (stays, incomplete);
        };
        for id in facts.passengers.keys() {
            let because = fit(spec, train, view, id)
                .err()
                .or_else(|| not_green(spec, train, view, id));
            if let Some(because) = because {
                stays.insert(id.clone(), because);
            }
        }
        // One release that stays may take a feature apart, and with it other releases.
        for _ in 0..=facts.passengers.len() {
            let aboard: BTreeSet<ReleaseId> = facts
                .passengers
                .keys()
                .filter(|id| !stays.contains_key(*id))
                .cloned()
                .collect();
            let before = (stays.len(), incomplete.len());
            for (name, feature) in features(spec, train, view, facts, &aboard) {
                if feature.missing.is_empty() {
                    continue;
                }
                let because = feature.missing.join(", ");
                for id in feature.requires.iter().filter(|id| aboard.contains(*id)) {
                    let because = format!("part of {name}, which is not complete: {because}");
                    stays.insert(id.clone(), because);
                }
                incomplete.entry(name).or_insert(because);
            }
            if before == (stays.len(), incomplete.len()) {
                break;
            }
        }
        (stays, incomplete)
    }

    /// The code cut-off: who is not green, or part of a feature that is not complete, misses.
    fn close_code(&mut self, train: &Train) {
        let (mut stays, _) = self.judged(train);
        if train.trigger == Trigger::Features {
            // It waits for the releases that its features need.
            let required = self.required();
            stays.retain(|id, _| !required.contains(id));
        }
        self.happen(Event::CodeClosed {});
        for (release, because) in stays {
            let because = format!("{because} at the code cut-off");
            let by = self.asker(&release);
            match train.missed {
                Missed::NextTrain => self.misses(release, by, because),
                Missed::Ask => self.happen(Event::LateAsked {
                    release,
                    by,
                    because,
                }),
            }
        }
    }

    fn asker(&self, release: &ReleaseId) -> String {
        let Some(facts) = self.facts() else {
            return String::new();
        };
        let aboard = facts.passengers.get(release).map(|p| &p.by);
        let late = facts.late.get(release).map(|l| &l.by);
        aboard.or(late).cloned().unwrap_or_default()
    }

    /// Leave with everybody who can travel; the others move on.
    pub(super) fn depart(&mut self, train: &Train, because: &str) {
        let (spec, view) = (self.cx.spec, self.cx.view);
        let (stays, incomplete) = self.judged(train);
        let Some(facts) = self.facts() else { return };
        let promised = super::features::promised(spec, train, view, facts);
        let late: Vec<ReleaseId> = facts.late.keys().cloned().collect();
        for (release, because) in stays {
            let by = self.asker(&release);
            self.misses(release, by, format!("{because} when {} left", self.id));
        }
        for release in late {
            let by = self.asker(&release);
            let because = format!("nobody admitted it before {} left", self.id);
            self.misses(release, by, because);
        }
        self.keep_newest();
        let aboard: Vec<ReleaseId> = self
            .facts()
            .map(|f| f.passengers.keys().cloned().collect())
            .unwrap_or_default();
        let mut passengers: BTreeMap<ReleaseId, EnvId> = BTreeMap::new();
        for id in aboard {
            let Ok(to) = fit(spec, train, view, &id) else {
                continue;
            };
            if !is_there(spec, train, view, &id) {
                self.then.push(Any::Release {
                    id: id.clone(),
                    command: release::Command::Promote {
                        to: to.clone(),
                        reason: format!("it travels with {}", self.id),
                        request: crate::queue::Request::PLAIN,
                    },
                });
            }
            passengers.insert(id, to);
        }
        let features = promised
            .into_keys()
            .filter(|name| !incomplete.contains_key(name))
            .collect();
        let because = because.to_owned();
        let hands = match passengers.is_empty() {
            true => BTreeMap::new(),
            false => train.hands.clone(),
        };
        self.happen(Event::Departed {
            passengers,
            because,
            features,
            hands,
        });
    }

    fn postpone_or_cancel(&mut self, to: Option<Timestamp>, because: String) {
        let by = self.cx.actor.who().to_owned();
        if !self.postpone(to, because.clone(), by) {
            self.give_up(&format!("{because}; there is no later date"), true);
        }
    }

    /// Another date; without one, the next of the timetable that no other departure with passengers has. False: there is none.
    pub(super) fn postpone(&mut self, to: Option<Timestamp>, because: String, by: String) -> bool {
        let (Some(train), Some(facts)) = (self.train(), self.facts()) else {
            return false;
        };
        let Ok(setting) = self.cx.spec.setting_of(train) else {
            return false;
        };
        let free = free_dates(self.cx.spec, self.cx.view, facts, self.cx.now);
        let dates = match to {
            // A date of the timetable is that date, and no other departure is laid for it.
            Some(to) if free.contains(&to) => Some((to, to)),
            Some(to) => Some((facts.timetable.slot, to)),
            None => free.first().map(|slot| (*slot, *slot)),
        };
        let timetable =
            dates.and_then(|(slot, departs)| train.timetable(&setting, slot, departs).ok());
        let Some(timetable) = timetable else {
            return false;
        };
        self.happen(Event::Postponed {
            timetable,
            because,
            by,
        });
        true
    }

    /// How its passengers get on. What was asked for in this very turn is not to be seen yet.
    fn travel(&mut self, left: Timestamp) {
        let Some(facts) = self.facts() else { return };
        if self.has_just_left() && !facts.passengers.is_empty() {
            return;
        }
        let under_way: Vec<(ReleaseId, Option<EnvId>)> = facts
            .under_way()
            .map(|id| (id.clone(), facts.passengers[id].to.clone()))
            .collect();
        for (release, to) in under_way {
            match self.journey(&release, to.as_ref(), left) {
                Journey::Open => {}
                Journey::Arrived { .. } => self.happen(Event::PassengerArrived { release }),
                Journey::Failed { because } => {
                    self.happen(Event::PassengerFailed { release, because });
                }
                Journey::Dropped { because } => {
                    self.happen(Event::PassengerDropped { release, because });
                }
            }
        }
        let Some(facts) = self.facts() else { return };
        if facts.under_way().next().is_none() {
            let count = |such: fn(&Journey) -> bool| {
                let all = facts.passengers.values();
                u32::try_from(all.filter(|p| such(&p.journey)).count()).unwrap_or(u32::MAX)
            };
            let carried = count(|j| !matches!(j, Journey::Dropped { .. }));
            let failed = count(|j| matches!(j, Journey::Failed { .. }));
            self.happen(Event::Arrived { carried, failed });
        }
    }

    fn journey(&self, id: &ReleaseId, to: Option<&EnvId>, left: Timestamp) -> Journey {
        let (view, now) = (self.cx.view, self.cx.now);
        let failed = |because: &str| Journey::Failed {
            because: because.to_owned(),
        };
        let dropped = |because: &str| Journey::Dropped {
            because: because.to_owned(),
        };
        if now >= TRAVEL.after(left) {
            return failed(&format!("neither arrived nor failed within {TRAVEL}"));
        }
        let Ok(release) = view.load::<Release>(&id.to_string()) else {
            return Journey::Open;
        };
        match &release.phase {
            release::Phase::Held { hold } => return failed(&hold.because),
            release::Phase::Cancelled { because } => return dropped(because),
            _ => {}
        }
        let broken = release.stages.values().find_map(|stage| match stage {
            Stage::Failed {
                deployment,
                because,
            } => Some((deployment, because)),
            _ => None,
        });
        if let Some((deployment, because)) = broken {
            return match gave_way(view, deployment) {
                true => dropped(because),
                false => failed(because),
            };
        }
        let Some(to) = to else {
            return dropped("it is not known where it was to go");
        };
        if let Some(Stage::Done { .. }) = release.stages.get(to) {
            let lane = view.lane(to, &id.service);
            let watched = lane.live.is_some_and(|live| live.release == *id);
            // While it is watched it may still be taken back.
            return if watched {
                Journey::Open
            } else {
                Journey::Arrived { at: now }
            };
        }
        if release.is_moving() || release.stages.values().any(is_started) {
            return Journey::Open;
        }
        dropped("its promotion ended before it arrived")
    }
}

/// Did it end at its gates: overtaken, cancelled, or after it had waited for too long?
fn gave_way(view: &dyn View, deployment: &DeploymentId) -> bool {
    let state = view.load::<deployment::Deployment>(deployment.as_str());
    state.is_ok_and(|d| {
        matches!(
            d.phase,
            deployment::Phase::Superseded { .. }
                | deployment::Phase::Cancelled { .. }
                | deployment::Phase::Expired
        )
    })
}

fn is_started(stage: &Stage) -> bool {
    matches!(stage, Stage::Started { .. })
}

/// Which teams are short, for people.
pub(super) fn said(lacks: &[Hands]) -> String {
    let all: Vec<String> = lacks.iter().map(ToString::to_string).collect();
    format!("too few hands: {}", all.join("; "))
}

/// When it must be looked at again.
pub(super) fn wake(turn: &Turn<'_, '_>) -> Wake {
    let now = turn.cx.now;
    let Some(facts) = turn.facts() else {
        return Wake::Rest(Resting::new());
    };
    let times = &facts.timetable;
    let mut on = vec!["config".to_owned()];
    let (at, because) = match turn.state.phase {
        Phase::Absent => return Wake::Rest(Resting::new()),
        Phase::Arrived { .. } | Phase::Cancelled { .. } => return Wake::Never(Terminal::new()),
        Phase::Departed { at } => {
            for (id, passenger) in &facts.passengers {
                on.push(format!("release/{id}"));
                on.extend(passenger.to.iter().map(|env| format!("environment/{env}")));
            }
            (TRAVEL.after(at), "its passengers arrive")
        }
        Phase::Scheduled | Phase::Boarding => (times.scope_closes, "boarding closes"),
        Phase::Closed { .. } | Phase::GoNoGo => {
            let code = Some(times.code_closes);
            let instants = [code, times.decides, Some(times.departs), Some(times.latest)];
            let next = instants.into_iter().flatten().filter(|at| *at > now).min();
            let over = Millis(1).after(times.latest);
            (next.unwrap_or(over), "its next cut-off, or it leaves")
        }
    };
    let train = turn.train();
    if turn.state.phase.is_ahead() && train.is_some_and(|t| t.trigger == Trigger::Features) {
        on.extend(turn.required().iter().map(|id| format!("release/{id}")));
    }
    let lacks = match train.filter(|_| turn.is_due()) {
        Some(train) => turn.lacks(train),
        None => Vec::new(),
    };
    let mut at = at;
    if !lacks.is_empty() {
        on.extend(freed_by(turn.cx.view));
        let duty = lacks.iter().filter_map(|l| l.next).min();
        at = duty.map_or(at, |duty| duty.min(at));
    }
    on.dedup();
    let at = match train {
        None if turn.state.phase.is_ahead() => AGAIN.after(now),
        _ if at <= now => AGAIN.after(now),
        _ => at,
    };
    Wake::Next {
        at,
        on,
        because: because.to_owned(),
    }
}

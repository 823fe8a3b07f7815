//! Who may decide, in which order people are asked, and what happens without an answer.

use super::{Choice, Command, Decision, DecisionId, Event, Facts, Order, Phase};
use crate::actor::Role;
use crate::command::Command as Any;
use crate::decider::{Ctx, Decider as _, Decision as Decided, Resting, Terminal, Wake};
use crate::id::{DeploymentId, TeamId};
use crate::people;
use crate::refusal::Refusal;
use crate::spec::{Otherwise, RollbackAuthority};
use crate::stream::change::Change;
use crate::stream::deployment::{self, Deployment};
use crate::time::{Millis, Timestamp};

/// Longest time for which a version stays against its criteria; after it somebody decides again.
const LONGEST: Millis = Millis::minutes(24 * 60);

/// The state while a command is answered.
struct Turn<'c, 'a> {
    state: Decision,
    events: Vec<Event>,
    then: Vec<Any>,
    cx: &'c Ctx<'a>,
}

pub(super) fn decide(
    state: &Decision,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decided<Event>, Refusal> {
    let mut turn = Turn {
        state: state.clone(),
        events: Vec::new(),
        then: Vec::new(),
        cx,
    };
    turn.answer(command)?;
    turn.tick();
    Ok(Decided {
        wake: turn.wake(),
        events: turn.events,
        then: turn.then,
        fires: Vec::new(),
    })
}

impl Turn<'_, '_> {
    fn happen(&mut self, event: Event) {
        self.state.evolve(self.cx.now, &event);
        self.events.push(event);
    }

    fn answer(&mut self, command: Command) -> Result<(), Refusal> {
        let phase = self.state.phase.clone();
        match (&phase, command) {
            (
                Phase::Absent,
                Command::Open {
                    deployment,
                    because,
                    effect,
                },
            ) => self.open(&deployment, because, effect)?,
            (_, Command::Open { .. }) if phase.is_open() => {
                // Figures speak up again and again; a person is told which one is open.
                if self.cx.actor.role != Role::System {
                    return Err(Refusal::Invalid {
                        because: format!("{} is open about this already", self.cx.stream.key()),
                        help: format!("`tidegate decision show {}` shows it", self.cx.stream.key()),
                    });
                }
            }
            (Phase::Absent | Phase::Closed { .. }, Command::Close { .. } | Command::Wake) => {}
            (Phase::Open { .. } | Phase::Staying { .. }, Command::Close { because, .. }) => {
                self.happen(Event::Closed { because });
            }
            (_, Command::Close { .. } | Command::Wake) => {}
            (Phase::Absent, _) => {
                return Err(Refusal::NotFound {
                    what: "decision".to_owned(),
                    name: self.cx.stream.key().to_owned(),
                });
            }
            (
                Phase::Open { .. } | Phase::Staying { .. } | Phase::Settled { .. },
                Command::Order { choice, reason },
            ) => self.order(choice, reason)?,
            (phase, command) => {
                return Err(Refusal::NotNow {
                    stream: self.cx.stream.to_string(),
                    phase: phase.name().to_owned(),
                    command: command.name().to_owned(),
                });
            }
        }
        Ok(())
    }

    fn facts(&self) -> Option<&Facts> {
        self.state.facts.as_deref()
    }

    fn members(&self, team: &TeamId) -> Vec<String> {
        people::members(self.cx.spec, self.cx.view, team)
    }

    fn open(
        &mut self,
        id: &DeploymentId,
        because: String,
        effect: Option<String>,
    ) -> Result<(), Refusal> {
        let state: Deployment = self.cx.view.load(id.as_str())?;
        let system = self.cx.actor.role == Role::System;
        let Some(about) = state.facts.as_deref().filter(|_| on_trial(&state)) else {
            // What the deployment asked for itself it knows to be open.
            if system {
                return Ok(());
            }
            return Err(Refusal::Invalid {
                because: format!("{id} cannot be taken back: it is {}", state.phase.name()),
                help: "`tidegate rollback` returns to what ran before when it is over".to_owned(),
            });
        };
        let body = &about.plan.body;
        let service = self.cx.spec.services.get(&body.service);
        let Some(authority) = service.and_then(|s| s.rollback.decides.clone()) else {
            if system {
                return Ok(());
            }
            return Err(Refusal::Invalid {
                because: format!("{} does not say who decides about its way back", body.service),
                help: "write `rollback: { decides: { owner: TEAM } }` into the service, or `tidegate abort` it".to_owned(),
            });
        };
        let due = authority.answer_within.after(self.cx.now);
        let confirmed = self.confirmed(id);
        let mut whom = self.members(&authority.owner);
        // Whoever confirmed before the start is asked first, for whichever of the two teams that was.
        if let Some(person) = &confirmed {
            whom.retain(|who| who != person);
            whom.insert(0, person.clone());
        }
        let facts = Box::new(Facts {
            id: DecisionId::new(self.cx.stream.key())?,
            deployment: id.clone(),
            release: body.to.release.clone(),
            environment: body.environment.clone(),
            because,
            effect,
            by: (!system).then(|| self.cx.actor.who().to_owned()),
            confirmed,
            authority,
            at: self.cx.now,
        });
        self.happen(Event::Opened { facts, whom, due });
        Ok(())
    }

    /// Who confirmed before the start that they decide about the way back of a deployment.
    fn confirmed(&self, id: &DeploymentId) -> Option<String> {
        let change = crate::model::change::of_deployment(self.cx.view, id)?;
        let change: Change = self.cx.view.load(change.as_str()).ok()?;
        let owner = change.facts?.rollback_owner?;
        people::is_member(self.cx.spec, self.cx.view, &owner.team, &owner.person)
            .then_some(owner.person)
    }

    fn order(&mut self, choice: Choice, reason: String) -> Result<(), Refusal> {
        let Some(facts) = self.facts().cloned() else {
            return Ok(());
        };
        let settled = matches!(self.state.phase, Phase::Settled { .. });
        if settled && choice == Choice::RollBack {
            return Err(Refusal::Invalid {
                because: format!("the way back of {} was ordered already", facts.release),
                help: format!("`tidegate decision show {}` shows by whom", facts.id),
            });
        }
        let by = people::deciding(self.cx.view, self.cx.actor)
            .map_err(|because| self.refused(&facts, because, people::SIGNED_IN.to_owned()))?;
        let team = self.team(&facts, &choice, &by)?;
        if let Choice::Stay { until } = &choice {
            ahead(*until, self.cx.now)?;
        }
        let carried_out = !settled;
        let back = choice == Choice::RollBack;
        let said = format!("{}: {by} for {team}: {reason}", facts.id);
        let order = Order {
            choice,
            by,
            team,
            reason,
            at: self.cx.now,
            carried_out,
        };
        self.happen(Event::Ordered { order });
        if back {
            self.back(&facts.deployment, said);
        }
        Ok(())
    }

    /// For whom somebody decides: back for any team of the path, stay only for the one that is named for it.
    fn team(&self, facts: &Facts, choice: &Choice, person: &str) -> Result<TeamId, Refusal> {
        let authority = &facts.authority;
        let member = |team: &&TeamId| people::is_member(self.cx.spec, self.cx.view, team, person);
        let may: Vec<&TeamId> = match choice {
            Choice::RollBack => authority.path().chain(&authority.executive).collect(),
            Choice::Stay { .. } => authority.executive.iter().collect(),
        };
        if let Some(team) = may.iter().copied().find(member) {
            return Ok(team.clone());
        }
        let teams: Vec<&str> = may.iter().map(|team| team.as_str()).collect();
        let because = match (choice, teams.as_slice()) {
            (Choice::Stay { .. }, []) => "nobody may let it stay against its criteria".to_owned(),
            (Choice::Stay { .. }, teams) => {
                format!(
                    "only {} lets it stay against its criteria",
                    teams.join(", ")
                )
            }
            (Choice::RollBack, teams) => format!("{} decide", teams.join(", ")),
        };
        let who: Vec<String> = may.iter().flat_map(|team| self.members(team)).collect();
        Err(self.refused(facts, because, who.join(", ")))
    }

    fn refused(&self, facts: &Facts, because: String, who: String) -> Refusal {
        Refusal::OthersDecide {
            actor: self.cx.actor.name.clone(),
            action: format!("decide {}", facts.id),
            because,
            who,
        }
    }

    /// The way back begins, where there is still one.
    fn back(&mut self, id: &DeploymentId, reason: String) {
        let state = self.cx.view.load::<Deployment>(id.as_str());
        if state.is_ok_and(|state| on_trial(&state)) {
            self.then.push(Any::Deployment {
                id: id.clone(),
                command: deployment::Command::Abort { reason },
            });
        }
    }

    /// What time brings: the next are asked, and at the end what was declared happens.
    fn tick(&mut self) {
        let Some(facts) = self.facts().cloned() else {
            return;
        };
        let path: Vec<&TeamId> = facts.authority.path().collect();
        for _ in 0..=path.len() {
            match self.state.phase {
                Phase::Open { level, due } if due <= self.cx.now => {
                    match (path.get(level), path.get(level + 1)) {
                        (Some(from), Some(to)) => self.happen(Event::Escalated {
                            from: (*from).clone(),
                            to: (*to).clone(),
                            whom: self.members(to),
                            level: level + 1,
                            due: facts.authority.answer_within.after(due),
                        }),
                        _ => return self.lapse(&facts),
                    }
                }
                Phase::Staying { until } if until <= self.cx.now => {
                    let because = "the time for which it stayed is over".to_owned();
                    let back = true;
                    self.happen(Event::Lapsed {
                        back,
                        because: because.clone(),
                    });
                    return self.back(&facts.deployment, format!("{}: {because}", facts.id));
                }
                _ => return,
            }
        }
    }

    fn lapse(&mut self, facts: &Facts) {
        let back = facts.authority.otherwise == Otherwise::RollBack;
        let because = "nobody decided in time".to_owned();
        self.happen(Event::Lapsed {
            back,
            because: because.clone(),
        });
        if back {
            self.back(&facts.deployment, format!("{}: {because}", facts.id));
        }
    }

    fn wake(&self) -> Wake {
        let next = |at, because: &str| Wake::Next {
            at,
            on: Vec::new(),
            because: because.to_owned(),
        };
        match &self.state.phase {
            Phase::Open { due, .. } => next(*due, "somebody decides about the way back"),
            Phase::Staying { until } => next(*until, "it stays that long"),
            Phase::Lapsed { .. } | Phase::Closed { .. } => Wake::Never(Terminal::new()),
            Phase::Absent | Phase::Settled { .. } => Wake::Rest(Resting::new()),
        }
    }
}

/// Can it be taken back by its own way back?
fn on_trial(state: &Deployment) -> bool {
    let changing = matches!(
        state.phase,
        deployment::Phase::Running { .. } | deployment::Phase::Succeeded { .. }
    );
    changing
        && state
            .facts
            .as_deref()
            .is_some_and(deployment::Facts::touched)
}

fn ahead(until: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if until <= now {
        return Err(Refusal::Invalid {
            because: "the instant until which it stays is over".to_owned(),
            help: "name a later one with `--until`".to_owned(),
        });
    }
    if Millis::between(now, until) > LONGEST {
        return Err(Refusal::Invalid {
            because: "a version stays against its criteria for at most 24 hours".to_owned(),
            help: "name an earlier end; somebody decides again before that".to_owned(),
        });
    }
    Ok(())
}

impl RollbackAuthority {
    /// Those who are asked, one after the other.
    pub fn path(&self) -> impl Iterator<Item = &TeamId> {
        let first = std::iter::once(&self.owner);
        first.chain(&self.deputy).chain(&self.escalate)
    }
}

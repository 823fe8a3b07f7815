//! Commands of a change: which one is taken in which phase. What they say about its class stands in `emergency`, what follows
//! for its demands and its phase in `settle`.

use super::vote::{self, Ballot, Sent};
use super::{Change, Command, Declared, Event, Facts, Opening, Phase};
use crate::change::{Assessment, ChangeId, Subject, assess, differences};
use crate::decider::{Ctx, Decider, Decision};
use crate::id::{DeploymentId, EnvId, ReleaseId};
use crate::refusal::Refusal;
use crate::spec::ChangeClass;

pub(super) fn decide(
    state: &Change,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decision<Event>, Refusal> {
    let mut turn = Turn {
        state: state.clone(),
        events: Vec::new(),
        cx,
    };
    turn.answer(command)?;
    turn.settle()?;
    Ok(Decision {
        wake: turn.wake(),
        fires: Vec::new(),
        then: super::boards::follow(&turn.state, cx),
        events: turn.events,
    })
}

pub(super) struct Turn<'a> {
    pub(super) state: Change,
    pub(super) events: Vec<Event>,
    pub(super) cx: &'a Ctx<'a>,
}

impl Turn<'_> {
    pub(super) fn happen(&mut self, event: Event) {
        self.state.evolve(self.cx.now, &event);
        self.events.push(event);
    }

    fn answer(&mut self, command: Command) -> Result<(), Refusal> {
        let phase = self.state.phase.clone();
        match (&phase, command) {
            (Phase::Absent, Command::Plan(opening)) => self.open(opening)?,
            (
                Phase::Open | Phase::Authorised { .. } | Phase::Rejected { .. },
                Command::Plan(opening),
            ) => self.plan(opening),
            // What another deployment than its own reports, and of a change that ended otherwise, changes nothing.
            (
                _,
                Command::Start { deployment }
                | Command::End { deployment, .. }
                | Command::Withdraw { deployment, .. },
            ) if !self.is_of(&deployment) => {}
            (Phase::Open | Phase::Authorised { .. }, Command::Start { .. }) => self.start()?,
            (Phase::Implementing { .. }, Command::End { result, .. }) => {
                let review_due = match self.state.went_as_emergency() {
                    Some(Declared::Emergency { review_due, .. }) => Some(*review_due),
                    _ => None,
                };
                self.happen(Event::Implemented { result, review_due });
            }
            (
                Phase::Open | Phase::Authorised { .. } | Phase::Rejected { .. },
                Command::Withdraw { because, .. },
            ) => self.happen(Event::Withdrawn { because }),
            (_, Command::Start { .. } | Command::End { .. } | Command::Withdraw { .. }) => {}
            (_, Command::Wake) => self.due()?,
            (
                Phase::Absent | Phase::Open | Phase::Authorised { .. } | Phase::Rejected { .. },
                Command::Emergency {
                    release,
                    environment,
                    incident,
                    reason,
                    root_cause,
                },
            ) => self.emergency((release, environment), incident, reason, root_cause)?,
            (Phase::Absent, _) => {
                return Err(Refusal::NotFound {
                    what: "change".to_owned(),
                    name: self.cx.stream.key().to_owned(),
                });
            }
            (_, command) => self.by_person(&phase, command)?,
        }
        Ok(())
    }

    fn by_person(&mut self, phase: &Phase, command: Command) -> Result<(), Refusal> {
        match (phase, command) {
            (
                Phase::Open
                | Phase::Authorised { .. }
                | Phase::Rejected { .. }
                | Phase::Implementing { .. }
                | Phase::Reviewing { .. },
                Command::Approve {
                    subject,
                    team,
                    sign,
                    instead_of,
                    reason,
                    signature,
                },
            ) => {
                let sent = Sent {
                    subject,
                    team,
                    sign,
                    instead_of,
                    reason,
                    signature,
                };
                let facts = self.facts()?;
                let assessment = self.assessment(&facts)?;
                let ballot = Ballot::new(&facts, &assessment, self.cx)?;
                let events = vote::approve(&self.state, &ballot, sent, self.cx)?;
                events.into_iter().for_each(|event| self.happen(event));
            }
            (Phase::Open | Phase::Authorised { .. }, Command::Reject { subject, reason }) => {
                let facts = self.facts()?;
                let assessment = self.assessment(&facts)?;
                let ballot = Ballot::new(&facts, &assessment, self.cx)?;
                let event = vote::reject(&ballot, subject, reason, self.cx)?;
                self.happen(event);
            }
            (Phase::Open | Phase::Authorised { .. }, Command::Raise { class, reason }) => {
                self.raise(class, reason)?;
            }
            (Phase::Open | Phase::Authorised { .. }, Command::Lower { reason }) => {
                self.lower(reason)?;
            }
            (Phase::Open | Phase::Authorised { .. }, Command::Write { document, text }) => {
                if text.trim().is_empty() {
                    return Err(Refusal::Invalid {
                        because: format!("`{}` is empty", document.as_str()),
                        help: "write what people need to know".to_owned(),
                    });
                }
                let begun = crate::change::beginning(self.cx.spec, &self.facts()?, document);
                if let Some((name, begun)) = begun
                    && begun.trim() == text.trim()
                {
                    return Err(Refusal::Invalid {
                        because: format!(
                            "`{}` is the template `{name}` and nothing else",
                            document.as_str()
                        ),
                        help: "write what people need to know where it asks for it".to_owned(),
                    });
                }
                let by = self.cx.actor.who().to_owned();
                self.happen(Event::Written { document, text, by });
            }
            (
                Phase::Open | Phase::Authorised { .. } | Phase::Implementing { .. },
                Command::Own { reason },
            ) => {
                let event = super::own::own(&self.facts()?, reason, self.cx)?;
                event.into_iter().for_each(|event| self.happen(event));
            }
            (
                Phase::Reviewing { .. },
                Command::Review {
                    findings,
                    root_cause,
                },
            ) => self.review(findings, root_cause)?,
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

    /// Is it the deployment that carries it out?
    fn is_of(&self, deployment: &DeploymentId) -> bool {
        let planned = self.state.facts.as_deref().and_then(|f| f.planned.as_ref());
        planned.is_some_and(|p| p.deployment == *deployment)
    }

    pub(super) fn facts(&self) -> Result<Facts, Refusal> {
        self.state
            .facts
            .as_deref()
            .cloned()
            .ok_or_else(|| Refusal::NotFound {
                what: "change".to_owned(),
                name: self.cx.stream.key().to_owned(),
            })
    }

    /// What it is and needs, as of now.
    pub(super) fn assessment(&self, facts: &Facts) -> Result<Assessment, Refusal> {
        let planned = facts.planned.as_ref().ok_or_else(|| Refusal::Invalid {
            because: format!(
                "there is no plan for {} in {} yet",
                facts.release, facts.environment
            ),
            help: format!(
                "`tidegate deploy {} {}` makes one",
                facts.release, facts.environment
            ),
        })?;
        let subject = Subject {
            plan: &planned.body,
            purpose: planned.purpose,
            declared: facts.declared.as_ref(),
            raised: facts.raised.as_ref(),
            now: self.state.judged_at(self.cx.now),
            spec: self.cx.spec,
            view: self.cx.view,
        };
        assess(&subject).ok_or_else(|| Refusal::Invalid {
            because: format!("{} is no environment of tier production", facts.environment),
            help: "nothing is asked there".to_owned(),
        })
    }

    fn open(&mut self, opening: Opening) -> Result<(), Refusal> {
        let to = &opening.planned.body;
        self.opened(
            to.to.release.clone(),
            to.environment.clone(),
            opening.requesters.clone(),
        )?;
        self.happen(Event::Planned {
            planned: opening.planned,
            requesters: opening.requesters,
            differs: Vec::new(),
            void: Vec::new(),
        });
        Ok(())
    }

    pub(super) fn opened(
        &mut self,
        release: ReleaseId,
        environment: EnvId,
        requesters: Vec<String>,
    ) -> Result<(), Refusal> {
        let id = ChangeId::new(self.cx.stream.key())?;
        self.happen(Event::Opened {
            id,
            release,
            environment,
            requesters,
        });
        Ok(())
    }

    /// Another plan: a yes stays only when it would do the same.
    fn plan(&mut self, opening: Opening) {
        let Some(facts) = self.state.facts.as_deref() else {
            return;
        };
        let (differs, void) = match &facts.planned {
            Some(before) if before.subject != opening.planned.subject => {
                let mut void: Vec<String> = facts.votes.iter().map(|v| v.person.clone()).collect();
                void.dedup();
                (differences(&before.body, &opening.planned.body), void)
            }
            _ => (Vec::new(), Vec::new()),
        };
        self.happen(Event::Planned {
            planned: opening.planned,
            requesters: opening.requesters,
            differs,
            void,
        });
    }

    fn start(&mut self) -> Result<(), Refusal> {
        let facts = self.facts()?;
        let owed = match self.assessment(&facts) {
            Ok(assessment) if assessment.class == ChangeClass::Emergency => {
                assessment.owed.iter().map(ToString::to_string).collect()
            }
            _ => Vec::new(),
        };
        self.happen(Event::Started { owed });
        Ok(())
    }
}

//! Commands of a change, and what follows from them for its class, its demands and its phase.

use super::vote::{self, Ballot, Sent};
use super::{Assessed, Change, Command, Declared, Event, Facts, Opening, Phase};
use crate::change::{Assessment, ChangeId, Standing, Subject, assess, differences, due, emergency};
use crate::decider::{Ctx, Decider, Decision, Resting, Terminal, Wake};
use crate::id::{DeploymentId, EnvId, ReleaseId};
use crate::refusal::Refusal;
use crate::spec::{ChangeClass, Needed};
use crate::stream::person;
use crate::stream::release::{self, Release};
use crate::time::{Millis, Timestamp};

/// Between two looks at a change that waits for people; what changes earlier wakes it.
const LOOK: Millis = Millis::minutes(24 * 60);

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

struct Turn<'a> {
    state: Change,
    events: Vec<Event>,
    cx: &'a Ctx<'a>,
}

impl Turn<'_> {
    fn happen(&mut self, event: Event) {
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
                let by = self.cx.actor.who().to_owned();
                self.happen(Event::Written { document, text, by });
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

    fn facts(&self) -> Result<Facts, Refusal> {
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
    fn assessment(&self, facts: &Facts) -> Result<Assessment, Refusal> {
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

    fn opened(
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

    fn emergency(
        &mut self,
        (release, environment): (ReleaseId, EnvId),
        incident: String,
        reason: String,
        root_cause: Option<String>,
    ) -> Result<(), Refusal> {
        let cx = self.cx;
        let by = vote::answering(cx, "declare an emergency for")?;
        let rule = emergency(cx.spec, &release, &environment)?;
        for (what, text) in [(Needed::Incident, &incident), (Needed::Reason, &reason)] {
            written(what, text)?;
        }
        if rule.needs.contains(&Needed::RootCause) {
            written(Needed::RootCause, root_cause.as_deref().unwrap_or_default())?;
        }
        if matches!(self.state.phase, Phase::Absent) {
            known(&release, cx)?;
            self.opened(
                release,
                environment,
                crate::people::asking(cx.view, cx.actor),
            )?;
        }
        let until = rule.expires.after(cx.now);
        let dates = rule
            .review_within
            .iter()
            .map(|phrase| due::after(cx.spec, cx.now, phrase));
        let dates = dates
            .collect::<Result<Vec<_>, _>>()
            .map_err(|because| Refusal::Invalid {
                because: format!("the date of the review cannot be told: {because}"),
                help: format!("mend `review-within` of {}", rule.rule),
            })?;
        // The earliest one counts; a policy that has emergencies always names one.
        let review_due = dates.into_iter().min().unwrap_or(cx.now);
        let no = matches!(self.state.phase, Phase::Rejected { .. });
        self.happen(Event::Declared {
            declared: Declared::Emergency {
                incident,
                reason,
                root_cause,
                by,
                since: cx.now,
                until,
                review_due,
            },
        });
        if no {
            let because = "it is an emergency now, with approvals of its own".to_owned();
            self.happen(Event::Reopened { because });
        }
        Ok(())
    }

    fn raise(&mut self, class: ChangeClass, reason: String) -> Result<(), Refusal> {
        let facts = self.facts()?;
        let present = self.assessment(&facts)?.class;
        if class == ChangeClass::Emergency || class <= present {
            return Err(Refusal::Invalid {
                because: format!(
                    "a {} change cannot be raised to {}",
                    present.as_str(),
                    class.as_str()
                ),
                help: match class {
                    ChangeClass::Emergency => {
                        "an emergency is declared: `tidegate change emergency`".to_owned()
                    }
                    _ => "name a stricter class".to_owned(),
                },
            });
        }
        let by = vote::person_of(self.cx, "raise")?;
        self.happen(Event::Declared {
            declared: Declared::Raised { class, by, reason },
        });
        Ok(())
    }

    /// Lowering takes somebody who is asked for a yes and has no part in the change.
    fn lower(&mut self, reason: String) -> Result<(), Refusal> {
        let facts = self.facts()?;
        if facts.raised.is_none() {
            return Err(Refusal::Invalid {
                because: format!("{} has the class that the rules give it", facts.id),
                help: "a class is lowered only after somebody raised it".to_owned(),
            });
        }
        let by = vote::person_of(self.cx, "lower")?;
        let assessment = self.assessment(&facts)?;
        let ballot = Ballot::new(&facts, &assessment, self.cx)?;
        let count = ballot.count(self.cx);
        let asked = assessment.required.iter().any(|d| count.belongs(d, &by));
        if !asked || !count.barred(&by).is_empty() {
            return Err(Refusal::NotAllowed {
                actor: self.cx.actor.name.clone(),
                role: self.cx.actor.role.as_str().to_owned(),
                action: format!(
                    "lower {}: lowering a class takes somebody who is asked for a yes and has no part in it",
                    facts.id
                ),
            });
        }
        self.happen(Event::Lowered { by, reason });
        Ok(())
    }

    fn review(&mut self, findings: String, root_cause: Option<String>) -> Result<(), Refusal> {
        let facts = self.facts()?;
        let by = vote::person_of(self.cx, "review")?;
        let Some(Declared::Emergency {
            by: declarer,
            root_cause: known,
            ..
        }) = self.state.emergency()
        else {
            return Ok(());
        };
        let behind = |account: &String| crate::people::behind(self.cx.view, account);
        if *declarer == by || facts.requesters.iter().map(behind).any(|who| who == by) {
            return Err(Refusal::NotAllowed {
                actor: self.cx.actor.name.clone(),
                role: self.cx.actor.role.as_str().to_owned(),
                action: format!("review {}: {by} declared or asked for it", facts.id),
            });
        }
        let cause = root_cause.or_else(|| known.clone()).unwrap_or_default();
        written(Needed::RootCause, &cause)?;
        // Where the environment has left production, nobody is asked any more; the review itself stays owed.
        let open: Vec<String> = match self.assessment(&facts) {
            Ok(assessment) => Ballot::new(&facts, &assessment, self.cx)?
                .owed(&facts.votes, self.cx)
                .iter()
                .filter(|s| !s.is_met())
                .map(missing)
                .collect(),
            Err(_) => Vec::new(),
        };
        if !open.is_empty() {
            return Err(Refusal::Invalid {
                because: format!("{} still owes {}", facts.id, open.join("; ")),
                help: format!("they acknowledge it with `tidegate approve {}`", facts.id),
            });
        }
        self.happen(Event::Reviewed {
            by,
            findings,
            root_cause: cause,
        });
        Ok(())
    }

    /// What the clock brings.
    fn due(&mut self) -> Result<(), Refusal> {
        let now = self.cx.now;
        let Ok(facts) = self.facts() else {
            return Ok(());
        };
        if let Phase::Reviewing { due, .. } = self.state.phase
            && due <= now
        {
            let service = self.cx.spec.services.get(&facts.release.service);
            let owner = service.map(|s| s.owner.clone());
            let whom = owner.map_or_else(Vec::new, |team| {
                crate::people::members(self.cx.spec, self.cx.view, &team)
            });
            let remind_at = LOOK.after(now);
            self.happen(Event::ReviewOverdue { remind_at, whom });
        }
        if !matches!(self.state.phase, Phase::Open) || facts.planned.is_none() {
            return Ok(());
        }
        // Its environment may have left production: then nobody is asked.
        let Ok(assessment) = self.assessment(&facts) else {
            return Ok(());
        };
        let ballot = Ballot::new(&facts, &assessment, self.cx)?;
        let open = ballot.standing(&facts.votes, self.cx);
        let mut whom: Vec<String> = open
            .iter()
            .filter(|s| !s.is_met())
            .flat_map(|s| s.could.clone())
            .collect();
        whom.sort();
        whom.dedup();
        let passed = |after: Millis| after.after(facts.asked_since()) <= now;
        let escalated = open.iter().filter(|s| !s.is_met()).any(|s| {
            let escalate = s.required.escalate.as_ref();
            escalate.is_some_and(|(after, _)| passed(*after))
        });
        if !facts.reminded && assessment.remind.is_some_and(passed) {
            self.happen(Event::Reminded { whom: whom.clone() });
        }
        if !facts.escalated && escalated {
            self.happen(Event::Escalated { whom });
        }
        Ok(())
    }

    /// The assessment and the phase that follow from what was said, when they are others than before.
    fn settle(&mut self) -> Result<(), Refusal> {
        if !self.state.phase.is_pending() {
            return Ok(());
        }
        let facts = self.facts()?;
        let Some(planned) = &facts.planned else {
            return Ok(());
        };
        let Ok(assessment) = self.assessment(&facts) else {
            return Ok(());
        };
        let assessed = recorded(&assessment);
        if facts.assessed.as_ref() != Some(&assessed) {
            self.happen(Event::Assessed { assessed });
        }
        // An emergency is decided by its own approvals; when it ends unused, the no holds again.
        if let Some(no) = &facts.refused
            && assessment.class != ChangeClass::Emergency
        {
            self.happen(Event::Rejected {
                by: no.by.clone(),
                reason: no.reason.clone(),
                subject: no.subject.clone(),
            });
            return Ok(());
        }
        let ballot = Ballot::new(&facts, &assessment, self.cx)?;
        let standing = ballot.standing(&facts.votes, self.cx);
        let unmet: Vec<String> = standing
            .iter()
            .filter(|s| !s.is_met())
            .map(missing)
            .collect();
        let is_authorised = matches!(self.state.phase, Phase::Authorised { .. });
        match (unmet.as_slice(), is_authorised) {
            ([], false) => {
                let because = granted(&standing, &assessment);
                let subject = planned.subject.clone();
                self.happen(Event::Authorised { subject, because });
            }
            ([_, ..], true) => {
                let because = format!("missing now: {}", unmet.join("; "));
                self.happen(Event::Reopened { because });
            }
            _ => {}
        }
        Ok(())
    }

    fn wake(&self) -> Wake {
        let next = |at: Timestamp, because: &str| Wake::Next {
            at,
            on: vec!["config".to_owned(), person::TRIGGER.to_owned()],
            because: because.to_owned(),
        };
        let now = self.cx.now;
        match &self.state.phase {
            Phase::Absent | Phase::Implementing { .. } | Phase::Rejected { .. } => {
                Wake::Rest(Resting::new())
            }
            Phase::Withdrawn { .. } | Phase::Closed { .. } => Wake::Never(Terminal::new()),
            Phase::Reviewing { due, .. } => next(*due, "its review"),
            Phase::Open | Phase::Authorised { .. } => next(
                self.next_look()
                    .unwrap_or_else(|| LOOK.after(now))
                    .min(super::boards::look(self.cx)),
                "people",
            ),
        }
    }

    /// The next instant at which time alone changes something: a yes ends, an emergency ends, somebody is reminded.
    fn next_look(&self) -> Option<Timestamp> {
        let now = self.cx.now;
        let facts = self.state.facts.as_deref()?;
        let assessment = self.assessment(facts).ok();
        let valid = assessment.as_ref().map(|a| a.valid);
        let votes = facts.votes.iter().map(|vote| {
            let shorter = valid.map(|valid| valid.after(vote.at));
            shorter.map_or(vote.until, |at| at.min(vote.until))
        });
        let emergency = match &facts.declared {
            Some(Declared::Emergency { until, .. }) => Some(*until),
            _ => None,
        };
        let remind = assessment.as_ref().and_then(|a| a.remind);
        let demands = assessment.iter().flat_map(|a| &a.required);
        let escalate = demands.filter_map(|d| d.escalate.as_ref().map(|(after, _)| *after));
        let asked = remind.into_iter().chain(escalate);
        votes
            .chain(emergency)
            .chain(asked.map(|after| after.after(facts.asked_since())))
            .chain([LOOK.after(now)])
            .filter(|at| *at > now)
            .min()
    }
}

fn recorded(assessment: &Assessment) -> Assessed {
    Assessed {
        class: assessment.class,
        because: assessment.because.clone(),
        risk: assessment.risk.value,
        band: assessment.risk.band.to_string(),
        needs: assessment
            .required
            .iter()
            .map(ToString::to_string)
            .collect(),
        owed: assessment.owed.iter().map(ToString::to_string).collect(),
    }
}

fn granted(standing: &[Standing], assessment: &Assessment) -> Vec<String> {
    if standing.is_empty() {
        let mut because = vec![format!("class {} needs nobody", assessment.class.as_str())];
        because.extend(assessment.because.iter().cloned());
        return because;
    }
    let line = |s: &Standing| format!("{}: {}", s.required, s.have.join(", "));
    standing.iter().map(line).collect()
}

/// `risk-compliance (0 of 1: asked grace, hugo)`.
fn missing(standing: &Standing) -> String {
    standing.to_string()
}

fn written(what: Needed, text: &str) -> Result<(), Refusal> {
    if !text.trim().is_empty() {
        return Ok(());
    }
    Err(Refusal::Invalid {
        because: format!("an emergency needs its {}", what.as_str().replace('-', " ")),
        help: format!("say it with `--{}`", what.as_str()),
    })
}

fn known(release: &ReleaseId, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let state: Release = cx.view.load(&release.to_string())?;
    if matches!(state.phase, release::Phase::Absent) {
        return Err(Refusal::NotFound {
            what: "release".to_owned(),
            name: release.to_string(),
        });
    }
    Ok(())
}

//! What follows from what was said, and from time alone: the assessment of a change, its phase, and when it is looked at again.

use super::decide::Turn;
use super::vote::Ballot;
use super::{Assessed, Declared, Event, Phase, Told};
use crate::change::{Assessment, Standing};
use crate::decider::{Resting, Terminal, Wake};
use crate::model::track;
use crate::refusal::Refusal;
use crate::spec::ChangeClass;
use crate::stream::person;
use crate::time::{Millis, Timestamp};

/// Between two looks at a change that waits for people; what changes earlier wakes it.
const LOOK: Millis = Millis::minutes(24 * 60);

impl Turn<'_> {
    /// What the clock brings.
    pub(super) fn due(&mut self) -> Result<(), Refusal> {
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
    pub(super) fn settle(&mut self) -> Result<(), Refusal> {
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
        let same = facts.assessed.as_ref();
        if !same.is_some_and(|was| was.says_the_same_as(&assessed)) {
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
                let count = ballot.count(self.cx);
                let moved = facts.votes.iter().filter_map(|v| count.moved(v));
                let because: Vec<String> = moved
                    .chain([format!("missing now: {}", unmet.join("; "))])
                    .collect();
                let because = because.join("; ");
                self.happen(Event::Reopened { because });
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn wake(&self) -> Wake {
        let facts = self.state.facts.as_deref();
        // Its release fires when somebody answers a question about its risk.
        let release = facts.map(|f| format!("release/{}", f.release));
        // So does whatever of the service or its team holds or is taken back: the risk and the class may be others by now.
        let service = facts.map(|f| &f.release.service);
        let owner = service.and_then(|name| self.cx.spec.services.get(name));
        let owner = owner.map(|service| track::trigger_of_team(&service.owner));
        let record: Vec<_> = service
            .map(track::trigger)
            .into_iter()
            .chain(owner)
            .collect();
        let next = |at: Timestamp, because: &str| Wake::Next {
            at,
            on: ["config".to_owned(), person::TRIGGER.to_owned()]
                .into_iter()
                .chain(release.clone())
                .chain(record.clone())
                .collect(),
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
        earned: assessment.earned.clone(),
        told: Some(Box::new(told(assessment))),
    }
}

fn told(assessment: &Assessment) -> Told {
    let facts = assessment.facts.iter();
    Told {
        levels: assessment
            .risk
            .factors
            .iter()
            .map(|f| (f.name, f.level))
            .collect(),
        facts: facts.map(|(k, v)| ((*k).to_owned(), v.clone())).collect(),
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
pub(super) fn missing(standing: &Standing) -> String {
    standing.to_string()
}

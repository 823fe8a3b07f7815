//! What people declare about a change: an emergency and the review that it owes, a stricter class and back.

use super::decide::Turn;
use super::settle::missing;
use super::vote::{self, Ballot};
use super::{Declared, Event, Phase};
use crate::change::{due, emergency};
use crate::decider::Ctx;
use crate::id::{EnvId, ReleaseId};
use crate::refusal::Refusal;
use crate::spec::{ChangeClass, Needed};
use crate::stream::release::{self, Release};
use std::collections::BTreeSet;

impl Turn<'_> {
    pub(super) fn emergency(
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
        let owner = cx.spec.services.get(&self.facts()?.release.service);
        let teams = rule.asked.iter().chain(owner.map(|s| &s.owner));
        let whom: BTreeSet<String> = teams
            .flat_map(|team| crate::people::members(cx.spec, cx.view, team))
            .collect();
        self.happen(Event::Declared {
            declared: Declared::Emergency {
                incident,
                reason,
                root_cause,
                by,
                since: cx.now,
                until,
                review_due,
                whom: whom.into_iter().collect(),
            },
        });
        if no {
            let because = "it is an emergency now, with approvals of its own".to_owned();
            self.happen(Event::Reopened { because });
        }
        Ok(())
    }

    pub(super) fn raise(&mut self, class: ChangeClass, reason: String) -> Result<(), Refusal> {
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
    pub(super) fn lower(&mut self, reason: String) -> Result<(), Refusal> {
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
                needs: String::new(),
            });
        }
        self.happen(Event::Lowered { by, reason });
        Ok(())
    }

    pub(super) fn review(
        &mut self,
        findings: String,
        root_cause: Option<String>,
    ) -> Result<(), Refusal> {
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
                needs: String::new(),
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

//! The state of a change after a fact.

use super::{Change, Declared, Event, Facts, No, Phase, Review, RollbackOwner, Void, Written};
use crate::digest::Digest;
use crate::time::Timestamp;

pub(super) fn evolve(state: &mut Change, at: Timestamp, event: &Event) {
    if let Event::Opened {
        id,
        release,
        environment,
        requesters,
    } = event
    {
        state.facts = Some(Box::new(Facts {
            id: id.clone(),
            release: release.clone(),
            environment: environment.clone(),
            planned: None,
            requesters: requesters.clone(),
            opened_at: at,
            declared: None,
            raised: None,
            refused: None,
            asked_at: None,
            assessed: None,
            votes: Vec::new(),
            documents: std::collections::BTreeMap::new(),
            void: None,
            rollback_owner: None,
            reminded: false,
            escalated: false,
        }));
        state.phase = Phase::Open;
        return;
    }
    if let Some(facts) = &mut state.facts {
        said(facts, at, event);
    }
    let phase = std::mem::take(&mut state.phase);
    state.phase = next(phase, at, event);
}

fn said(facts: &mut Facts, at: Timestamp, event: &Event) {
    match event {
        Event::Planned {
            planned,
            requesters,
            differs,
            void,
        } => {
            if !void.is_empty() {
                facts.void = Some(Void {
                    people: void.clone(),
                    differs: differs.clone(),
                    at,
                });
            }
            for account in requesters {
                if !facts.requesters.contains(account) {
                    facts.requesters.push(account.clone());
                }
            }
            let same = facts
                .planned
                .as_ref()
                .is_some_and(|p| p.subject == planned.subject);
            if !same {
                asked_anew(facts, at);
                facts.refused = None;
            }
            facts.votes.retain(|vote| vote.subject == planned.subject);
            facts.planned = Some(planned.clone());
        }
        Event::Assessed { assessed } => facts.assessed = Some(assessed.clone()),
        Event::Declared { declared } => match declared {
            Declared::Raised { .. } => facts.raised = Some(declared.clone()),
            Declared::Emergency { by, .. } => {
                // Whoever declares an emergency asks for fewer people, and is none of them.
                if !facts.requesters.contains(by) {
                    facts.requesters.push(by.clone());
                }
                facts.declared = Some(declared.clone());
                asked_anew(facts, at);
            }
        },
        Event::Lowered { .. } => facts.raised = None,
        Event::Approved { vote } => {
            facts.refused.take_if(|no| no.by == vote.person);
            facts.votes.push(vote.clone());
        }
        Event::Rejected {
            by,
            reason,
            subject,
        } => {
            facts.refused = Some(No {
                by: by.clone(),
                reason: reason.clone(),
                subject: subject.clone(),
            });
        }
        Event::Written { document, text, by } => {
            let before = facts.documents.get(document);
            let written = Written {
                version: before.map_or(0, |w| w.version) + 1,
                subject: facts.planned.as_ref().map(|p| p.subject.clone()),
                digest: Digest::of(text.as_bytes()),
                text: text.clone(),
                by: by.clone(),
                at,
            };
            facts.documents.insert(*document, written);
        }
        Event::RollbackOwned { person, team, .. } => {
            facts.rollback_owner = Some(RollbackOwner {
                person: person.clone(),
                team: team.clone(),
                at,
            });
        }
        Event::Reminded { .. } => facts.reminded = true,
        Event::Escalated { .. } => facts.escalated = true,
        _ => {}
    }
}

/// What is waited for people begins again: others are asked, or about something else.
fn asked_anew(facts: &mut Facts, at: Timestamp) {
    facts.asked_at = Some(at);
    facts.reminded = false;
    facts.escalated = false;
}

fn next(phase: Phase, at: Timestamp, event: &Event) -> Phase {
    match (phase, event) {
        (_, Event::Authorised { .. }) => Phase::Authorised { at },
        (_, Event::Reopened { .. }) => Phase::Open,
        (_, Event::Rejected { by, reason, .. }) => Phase::Rejected {
            by: by.clone(),
            reason: reason.clone(),
            at,
        },
        (_, Event::Withdrawn { because }) => Phase::Withdrawn {
            because: because.clone(),
            at,
        },
        (_, Event::Started { .. }) => Phase::Implementing { at },
        (_, Event::Implemented { result, review_due }) => match review_due {
            Some(due) => Phase::Reviewing {
                result: *result,
                at,
                due: *due,
                overdue: 0,
            },
            None => Phase::Closed {
                result: *result,
                at,
                review: None,
            },
        },
        (
            Phase::Reviewing {
                result,
                at,
                overdue,
                ..
            },
            Event::ReviewOverdue { remind_at, .. },
        ) => Phase::Reviewing {
            result,
            at,
            due: *remind_at,
            overdue: overdue + 1,
        },
        (
            Phase::Reviewing { result, .. },
            Event::Reviewed {
                by,
                findings,
                root_cause,
            },
        ) => Phase::Closed {
            result,
            at,
            review: Some(Review {
                by: by.clone(),
                findings: findings.clone(),
                root_cause: root_cause.clone(),
            }),
        },
        (phase, _) => phase,
    }
}

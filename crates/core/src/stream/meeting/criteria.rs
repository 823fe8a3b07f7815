//! The criteria of a sitting: from when on they stay as they are, who may take over others, and what people say of them.
//!
//! How each stands is worked out in `crate::change::criteria`; what was agreed and said is kept here.

use super::decide::Turn;
use super::panel::Panel;
use super::{Event, Facts, Item, Meeting, MeetingId, Outcome, Phase};
use crate::change::ChangeId;
use crate::change::criteria::{Answer, Criteria, Read, Reading, changed, digest, readings};
use crate::command::Command as Any;
use crate::gate::Asked;
use crate::id::Name;
use crate::people;
use crate::refusal::Refusal;
use crate::spec::{Board, Origins, Proof, Spec};
use crate::stream::change::Change;
use crate::stream::deployment::Deployment;
use crate::time::Timestamp;
use crate::view::View;
use serde::{Deserialize, Serialize};

/// Sittings ahead among which those are looked for whose criteria stay as they are.
const LOOKED_AT: usize = 16;

/// The criteria of a sitting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "criteria", rename_all = "kebab-case")]
pub enum Kept {
    /// Those that its board has in the configuration in force.
    #[default]
    Following,
    /// These, whatever the configuration says by now.
    Frozen {
        /// Since.
        at: Timestamp,
        /// They.
        list: Criteria,
        /// Who took over others after that, and why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        changed: Option<Taken>,
    },
}

/// Criteria that were taken over after they had been frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// Who did.
    pub by: String,
    /// Why.
    pub reason: String,
    /// What they changed, one line each.
    pub differs: Vec<String>,
    /// When.
    pub at: Timestamp,
}

impl Kept {
    /// Do they follow the configuration?
    #[must_use]
    pub fn is_following(&self) -> bool {
        *self == Self::Following
    }
}

impl Facts {
    /// The criteria of this sitting: those it keeps, else those its board has now.
    #[must_use]
    pub fn criteria(&self, board: Option<&Board>) -> Criteria {
        match &self.criteria {
            Kept::Following => board.map(|b| b.criteria.clone()).unwrap_or_default(),
            Kept::Frozen { list, .. } => list.clone(),
        }
    }

    /// What the configuration says otherwise than the criteria that are kept.
    #[must_use]
    pub fn differs(&self, board: Option<&Board>) -> Vec<String> {
        match (&self.criteria, board) {
            (Kept::Frozen { list, .. }, Some(board)) => changed(list, &board.criteria),
            _ => Vec::new(),
        }
    }
}

/// How the criteria of an item stand.
///
/// # Errors
/// A stored state that cannot be read, or nothing is planned any more.
pub fn read(
    facts: &Facts,
    item: &Item,
    (spec, origins, view): (&Spec, &Origins, &dyn View),
    now: Timestamp,
) -> Result<Vec<Reading>, Refusal> {
    let board = &facts.id.board;
    let criteria = facts.criteria(spec.boards.get(board));
    if criteria.is_empty() {
        return Ok(Vec::new());
    }
    let panel = Panel::of(board, &item.topic, spec, view, now)?;
    let change: Change = view.load(item.topic.change.as_str())?;
    let planned = change.facts.as_deref().and_then(|f| f.planned.as_ref());
    let planned = planned.ok_or_else(|| Refusal::NotFound {
        what: "plan".to_owned(),
        name: item.topic.change.to_string(),
    })?;
    let deployment: Deployment = view.load(planned.deployment.as_str())?;
    let of = deployment.facts.as_deref();
    let request = of.map(|f| f.request.clone()).unwrap_or_default();
    let asked = Asked {
        now,
        present: now,
        plan: &planned.body,
        purpose: planned.purpose,
        deployment: Some(&planned.deployment),
        request: &request,
        expected: of.and_then(|f| f.plan.envelope.expected.as_ref()),
        spec,
        origins,
        view,
    };
    let barred = |who: &str| panel.part_of(who);
    Ok(readings(
        &criteria,
        &Read {
            asked: &asked,
            change: Some(&change),
            answers: &item.answers,
            barred: &barred,
        },
    ))
}

/// Before another configuration comes into force: sittings whose criteria stay as they are keep those they have.
pub(crate) fn keep(spec: &Spec, view: &dyn View, now: Timestamp) -> Vec<Any> {
    let mut found = Vec::new();
    for (name, board) in spec.boards.iter().filter(|(_, b)| !b.criteria.is_empty()) {
        // A board that cannot be read meets nowhere; its gate says so.
        let ahead = board.sittings(spec, now, LOOKED_AT).unwrap_or_default();
        for (day, sitting) in ahead {
            if sitting.criteria_freeze.is_none_or(|at| at > now) {
                break;
            }
            let id = MeetingId::new(name.clone(), day);
            let known: Option<Meeting> = view.load(&id.key()).ok();
            let facts = known.as_ref().and_then(|m| m.facts.as_deref());
            if facts.is_some_and(|f| f.criteria != Kept::Following) {
                continue;
            }
            found.push(Any::Meeting {
                id,
                command: super::Command::Keep {
                    criteria: board.criteria.clone(),
                },
            });
        }
    }
    found
}

impl Turn<'_, '_> {
    /// From their instant on criteria stay as they are.
    pub(super) fn freeze(&mut self) {
        let Some(facts) = self.facts() else { return };
        let now = self.cx.now;
        let due = facts.sitting.criteria_freeze.is_some_and(|at| at <= now);
        if !due || facts.criteria != Kept::Following {
            return;
        }
        let criteria = facts.criteria(self.board());
        if !criteria.is_empty() {
            self.happen(Event::CriteriaFrozen { criteria });
        }
    }

    /// Another configuration comes into force: the sitting keeps the criteria it has.
    pub(super) fn keep(&mut self, criteria: Criteria) -> Result<(), Refusal> {
        if matches!(self.state.phase, Phase::Absent) {
            self.call()?;
        }
        let following = self.facts().is_some_and(|f| f.criteria == Kept::Following);
        if following && !criteria.is_empty() {
            self.happen(Event::CriteriaFrozen { criteria });
        }
        Ok(())
    }

    /// Whoever leads the board takes over what the configuration says by now. Every vote was for the criteria before.
    pub(super) fn adopt(&mut self, reason: String) -> Result<(), Refusal> {
        let by = people::deciding(self.cx.view, self.cx.actor).unwrap_or_default();
        let leaders = self.leaders();
        if !leaders.contains(&by) {
            return Err(Refusal::OthersDecide {
                actor: self.cx.actor.name.clone(),
                action: format!("change the criteria of {}", self.id),
                because: "those who lead the board do".to_owned(),
                who: leaders.join(", "),
            });
        }
        let board = self.board();
        let Some(facts) = self.facts() else {
            return Ok(());
        };
        let differs = facts.differs(board);
        if differs.is_empty() {
            let because = match facts.criteria {
                Kept::Following => {
                    format!("the criteria of {} still follow the configuration", self.id)
                }
                Kept::Frozen { .. } => {
                    format!("the configuration has the same criteria as {}", self.id)
                }
            };
            return Err(Refusal::Invalid {
                because,
                help: "change `criteria` of the board and apply it first".to_owned(),
            });
        }
        let open =
            |item: &Item| matches!(item.outcome, Outcome::Undecided | Outcome::Decided { .. });
        let asked_again = self.items(open);
        let asked_again: Vec<ChangeId> = asked_again
            .into_iter()
            .filter(|change| self.is_pending(change))
            .collect();
        let criteria = board.map(|b| b.criteria.clone()).unwrap_or_default();
        self.happen(Event::CriteriaChanged {
            criteria,
            by,
            reason,
            differs,
            void: asked_again.clone(),
        });
        if matches!(self.state.phase, Phase::Closed { .. }) {
            for change in asked_again {
                self.move_on(&change, "its criteria were changed".to_owned());
            }
        }
        Ok(())
    }

    fn is_pending(&self, change: &ChangeId) -> bool {
        let found = self.cx.view.load::<Change>(change.as_str());
        found.is_ok_and(|change| change.phase.is_pending())
    }

    /// A member of the team that is asked says whether a criterion holds.
    pub(super) fn attest(
        &mut self,
        change: &ChangeId,
        (criterion, met, evidence): (&Name, bool, String),
        subject: &crate::digest::Digest,
    ) -> Result<(), Refusal> {
        let person = self.person("answer about")?;
        let item = self.item(change)?.clone();
        if let Outcome::Moved { .. } | Outcome::Dropped { .. } = item.outcome {
            self.undecided_item(change)?;
        }
        if *subject != item.topic.subject {
            return Err(self.outdated(subject, &item.topic.subject));
        }
        let criteria = self.facts().map(|f| f.criteria(self.board()));
        let criteria = criteria.unwrap_or_default();
        let team = match criteria.get(criterion).map(|c| &c.proof) {
            Some(Proof::Answer { team, .. }) => team.clone(),
            Some(proof) => {
                return Err(Refusal::Invalid {
                    because: format!("{criterion} is shown by {proof}, not by an answer"),
                    help: format!(
                        "`tidegate board agenda {}` shows how it stands",
                        self.id.board
                    ),
                });
            }
            None => {
                let names: Vec<&str> = criteria.keys().map(Name::as_str).collect();
                return Err(Refusal::Invalid {
                    because: format!("{} has no criterion `{criterion}`", self.id),
                    help: match names.as_slice() {
                        [] => "it has none".to_owned(),
                        names => format!("it has {}", names.join(", ")),
                    },
                });
            }
        };
        let panel = self.panel(&item)?;
        let members = people::members(self.cx.spec, self.cx.view, &team);
        let free = |who: &String| panel.part_of(who).is_none();
        let could: Vec<String> = members.iter().filter(|who| free(who)).cloned().collect();
        let because = match panel.part_of(&person) {
            Some(part) => Some(format!(
                "{person} has a part in {} ({part})",
                item.topic.release
            )),
            None if !members.contains(&person) => Some(format!("{team} answers {criterion}")),
            None => None,
        };
        if let Some(because) = because {
            return Err(self.refused("answer about", change, because, &could.join(", ")));
        }
        let answer = Answer {
            met,
            person,
            account: self.cx.actor.name.clone(),
            team,
            evidence,
            subject: subject.clone(),
            at: self.cx.now,
        };
        self.happen(Event::CriterionAnswered {
            change: change.clone(),
            criterion: criterion.clone(),
            answer,
        });
        Ok(())
    }

    /// A vote is for the plan and the criteria that were looked at.
    pub(super) fn same_criteria(
        &self,
        named: Option<&crate::digest::Digest>,
    ) -> Result<(), Refusal> {
        let now = self.facts().and_then(|f| digest(&f.criteria(self.board())));
        match (now, named) {
            (None, None) => Ok(()),
            (Some(now), Some(named)) if now == *named => Ok(()),
            (Some(now), Some(named)) => Err(Refusal::Outdated {
                what: format!(
                    "the criteria sha256:{}, which are now sha256:{}",
                    named.short(8),
                    now.short(8)
                ),
            }),
            (None, Some(named)) => Err(Refusal::Outdated {
                what: format!(
                    "the criteria sha256:{}, and there are none any more",
                    named.short(8)
                ),
            }),
            (Some(_), None) => Err(Refusal::Invalid {
                because: format!(
                    "this vote does not say which criteria of {} it is for",
                    self.id
                ),
                help: "send `criteria` of the sitting, as its agenda shows it".to_owned(),
            }),
        }
    }

    /// How the criteria of an item stand, for the record.
    pub(super) fn readings(&self, item: &Item) -> Vec<Reading> {
        let (cx, facts) = (self.cx, self.facts());
        let seen = (cx.spec, cx.origins, cx.view);
        // What cannot be read is said by the gate, which blocks.
        facts
            .and_then(|facts| read(facts, item, seen, cx.now).ok())
            .unwrap_or_default()
    }
}

//! The agent's own say: with a trust file it does nothing in an environment unless enough people of that file signed exactly the
//! plan to which the work belongs.
//!
//! The server only brings the plan and the votes; it is believed in nothing. What was let in is on disk before anything starts,
//! so that the way back and the clearing up of a plan need no votes that may have ended by then, one change serves one
//! deployment, and a return goes only to what was let in before.

mod memory;

use crate::error::Error;
use crate::run::Shared;
use memory::{Memory, Plan, Used};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::mandate::{Signed, Trust, granted};
use tidegate_core::plan::{PlanBody, Revision};
use tidegate_core::time::Timestamp;
use tidegate_plugin::wire::Mandate;
use tidegate_plugin::{Action, ActionKind};
use tidegate_policy::signature::is_genuine;

/// Why work is not begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// It is not allowed.
    Refused(String),
    /// It could not be told.
    Unknown(String),
}

/// A trust file in force, and what was let in under it.
#[derive(Debug)]
pub struct Guard {
    trust: Trust,
    file: PathBuf,
    memory: Mutex<Memory>,
}

impl Guard {
    /// From the text of a trust file; what was let in before is kept in `root`.
    ///
    /// # Errors
    /// [`Error::Setting`] naming every mistake in the file, or a record that cannot be read: without it, used votes could not
    /// be told from new ones.
    pub fn open(text: &str, root: &Path) -> Result<Self, Error> {
        let refuse = |reason: String| Error::Setting {
            setting: "trust",
            reason,
        };
        let trust: Trust = serde_json::from_str(text).map_err(|e| refuse(e.to_string()))?;
        let mistakes = trust.mistakes();
        if !mistakes.is_empty() {
            return Err(refuse(mistakes.join("; ")));
        }
        let file = root.join("admitted.json");
        let memory = memory::read(&file).map_err(|e| refuse(format!("{}: {e}", file.display())))?;
        Ok(Self {
            trust,
            file,
            memory: Mutex::new(memory),
        })
    }

    /// May this work begin? What lets it in is on disk when this returns.
    ///
    /// # Errors
    /// Why not.
    pub async fn admit(
        &self,
        shared: &Shared,
        action: &Action,
        now: Timestamp,
    ) -> Result<(), Held> {
        let asks = self
            .trust
            .environments
            .iter()
            .find(|(env, _)| env.as_str() == action.environment);
        match asks {
            None => {
                return Err(Held::Refused(format!(
                    "its trust file says nothing about {}",
                    action.environment
                )));
            }
            Some((_, rule)) if rule.approvals.is_empty() => return Ok(()),
            Some(_) => {}
        }
        let path = shared.path(&format!("mandates/{}", action.deployment));
        let mandate: Mandate = shared.client.get(&path).await.map_err(|e| {
            Held::Unknown(format!(
                "plan and votes of {} did not come: {e}",
                action.deployment
            ))
        })?;
        self.judge(action, &mandate, now)
    }

    fn judge(&self, action: &Action, mandate: &Mandate, now: Timestamp) -> Result<(), Held> {
        let plan = plan_of(action, mandate).map_err(Held::Refused)?;
        let digest = plan.digest().map_err(|e| Held::Unknown(e.to_string()))?;
        let votes: Vec<Signed<'_>> = mandate
            .votes
            .iter()
            .map(|vote| Signed {
                statement: &vote.statement,
                value: &vote.value,
            })
            .collect();
        let place = format!("{}/{}", action.environment, action.service);
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = memory.plans.get(&place);
        let same = |had: &Plan| had.digest == digest && had.generation == action.generation;
        if newest.is_some_and(same) {
            return Ok(());
        }
        if newest.is_some_and(|had| action.generation <= had.generation) {
            return Err(Held::Refused(format!(
                "generation {} of {place} was used for another plan",
                action.generation
            )));
        }
        let sides = sides(&plan).map_err(Held::Unknown)?;
        let granted = match granted(&self.trust, &plan, &votes, (now, &is_genuine)) {
            Ok(granted) => Some(granted),
            Err(_) if memory.is_return(&place, &sides) => None,
            Err(because) => return Err(Held::Refused(because)),
        };
        let used = granted.map(|granted| {
            let used = Used {
                deployment: action.deployment.clone(),
                generation: action.generation,
                until: granted.until,
            };
            (granted.change, used)
        });
        // A server may call another deployment by the same name, so the generation must be the same as well.
        if let Some((change, _)) = &used
            && let Some(before) = memory.used.get(change)
        {
            return Err(Held::Refused(format!(
                "the votes of {change} were used for generation {} of {place}, {}",
                before.generation, before.deployment
            )));
        }
        let mut next = memory.clone();
        next.used.retain(|_, used| now < used.until);
        let plan = Plan {
            digest,
            generation: action.generation,
        };
        next.admit(place, plan, sides, used);
        memory::write(&self.file, &next).map_err(|e| {
            Held::Unknown(format!("{} cannot be written: {e}", self.file.display()))
        })?;
        *memory = next;
        Ok(())
    }
}

/// The plan, which must be of this place and have this very work as one of its steps.
fn plan_of(action: &Action, mandate: &Mandate) -> Result<PlanBody, String> {
    let plan: PlanBody =
        serde_json::from_str(&mandate.plan).map_err(|e| format!("what came is no plan: {e}"))?;
    if plan.environment.as_str() != action.environment || plan.service.as_str() != action.service {
        return Err(format!(
            "the plan that came is for {} in {}",
            plan.service, plan.environment
        ));
    }
    let is_step = plan
        .tasks()
        .any(|task| ActionKind::of(&task) == action.kind);
    if is_step {
        Ok(plan)
    } else {
        Err("it is no step of the plan that came with it".to_owned())
    }
}

/// What would run: the new revision first, then what it replaces.
fn sides(plan: &PlanBody) -> Result<Vec<Digest>, String> {
    let digest = |revision: &Revision| {
        let text = canonical(revision).map_err(|e| e.to_string())?;
        Ok(Digest::of(text.as_bytes()))
    };
    std::iter::once(&plan.to)
        .chain(&plan.from)
        .chain(&plan.retire)
        .map(digest)
        .collect()
}

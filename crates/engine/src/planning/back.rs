//! The way back that a person asks for: the undo steps of what is under way, or a plan to an earlier revision.

use super::TRIES;
use super::ground::make;
use crate::inbox::Receipt;
use crate::{Denied, Engine, Shared};
use std::collections::BTreeSet;
use tidegate_core::actor::Actor;
use tidegate_core::command::Command;
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::gate::Purpose;
use tidegate_core::id::{CommandId, EnvId, ServiceId, Version};
use tidegate_core::model::lane::{Lane, LiveStage, Running};
use tidegate_core::plan::Plan;
use tidegate_core::queue::Request;
use tidegate_core::refusal::Refusal;
use tidegate_core::step::Item;
use tidegate_core::stream::deployment;
use tidegate_core::stream::release::Release;
use tidegate_core::view::View;

impl Engine {
    /// Return to an earlier revision. A deployment that is under way or still watched is taken back by its own undo
    /// steps; otherwise a new deployment returns to `to`, by default to what ran before.
    ///
    /// # Errors
    /// The typed "no", or why it could not be written.
    pub fn roll_back(
        &self,
        who: &Actor,
        id: CommandId,
        (service, environment): (&ServiceId, &EnvId),
        to: Option<&Version>,
        reason: &str,
    ) -> Result<Receipt, Denied> {
        self.shared
            .roll_back(who, id, (service, environment), to, reason)
    }

    /// The plan of a return, without making it. `None` when it would abort the deployment under way.
    ///
    /// # Errors
    /// The typed "no" that `roll_back` would give.
    pub fn preview_return(
        &self,
        service: &ServiceId,
        environment: &EnvId,
        to: Option<&Version>,
    ) -> Result<Option<Plan>, Denied> {
        match self.shared.way_back(service, environment, to)? {
            WayBack::Abort(_) => Ok(None),
            WayBack::Plan(plan) => Ok(Some(*plan)),
        }
    }
}

enum WayBack {
    Abort(tidegate_core::id::DeploymentId),
    Plan(Box<Plan>),
}

impl Shared {
    fn roll_back(
        &self,
        who: &Actor,
        id: CommandId,
        (service, environment): (&ServiceId, &EnvId),
        to: Option<&Version>,
        reason: &str,
    ) -> Result<Receipt, Denied> {
        let asked = ("rollback", service, environment, to, reason);
        let fingerprint = Digest::of(canonical(&asked).unwrap_or_default().as_bytes());
        if let Some(receipt) = self.replayed(&id, &fingerprint)? {
            return Ok(receipt);
        }
        let mut tries = 0;
        loop {
            let item = match self.way_back(service, environment, to)? {
                WayBack::Abort(deployment) => {
                    let command = deployment::Command::Abort {
                        reason: reason.to_owned(),
                    };
                    Item {
                        id: id.clone(),
                        actor: who.clone(),
                        command: Command::Deployment {
                            id: deployment,
                            command,
                        },
                    }
                }
                WayBack::Plan(plan) => {
                    let asked = (reason, &Request::PLAIN);
                    self.proposal(who, &id, *plan, Purpose::Rollback, asked)
                }
            };
            match self.submit(item, fingerprint.clone()) {
                Err(Denied::Refused(Refusal::ParentMoved { .. } | Refusal::NotNow { .. }))
                    if tries < TRIES =>
                {
                    tries += 1
                }
                answer => return answer,
            }
        }
    }

    fn way_back(
        &self,
        service: &ServiceId,
        environment: &EnvId,
        to: Option<&Version>,
    ) -> Result<WayBack, Denied> {
        let in_force = self.in_force.get();
        let resolved =
            in_force
                .spec
                .resolve(service, environment)
                .map_err(|e| Refusal::Invalid {
                    because: e.to_string(),
                    help: "`tidegate env list` and `tidegate config show` name those there are"
                        .to_owned(),
                })?;
        let (lane, held) = self.read_view(|view| {
            let lane = view.lane(environment, service);
            let held = held_of(&lane, view)?;
            Ok((lane, held))
        })?;
        if to.is_none()
            && let Some(live) = &lane.live
            && live.stage != LiveStage::Gated
        {
            return Ok(WayBack::Abort(live.deployment.clone()));
        }
        let target = target(service, environment, to, &lane, &held)?;
        let digest = in_force.digest.as_ref();
        let plan = make(
            target.revision.clone(),
            &resolved,
            digest,
            (Purpose::Rollback, false, None),
            &lane,
        )?;
        Ok(WayBack::Plan(Box::new(plan)))
    }
}

/// The revision that a return goes to: the one asked for, else the newest earlier one that is not held.
fn target<'a>(
    service: &ServiceId,
    environment: &EnvId,
    to: Option<&Version>,
    lane: &'a Lane,
    held: &BTreeSet<String>,
) -> Result<&'a Running, Refusal> {
    let free = |r: &&Running| !held.contains(&r.revision.key);
    let asked = |r: &&Running| to.is_none_or(|v| r.revision.release.version == *v);
    let found = match to {
        Some(_) => lane.before.iter().filter(asked).find(free),
        None => lane.earlier().find(free),
    };
    if let Some(found) = found {
        return Ok(found);
    }
    let kept_back = match to {
        Some(_) => lane.before.iter().find(asked),
        None => lane.previous(),
    };
    if let Some(kept_back) = kept_back {
        let release = &kept_back.revision.release;
        let because = match to {
            Some(_) => format!("{release} is held"),
            None => format!(
                "everything that ran earlier for {service} in {environment} is held, {release} among it"
            ),
        };
        return Err(Refusal::Invalid {
            because,
            help: format!(
                "deploy another version, or first `tidegate release unhold {release} --reason \"...\"`"
            ),
        });
    }
    let known: Vec<String> = lane
        .before
        .iter()
        .map(|r| r.revision.release.version.to_string())
        .collect();
    Err(Refusal::Invalid {
        because: match to {
            Some(version) => {
                format!("{service} {version} never ran successfully in {environment}")
            }
            None => format!("nothing earlier of {service} is on record in {environment}"),
        },
        help: if known.is_empty() {
            "deploy a good version instead".to_owned()
        } else {
            format!("on record are {}", known.join(", "))
        },
    })
}

/// Keys of the revisions on record in a lane that are held: a return does not choose them by itself.
fn held_of(lane: &Lane, view: &dyn View) -> Result<BTreeSet<String>, Refusal> {
    let mut held = BTreeSet::new();
    for Running { revision, .. } in &lane.before {
        let release = view.load::<Release>(&revision.release.to_string())?;
        if release.held(&revision.key).is_some() {
            held.insert(revision.key.clone());
        }
    }
    Ok(held)
}

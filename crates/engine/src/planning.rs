//! Plans are made outside the lock on a snapshot, then proposed; the parent rule refuses a plan whose ground has moved.

use crate::inbox::Receipt;
use crate::{Denied, Engine, Shared};
use std::collections::BTreeSet;
use tidegate_core::actor::Actor;
use tidegate_core::command::Command;
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::gate::{self, Asked, GateReport, Purpose};
use tidegate_core::id::{CommandId, EnvId, ReleaseId, ServiceId, Version};
use tidegate_core::model::lane::{Lane, LiveStage, Running};
use tidegate_core::plan::{self, NoPlan, Plan, Revision, Wanted};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Resolved;
use tidegate_core::step::Item;
use tidegate_core::stream::artifact::Artifact;
use tidegate_core::stream::deployment;
use tidegate_core::stream::release::{Phase, Release};
use tidegate_core::time::Timestamp;
use tidegate_core::view::View;
use tidegate_ledger::{Rows, StoreError, TxView};

/// Plans made again when the ground moved meanwhile.
const TRIES: usize = 5;

/// What shall be deployed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Deploy {
    /// Release.
    pub release: ReleaseId,
    /// Where.
    pub environment: EnvId,
    /// Why.
    pub purpose: Purpose,
    /// Reason given.
    pub reason: String,
    /// Also when the same revision runs already.
    pub again: bool,
}

/// What a deployment would be, without making it.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The plan.
    pub plan: Plan,
    /// Every gate's answer.
    pub reports: Vec<GateReport>,
}

impl Engine {
    /// Plan and propose. The same id gives the same deployment, also when the plan had to be made again.
    ///
    /// # Errors
    /// The typed "no", or why it could not be written.
    pub fn deploy(&self, who: &Actor, id: CommandId, ask: &Deploy) -> Result<Receipt, Denied> {
        self.shared.deploy(who, id, ask)
    }

    /// Plan and ask the gates; changes nothing. `at` asks as of another instant, now when absent.
    ///
    /// # Errors
    /// The typed "no" that `deploy` would give.
    pub fn preview(&self, ask: &Deploy, at: Option<Timestamp>) -> Result<Preview, Denied> {
        let shared = &self.shared;
        let in_force = shared.in_force.get();
        let planned = shared.plan(ask)?;
        let now = at.unwrap_or_else(|| shared.clock.now());
        let reports = shared.store.read_with(|rows| {
            let view = TxView::new(rows);
            let reports = gate::evaluate(&Asked {
                now,
                plan: &planned.body,
                purpose: ask.purpose,
                deployment: None,
                spec: &in_force.spec,
                origins: &in_force.origins,
                view: &view,
            });
            view.finish()?;
            Ok(reports)
        })?;
        Ok(Preview {
            plan: planned,
            reports,
        })
    }

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
    pub(crate) fn deploy(
        &self,
        who: &Actor,
        id: CommandId,
        ask: &Deploy,
    ) -> Result<Receipt, Denied> {
        // The fingerprint is over what was asked: a plan made again for a repeated command may differ.
        let fingerprint = Digest::of(canonical(ask).unwrap_or_default().as_bytes());
        if let Some(receipt) = self.replayed(&id, &fingerprint)? {
            return Ok(receipt);
        }
        let mut tries = 0;
        loop {
            let plan = self.plan(ask)?;
            let item = self.proposal(who, &id, plan, ask.purpose, &ask.reason);
            match self.submit(item, fingerprint.clone()) {
                Err(Denied::Refused(Refusal::ParentMoved { .. })) if tries < TRIES => tries += 1,
                answer => return answer,
            }
        }
    }

    fn proposal(
        &self,
        who: &Actor,
        id: &CommandId,
        plan: Plan,
        purpose: Purpose,
        reason: &str,
    ) -> Item {
        let command = deployment::Command::Propose {
            plan: Box::new(plan),
            purpose,
            reason: reason.to_owned(),
        };
        Item {
            id: id.clone(),
            actor: who.clone(),
            command: Command::Propose { command },
        }
    }

    fn replayed(&self, id: &CommandId, fingerprint: &Digest) -> Result<Option<Receipt>, Denied> {
        let Some(reply) = self.store.read_with(|rows| rows.reply(id))? else {
            return Ok(None);
        };
        if reply.fingerprint != *fingerprint {
            return Err(Denied::KeyReused);
        }
        let mut receipt: Receipt =
            serde_json::from_str(&reply.outcome).map_err(|e| StoreError::BadRow {
                what: "a kept answer".to_owned(),
                because: e.to_string(),
            })?;
        receipt.seq = reply.seq;
        receipt.replayed = true;
        Ok(Some(receipt))
    }

    pub(crate) fn plan(&self, ask: &Deploy) -> Result<Plan, Denied> {
        let in_force = self.in_force.get();
        let resolved = in_force
            .spec
            .resolve(&ask.release.service, &ask.environment)
            .map_err(|e| Refusal::Invalid {
                because: e.to_string(),
                help: "tidegate config show".to_owned(),
            })?;
        let (release, artifact, lane) = self.read_view(|view| {
            Ok((
                view.load::<Release>(&ask.release.to_string())?,
                view.load::<Artifact>(&ask.release.to_string())?,
                view.lane(&ask.environment, &ask.release.service),
            ))
        })?;
        match &release.phase {
            Phase::Absent => {
                return Err(Refusal::NotFound {
                    what: "release".to_owned(),
                    name: ask.release.to_string(),
                }
                .into());
            }
            Phase::Cancelled { because } => {
                return Err(Refusal::Invalid {
                    because: format!("{} was cancelled: {because}", ask.release),
                    help: "register and release a new version".to_owned(),
                }
                .into());
            }
            _ => {}
        }
        let to =
            Revision::of(&ask.release, &artifact, &resolved).ok_or_else(|| Refusal::Invalid {
                because: format!(
                    "{} has no `run:`, so there is nothing to start",
                    ask.release.service
                ),
                help: "give the service `run: { command: …, port: … }`".to_owned(),
            })?;
        make(
            to,
            &resolved,
            in_force.digest.as_ref(),
            ask.purpose,
            ask.again,
            &lane,
        )
    }

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
                WayBack::Plan(plan) => self.proposal(who, &id, *plan, Purpose::Rollback, reason),
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
                    help: "tidegate config show".to_owned(),
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
            Purpose::Rollback,
            false,
            &lane,
        )?;
        Ok(WayBack::Plan(Box::new(plan)))
    }

    /// Read streams and models of one snapshot as deciders see them.
    pub(crate) fn read_view<R>(
        &self,
        mut f: impl FnMut(&dyn View) -> Result<R, Refusal>,
    ) -> Result<R, Denied> {
        let read = self.store.read_with(|rows: &dyn Rows| {
            let view = TxView::new(rows);
            let answer = f(&view);
            view.finish()?;
            Ok(answer)
        })?;
        Ok(read?)
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

fn make(
    to: Revision,
    resolved: &Resolved<'_>,
    spec: Option<&Digest>,
    purpose: Purpose,
    again: bool,
    lane: &Lane,
) -> Result<Plan, Denied> {
    let spec = spec.cloned().unwrap_or_else(|| Digest::of(b""));
    let wanted = Wanted {
        to,
        resolved,
        spec,
        purpose,
        again,
    };
    plan::plan(&wanted, lane).map_err(|no| {
        let help = match &no {
            NoPlan::RunsAlready(_) => "`--again` deploys it once more".to_owned(),
            NoPlan::TooLarge(_) => "use larger batches".to_owned(),
            NoPlan::Unwritable(_) => "please report this".to_owned(),
        };
        Refusal::Invalid {
            because: no.to_string(),
            help,
        }
        .into()
    })
}

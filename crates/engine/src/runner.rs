//! The planner runner: moves releases whose promotion is under way to their next environment, and starts trains.
//!
//! It holds no state: after a restart it reads which promotions are under way and goes on.

use crate::{Denied, Deploy, Shared};
use std::time::Duration;
use tidegate_core::actor::Actor;
use tidegate_core::command::Command;
use tidegate_core::gate::{GateId, Purpose};
use tidegate_core::id::{CommandId, EnvId, ReleaseId};
use tidegate_core::model::listing;
use tidegate_core::queue::Request;
use tidegate_core::refusal::Refusal;
use tidegate_core::step::Item;
use tidegate_core::stream::release::{self, Release};
use tidegate_core::view::View;
use tidegate_ledger::TxView;

/// Promotions looked at in one round.
const ROUND: usize = 1_000;

pub(crate) fn run(shared: &Shared) {
    while !shared.stopping() {
        let seen = shared.hub.releases();
        let retry = match crate::trains::start(shared).and_then(|a| Ok(round(shared)? | a)) {
            Ok(retry) => retry,
            Err(error) => {
                tracing::warn!(%error, "promotions could not be looked at; again in a second");
                true
            }
        };
        let patience = if retry {
            Duration::from_secs(1)
        } else {
            Duration::from_secs(60)
        };
        shared.hub.wait_releases(seen, patience);
    }
}

/// One look at every promotion under way. True when something could not be proposed and is tried again soon.
pub(crate) fn round(shared: &Shared) -> Result<bool, Denied> {
    let in_force = shared.in_force.get();
    let next: Vec<(ReleaseId, EnvId, u64, (String, Request))> = shared.store.read_with(|rows| {
        let view = TxView::new(rows);
        let mut next = Vec::new();
        for (key, _) in rows.scan(listing::MOVING, "", None, ROUND, false)? {
            let Ok(id) = key.parse::<ReleaseId>() else {
                continue;
            };
            let Ok(release) = (&view as &dyn View).load::<Release>(&key) else {
                continue;
            };
            if let Some(stop) = release.next_stop(in_force.spec.path_of(&id.service)) {
                let stream =
                    tidegate_core::id::StreamId::new(tidegate_core::id::StreamKind::Release, &key);
                // The instant that was asked for is that of the last environment.
                let at = release
                    .request
                    .at
                    .filter(|_| release.wanted.as_ref() == Some(&stop));
                let request = Request {
                    at,
                    ..release.request
                };
                next.push((id, stop, rows.rev(&stream)?, (release.asked, request)));
            }
        }
        view.finish()?;
        Ok(next)
    })?;
    let mut retry = false;
    for (release, environment, rev, asked) in next {
        retry |= propose(shared, &release, &environment, rev, asked);
    }
    Ok(retry)
}

fn propose(
    shared: &Shared,
    release: &ReleaseId,
    environment: &EnvId,
    rev: u64,
    (asked, request): (String, Request),
) -> bool {
    let ask = Deploy {
        release: release.clone(),
        environment: environment.clone(),
        purpose: Purpose::Promote,
        reason: asked,
        again: false,
        request,
    };
    let id = CommandId(format!("promote/{release}/{environment}/{rev}"));
    match shared.deploy(&Actor::system(), id, &ask) {
        Ok(_) => false,
        Err(Denied::Refused(Refusal::Invalid { .. }))
            if runs_already(shared, release, environment) =>
        {
            // Nothing to do there: the promotion goes on from here.
            match shared.lane_deployment(release, environment) {
                Some(deployment) => {
                    let command = release::Command::StageDone {
                        environment: environment.clone(),
                        deployment,
                    };
                    let item = Item {
                        id: CommandId(format!("arrived/{release}/{environment}/{rev}")),
                        actor: Actor::system(),
                        command: Command::Release {
                            id: release.clone(),
                            command,
                        },
                    };
                    let fingerprint = crate::fingerprint(&item.command);
                    shared.submit(item, fingerprint).is_err()
                }
                None => true,
            }
        }
        Err(Denied::Refused(refusal @ Refusal::Blocked { .. })) => {
            // The calendar says no to what nobody scheduled: it does not wait, and that is a fact.
            let command = release::Command::Stop {
                environment: environment.clone(),
                because: schedule_of(&refusal),
            };
            let item = Item {
                id: CommandId(format!("stop/{release}/{environment}/{rev}")),
                actor: Actor::system(),
                command: Command::Release {
                    id: release.clone(),
                    command,
                },
            };
            let fingerprint = crate::fingerprint(&item.command);
            shared.submit(item, fingerprint).is_err()
        }
        Err(error) => {
            tracing::info!(%release, %environment, %error, "promotion waits");
            true
        }
    }
}

/// What the gate of the schedule says in a refusal.
fn schedule_of(refusal: &Refusal) -> String {
    let Refusal::Blocked { reports, .. } = refusal else {
        return refusal.to_string();
    };
    let schedule = reports.iter().find(|r| r.gate == GateId::Schedule);
    schedule.map_or_else(|| refusal.to_string(), |r| r.title.clone())
}

fn runs_already(shared: &Shared, release: &ReleaseId, environment: &EnvId) -> bool {
    shared
        .read_view(|view| Ok(view.lane(environment, &release.service)))
        .is_ok_and(|lane| {
            lane.running.is_some_and(|r| r.revision.release == *release) && lane.live.is_none()
        })
}

impl Shared {
    fn lane_deployment(
        &self,
        release: &ReleaseId,
        environment: &EnvId,
    ) -> Option<tidegate_core::id::DeploymentId> {
        let lane = self
            .read_view(|view| Ok(view.lane(environment, &release.service)))
            .ok()?;
        lane.running.map(|r| r.deployment)
    }
}

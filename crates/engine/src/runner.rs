//! The planner runner: moves releases whose promotion is under way to their next environment, and starts trains.
//!
//! It holds no state: after a restart it reads which promotions are under way and goes on.

use crate::{Denied, Deploy, Shared};
use std::time::Duration;
use tidegate_core::actor::Actor;
use tidegate_core::command::Command;
use tidegate_core::gate::{GateId, Purpose};
use tidegate_core::id::{CommandId, EnvId, ReleaseId, ServiceId, StreamId, StreamKind};
use tidegate_core::model::lane::LiveStage;
use tidegate_core::model::listing;
use tidegate_core::queue::Request;
use tidegate_core::refusal::Refusal;
use tidegate_core::step::Item;
use tidegate_core::stream::release::{self, Release};
use tidegate_core::time::Millis;
use tidegate_core::view::View;
use tidegate_ledger::{Rows, StoreError, TxView};

/// Promotions read at once.
const PAGE: usize = 500;

/// A promotion that may enter its next environment.
struct Next {
    release: ReleaseId,
    environment: EnvId,
    rev: u64,
    asked: String,
    request: Request,
}

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
        let patience = Duration::from_millis(patience(retry).0);
        shared.hub.wait_releases(seen, patience);
    }
}

/// Until the next look when no release changes; `retry` when something could not be proposed.
pub(crate) fn patience(retry: bool) -> Millis {
    match retry {
        true => Millis::secs(1),
        false => Millis::minutes(1),
    }
}

/// One look at every promotion under way. True when something could not be proposed and is tried again soon.
pub(crate) fn round(shared: &Shared) -> Result<bool, Denied> {
    let in_force = shared.in_force.get();
    let next = shared
        .store
        .read_with(|rows| next(rows, &|service| in_force.spec.path_of(service), PAGE))?;
    let mut retry = false;
    for one in next {
        retry |= propose(shared, one);
    }
    Ok(retry)
}

/// Every promotion under way that may go on, `page` of them read at once: none waits for those before it in the list to end.
fn next<'p>(
    rows: &dyn Rows,
    path_of: &dyn Fn(&ServiceId) -> &'p [EnvId],
    page: usize,
) -> Result<Vec<Next>, StoreError> {
    let view = TxView::new(rows);
    let mut next = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let moving = rows.scan(listing::MOVING, "", after.as_deref(), page, false)?;
        for (key, _) in &moving {
            let Ok(id) = key.parse::<ReleaseId>() else {
                continue;
            };
            let Ok(release) = (&view as &dyn View).load::<Release>(key) else {
                continue;
            };
            let Some(stop) = release.next_stop(path_of(&id.service)) else {
                continue;
            };
            if is_busy(&view, &stop, &id.service) {
                continue;
            }
            // The instant that was asked for is that of the last environment.
            let at = release
                .request
                .at
                .filter(|_| release.wanted.as_ref() == Some(&stop));
            next.push(Next {
                release: id,
                environment: stop,
                rev: rows.rev(&StreamId::new(StreamKind::Release, key))?,
                asked: release.asked,
                request: Request {
                    at,
                    ..release.request
                },
            });
        }
        match moving.last() {
            Some((last, _)) if moving.len() == page => after = Some(last.clone()),
            _ => break,
        }
    }
    view.finish()?;
    Ok(next)
}

/// Another change of the service is under way there, so that no plan would be taken. Its end is an entry, and every entry of a
/// deployment lets the runner look again.
fn is_busy(view: &dyn View, environment: &EnvId, service: &ServiceId) -> bool {
    let live = view.lane(environment, service).live;
    live.is_some_and(|live| matches!(live.stage, LiveStage::Changing | LiveStage::NeedsHuman))
}

fn propose(shared: &Shared, next: Next) -> bool {
    let Next {
        release,
        environment,
        rev,
        asked,
        request,
    } = next;
    let (release, environment) = (&release, &environment);
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

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::digest::canonical;
    use tidegate_core::view::StateRow;
    use tidegate_ledger::{MemoryStore, Store};

    #[test]
    fn every_promotion_under_way_is_looked_at_however_many_there_are() {
        let store: Box<dyn Store> = Box::new(MemoryStore::new());
        let path = [EnvId::new("staging").unwrap()];
        let moving = Release {
            phase: release::Phase::Locked,
            wanted: Some(path[0].clone()),
            ..Release::default()
        };
        let key = |n: u32| format!("web@1.0.{n}");
        store
            .write_with(|tx| {
                for n in 0..5 {
                    tx.put_model(listing::MOVING, &key(n), Some("{}"))?;
                    let row = StateRow {
                        rev: 1,
                        fold: 1,
                        body: canonical(&moving).unwrap(),
                    };
                    tx.put_state(&StreamId::new(StreamKind::Release, &key(n)), &row)?;
                }
                Ok(())
            })
            .unwrap();
        let found = store.read_with(|rows| next(rows, &|_| &path, 2)).unwrap();
        let found: Vec<String> = found.iter().map(|n| n.release.to_string()).collect();
        assert_eq!(found, (0..5).map(key).collect::<Vec<_>>());
    }
}

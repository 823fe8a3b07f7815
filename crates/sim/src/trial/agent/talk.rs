//! What an agent says to its server and hears from it, over a network that loses, repeats and delays.

use super::{AGAIN, Agent, Job, LOOK, MOST, Wrong, lasting};
use crate::chance::Chance;
use crate::trial::host;
use std::sync::Arc;
use tidegate_core::id::EnvId;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_engine::wire::{LeaseRequest, Observed, Report, ReportState};
use tidegate_engine::{Denied, Engine};

impl Agent {
    pub(super) fn renew(&mut self, server: &Engine, now: Timestamp, chance: &mut Chance) -> bool {
        let mut lost = Vec::new();
        for job in self.jobs.iter_mut().filter(|job| job.renew <= now) {
            job.renew = Millis(self.lease.0 / 3).after(now);
            if chance.happens(self.weather.lost) {
                continue;
            }
            let report = Report {
                action: job.action.id.clone(),
                epoch: job.epoch,
                state: ReportState::Running {
                    note: "at it".to_owned(),
                },
            };
            if let Err(Denied::Refused(_)) = server.report(&self.actor, &self.name, &report) {
                lost.push(job.action.id.clone());
            }
        }
        // As the real agent does: what nobody waits for any more is cancelled.
        self.jobs.retain(|job| !lost.contains(&job.action.id));
        false
    }

    pub(super) fn tell(
        &mut self,
        server: &Engine,
        now: Timestamp,
        chance: &mut Chance,
    ) -> Result<bool, Wrong> {
        let mut changed = false;
        while let Some(entry) = self.reports.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let report = entry.remove();
            self.sent += 1;
            if chance.happens(self.weather.lost) {
                self.reports.insert((AGAIN.after(now), self.sent), report);
                continue;
            }
            let answer = server.report(&self.actor, &self.name, &report);
            changed = true;
            let again = match &answer {
                Ok(()) => {
                    self.must_be_newest(&report)?;
                    chance.happens(self.weather.unheard).then_some(AGAIN)
                }
                Err(Denied::Refused(_) | Denied::KeyReused) => None,
                Err(_) => Some(AGAIN),
            };
            if let Some(pause) = again {
                self.reports
                    .insert((pause.after(now), self.sent), report.clone());
            }
            if chance.happens(self.weather.twice) {
                let second = server.report(&self.actor, &self.name, &report);
                if second.is_ok() {
                    self.must_be_newest(&report)?;
                }
            }
            if chance.happens(self.weather.late) {
                let later = chance
                    .between(Millis::secs(1), Millis::minutes(20))
                    .after(now);
                self.sent += 1;
                self.reports.insert((later, self.sent), report);
            }
        }
        Ok(changed)
    }

    /// A report that is taken must be of whoever has the work now.
    fn must_be_newest(&self, report: &Report) -> Result<(), Wrong> {
        let granted = self.granted.get(&report.action).copied().unwrap_or(0);
        // Each time work is given out it has a number of its own, higher than before.
        match report.epoch < granted {
            true => Err((
                "I2",
                format!(
                    "a report of {} under lease {} was taken although lease {granted} was given out",
                    report.action, report.epoch
                ),
            )),
            false => Ok(()),
        }
    }

    pub(super) fn take(&mut self, server: &Engine, now: Timestamp, chance: &mut Chance) -> bool {
        let newest = server.read(|rows| Ok(rows.head()?.seq)).ok();
        let is_due = self.ask.is_some_and(|at| at <= now);
        // As if its request were held: it is answered by an entry.
        if self.backoff > now || (newest.is_some() && self.asked == newest && !is_due) {
            return false;
        }
        self.asked = newest;
        let held = self.jobs.iter().map(|job| job.action.id.clone());
        let fence = self.host.fence.iter().filter(|_| self.tells);
        let held = held.chain(fence.map(|(lane, n)| LeaseRequest::seen_entry(lane, *n)));
        let request = LeaseRequest {
            environments: vec![self.environment.clone()],
            max: MOST,
            wait_ms: 0,
            holding: Some(LeaseRequest::held("disk", held)),
        };
        let Ok(reply) = server.lease(&self.actor, &self.name, &request, &Arc::default()) else {
            self.backoff = AGAIN.after(now);
            self.ask = Some(self.backoff);
            self.connect();
            return false;
        };
        self.ask = self.is_open(server).then(|| AGAIN.after(now));
        self.lease = Millis(reply.lease_ms);
        let unheard = chance.happens(self.weather.unheard);
        let some = !reply.actions.is_empty();
        for action in reply.actions {
            let granted = self.granted.entry(action.id.clone()).or_default();
            // The number that the next lease of this work should have, whatever the server says.
            *granted = (*granted + 1).max(action.epoch);
            if unheard {
                continue;
            }
            if let Some(job) = self.jobs.iter_mut().find(|job| job.action.id == action.id) {
                job.epoch = action.epoch;
                continue;
            }
            let lane = host::lane(&action);
            let before = self
                .jobs
                .iter()
                .filter(|job| host::lane(&job.action) == lane);
            // One thing at a time on a service.
            let free = before.map(|job| job.ready).max().unwrap_or(now).max(now);
            self.jobs.push(Job {
                ready: lasting(&action.kind, chance).after(free),
                renew: Millis(reply.lease_ms / 3).after(now),
                epoch: action.epoch,
                action,
            });
        }
        some
    }

    /// Is there work that somebody else has, or nobody? It is given out again when its lease ends.
    fn is_open(&self, server: &Engine) -> bool {
        let Ok(environment) = EnvId::new(self.environment.clone()) else {
            return false;
        };
        let open = server.read(|rows| {
            rows.actions_open(
                std::slice::from_ref(&environment),
                Timestamp::MAX,
                MOST as usize,
            )
        });
        open.is_ok_and(|open| {
            open.iter().any(|row| {
                let here = |job: &Job| job.action.id == row.id.as_str();
                !self.jobs.iter().any(here)
            })
        })
    }

    pub(super) fn observe(&mut self, server: &Engine, now: Timestamp, chance: &mut Chance) {
        self.look = None;
        if chance.happens(self.weather.lost) {
            self.look = Some(LOOK.after(now));
            return;
        }
        let observed = Observed {
            environments: vec![self.environment.clone()],
            seen: self.host.observe(now),
        };
        match server.observe(&self.actor, &self.name, &observed) {
            // A server that wants figures soon is judging; otherwise nobody needs them.
            Ok(reply) if reply.next_ms >= 1_000 && self.looks == 0 => {}
            Ok(reply) if reply.next_ms >= 1_000 => {
                self.looks -= 1;
                self.look = Some(AGAIN.after(now));
            }
            _ => self.look = Some(LOOK.after(now)),
        }
    }
}

//! Outside work: agents take it under a lease, report under its number, and lose it when they fall silent.

use crate::waiting::Request;
use crate::wire::{LeaseReply, LeaseRequest, Report, ReportState};
use crate::{Denied, Engine, Shared, fencing};
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command;
use tidegate_core::id::{ActionId, CommandId, DeploymentId, EnvId};
use tidegate_core::refusal::Refusal;
use tidegate_core::step::Item;
use tidegate_core::stream::deployment;
use tidegate_core::work::{Outcome, Work};
use tidegate_faults::kill_point;
use tidegate_ledger::{ActionRow, StoreError};
use tidegate_plugin::action::{Action, ActionKind, Outcome as AgentOutcome};

/// Longest a request for work is held.
const HOLD: Duration = Duration::from_secs(25);
/// Lines of output that are kept beside the log.
const LINES: usize = 400;
/// Bytes of them: less than a row takes, because of quotes and backslashes.
const ROOM: usize = 120 << 10;
/// Between two looks for leases that ran out.
const LOOK: Duration = Duration::from_secs(1);

impl Engine {
    /// May this agent have work of its environments? Asked before its request takes the place of an earlier one.
    ///
    /// # Errors
    /// The token does not allow the environments, or another agent serves one of them.
    pub fn claim(&self, who: &Actor, agent: &str, request: &LeaseRequest) -> Result<(), Denied> {
        let environments = allowed(who, &request.environments)?;
        self.shared.claim(agent, request.folder(), &environments)
    }

    /// Work for an agent; waits for some at most as long as asked. `cancelled` ends the wait.
    ///
    /// # Errors
    /// The token does not allow the environments, another agent serves one of them, or the ledger cannot be written.
    pub fn lease(
        &self,
        who: &Actor,
        agent: &str,
        request: &LeaseRequest,
        cancelled: &Arc<AtomicBool>,
    ) -> Result<LeaseReply, Denied> {
        let environments = allowed(who, &request.environments)?;
        let shared = &self.shared;
        shared.claim(agent, request.folder(), &environments)?;
        shared.seen.agent(agent, &environments);
        shared.compare(agent, &environments, request)?;
        let end = Instant::now() + Duration::from_millis(request.wait_ms).min(HOLD);
        loop {
            let seen = shared.hub.work();
            // Nobody is there to take it: work leased now would lie still until its lease ends.
            let gone = cancelled.load(Ordering::SeqCst);
            let actions = match gone {
                true => Vec::new(),
                false => shared.lease_now(agent, &environments, request)?,
            };
            let left = end.saturating_duration_since(Instant::now());
            let over = left.is_zero() || cancelled.load(Ordering::SeqCst) || shared.stopping();
            let reply = |actions| LeaseReply {
                actions,
                lease_ms: shared.options.lease.0,
            };
            if !actions.is_empty() || over {
                return Ok(reply(actions));
            }
            let number = shared.waiting.enter(Request {
                agent: agent.to_owned(),
                environments: environments.clone(),
                most: most(request),
                cancelled: Arc::clone(cancelled),
            });
            let served = || shared.waiting.is_served(number);
            shared.hub.wait_work(seen, served, left.min(LOOK));
            let given = shared.waiting.leave(number);
            if !given.is_empty() {
                return Ok(reply(given));
            }
            shared.alive(agent, &environments)?;
        }
    }

    /// How leased work goes.
    ///
    /// # Errors
    /// `StaleLease` when the work was given to another or is no longer wanted.
    pub fn report(&self, who: &Actor, agent: &str, report: &Report) -> Result<(), Denied> {
        self.shared.report(who, agent, report)
    }
}

pub(crate) fn allowed(who: &Actor, environments: &[String]) -> Result<Vec<EnvId>, Denied> {
    let mut ids = Vec::new();
    for environment in environments {
        let id = EnvId::new(environment.clone()).map_err(Refusal::from)?;
        let may = match &who.role {
            Role::Agent { environments } => environments.contains(&id),
            _ => false,
        };
        if !may {
            return Err(Refusal::NotAllowed {
                actor: who.name.clone(),
                role: who.role.as_str().to_owned(),
                action: format!("serve {environment}"),
                needs: String::new(),
            }
            .into());
        }
        ids.push(id);
    }
    Ok(ids)
}

impl Shared {
    fn lease_now(
        &self,
        agent: &str,
        environments: &[EnvId],
        request: &LeaseRequest,
    ) -> Result<Vec<Action>, Denied> {
        let max = most(request);
        let now = self.clock.now();
        // A look without a lock first: an idle agent costs no write.
        let mut rows = self
            .store
            .read_with(|rows| rows.actions_open(environments, now, max))?;
        if let Some(holding) = &request.holding {
            rows.extend(self.forgotten(agent, environments, holding)?);
            rows.truncate(max);
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let until = self.options.lease.after(now);
        kill_point("server.lease.chosen");
        let leased: Vec<(ActionRow, u64)> = self.store.write_with(|tx| {
            let mut leased = Vec::new();
            for row in &rows {
                if fencing::is_behind(tx, &row.environment)? {
                    continue;
                }
                // Another agent of the environment may have taken it since the look.
                let Some(newest) = tx.action(&row.id)? else {
                    continue;
                };
                if newest.lease.epoch != row.lease.epoch {
                    continue;
                }
                if let Some(epoch) = tx.lease(&row.id, agent, until)? {
                    leased.push((newest, epoch));
                }
            }
            Ok(leased)
        })?;
        kill_point("server.lease.given");
        let mut actions = Vec::new();
        for (row, epoch) in leased {
            let work: Work = serde_json::from_str(&row.body).map_err(|e| StoreError::BadRow {
                what: format!("action {}", row.id),
                because: e.to_string(),
            })?;
            actions.push(action(row.id.as_str(), &work, epoch));
        }
        Ok(actions)
    }

    /// Work leased to this agent that it no longer knows of: it was restarted.
    fn forgotten(
        &self,
        agent: &str,
        environments: &[EnvId],
        holding: &[String],
    ) -> Result<Vec<ActionRow>, Denied> {
        let mut forgotten = Vec::new();
        for live in self.watched(environments)? {
            let Some(id) = &live.action else {
                continue;
            };
            if holding.iter().any(|h| h == id.as_str()) {
                continue;
            }
            if let Some(row) = self.store.read_with(|rows| rows.action(id))?
                && row.lease.by.as_deref() == Some(agent)
                && row
                    .lease
                    .until
                    .is_some_and(|until| until > self.clock.now())
            {
                forgotten.push(row);
            }
        }
        Ok(forgotten)
    }

    fn report(&self, who: &Actor, agent: &str, report: &Report) -> Result<(), Denied> {
        let id = ActionId::parse(&report.action).map_err(Refusal::from)?;
        let stale = |have: u64| Refusal::StaleLease {
            action: report.action.clone(),
            got: report.epoch,
            have,
        };
        let row = self.store.read_with(|rows| rows.action(&id))?;
        let command_id = CommandId(format!("report/{}/{}", report.action, report.epoch));
        let Some(row) = row else {
            // Ended: the same report again is the same answer, anything else is too late.
            let known = self.store.read_with(|rows| rows.reply(&command_id))?;
            return if known.is_some() {
                Ok(())
            } else {
                Err(stale(0).into())
            };
        };
        let environments = allowed(who, &[row.environment.to_string()])?;
        if row.lease.epoch != report.epoch || row.lease.by.as_deref() != Some(agent) {
            return Err(stale(row.lease.epoch).into());
        }
        // Whether the report counts is decided by the number of its lease.
        match self.alive(agent, &environments) {
            Err(denied @ Denied::Refused(_)) => {
                tracing::info!(agent, %denied, "reports on work it was leased before");
            }
            other => other?,
        }
        match &report.state {
            ReportState::Running { note } => {
                let until = self.options.lease.after(self.clock.now());
                self.seen.note(&report.action, note);
                let renewed = self
                    .store
                    .write_with(|tx| tx.renew(&id, report.epoch, until))?;
                kill_point("server.lease.renewed");
                if renewed {
                    Ok(())
                } else {
                    Err(stale(row.lease.epoch).into())
                }
            }
            ReportState::Ended { result } => {
                kill_point("server.report.taken");
                let deployment = DeploymentId::parse(row.stream.key()).map_err(Refusal::from)?;
                let command = deployment::Command::Report {
                    action: id,
                    epoch: report.epoch,
                    outcome: self.outcome(&report.action, row.stream.key(), result),
                };
                let command = Command::Deployment {
                    id: deployment,
                    command,
                };
                let fingerprint = crate::fingerprint(&command);
                self.submit(
                    Item {
                        id: command_id,
                        actor: who.clone(),
                        command,
                    },
                    fingerprint,
                )?;
                kill_point("server.report.kept");
                Ok(())
            }
        }
    }
}

/// What programs wrote, as it is kept beside the log.
#[derive(Serialize)]
struct Output<'a> {
    format: &'static str,
    deployment: &'a str,
    action: &'a str,
    lines: &'a [String],
}

impl Shared {
    fn outcome(&self, action: &str, deployment: &str, result: &AgentOutcome) -> Outcome {
        let keep = |lines: &[String]| {
            let lines = fitting(lines);
            let output = Output {
                format: "tidegate-output/1",
                deployment,
                action,
                lines,
            };
            (!lines.is_empty()).then(|| self.keep_body("output", &output))
        };
        match result {
            AgentOutcome::Done { detail, log } => Outcome::Done {
                detail: short(detail),
                log: last(log),
                output: keep(log).flatten(),
            },
            AgentOutcome::Failed { because, log } => Outcome::Failed {
                because: short(because),
                log: last(log),
                output: keep(log).flatten(),
            },
            AgentOutcome::Broken { because } => Outcome::Broken {
                because: short(because),
            },
        }
    }
}

/// The newest lines that there is room for.
fn fitting(lines: &[String]) -> &[String] {
    let mut room = ROOM;
    let fits = |line: &&String| {
        // As JSON a character may take six bytes.
        let bytes = line.len() + 8 + 5 * line.chars().filter(|c| c.is_control()).count();
        room = room.saturating_sub(bytes);
        room > 0
    };
    let fitting = lines.iter().rev().take(LINES).take_while(fits).count();
    &lines[lines.len() - fitting..]
}

fn last(log: &[String]) -> Vec<String> {
    log.iter().rev().take(40).rev().map(|l| short(l)).collect()
}

/// Texts from outside are cut before they enter the ledger.
fn short(text: &str) -> String {
    text.chars().take(tidegate_core::limits::TEXT).collect()
}

/// Most work that is leased in one answer.
fn most(request: &LeaseRequest) -> usize {
    usize::try_from(request.max.clamp(1, 64)).unwrap_or(64)
}

/// The agent's form of a piece of work.
pub(crate) fn action(id: &str, work: &Work, epoch: u64) -> Action {
    Action {
        id: id.to_owned(),
        deployment: work.deployment.to_string(),
        environment: work.environment.to_string(),
        service: work.service.to_string(),
        generation: work.generation,
        epoch,
        attempt: work.attempt,
        timeout_ms: work.timeout.0,
        kind: ActionKind::of(&work.task),
    }
}

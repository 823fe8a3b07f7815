//! From router counters to the figures a verdict is made of: what each side did since the present step began.
//!
//! A command goes to the ledger only when the figures are decisive or were asked for; the decider computes the verdict
//! again from them.

mod mark;
mod packed;
mod samples;
mod stand;

use crate::live::{Stage, Watched};
use crate::wire::{Observed, ObservedReply};
use crate::{Denied, Engine, Shared, locked};
use mark::{Mark, Moment, Sides};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::analysis::{self, Judgement, Sample};
use tidegate_core::archive::Body;
use tidegate_core::command::Command;
use tidegate_core::id::{CommandId, DeploymentId, EnvId};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Analysis;
use tidegate_core::step::Item;
use tidegate_core::stream::deployment::{self as stream, Seen};
use tidegate_core::time::Timestamp;
use tidegate_plugin::actuator::RouteObservation;
use tidegate_plugin::router::GroupStats;

/// Milliseconds between two observations while a rollout is judged, and otherwise.
const QUICK: u64 = 100;
const CALM: u64 = 2_000;
/// The same while very many are judged.
const SLOW: u64 = 1_000;
/// Rollouts that are judged in a millisecond, by which the time between two observations grows.
const A_MILLISECOND: u64 = 100;
/// Moments that are kept of all rollouts together, and at least of each.
const MOMENTS: usize = 1_500_000;
const MOMENTS_EACH: usize = 16;

/// The figures behind a verdict, as they are kept beside the log.
#[derive(Serialize)]
struct Evidence<'a> {
    format: &'static str,
    deployment: &'a str,
    at: Timestamp,
    /// Sums of both sides since the part of the rollout began, moment by moment.
    moments: &'a [Moment],
    /// What was judged.
    samples: &'a [Sample],
}

#[derive(Default)]
pub(crate) struct Marks {
    /// By environment.
    marks: Mutex<BTreeMap<EnvId, BTreeMap<DeploymentId, Box<Mark>>>>,
    sent: AtomicU64,
}

impl Marks {
    /// What is over is not compared any longer.
    fn keep_only(&self, environments: &[EnvId], live: &[Arc<Watched>]) {
        let live: BTreeSet<&DeploymentId> = live.iter().map(|one| &one.id).collect();
        let mut marks = locked(&self.marks);
        for environment in environments {
            if let Some(there) = marks.get_mut(environment) {
                there.retain(|id, _| live.contains(id));
            }
        }
    }
}

impl Engine {
    /// Take over what an agent sees. Answers how soon the next look is wanted.
    ///
    /// # Errors
    /// The token does not allow the environments.
    pub fn observe(
        &self,
        who: &Actor,
        agent: &str,
        observed: &Observed,
    ) -> Result<ObservedReply, Denied> {
        let environments = self.shared.served(who, &observed.environments)?;
        self.shared.may_observe(agent, &environments)?;
        self.shared.seen.observed(agent, &environments, observed);
        // The sign of life counts all the same.
        if let Err(no) = self.shared.compare_targets(agent, &environments, observed) {
            tracing::warn!("what agent {agent} sees could not be compared: {no}");
        }
        let watched = self.shared.watched(&environments)?;
        self.shared.figures.keep_only(&environments, &watched);
        let mut quick = false;
        for deployment in &watched {
            quick |= deployment.stage != Stage::Still;
            self.shared.look(who, deployment, observed);
        }
        Ok(ObservedReply {
            next_ms: if quick { self.shared.pace() } else { CALM },
        })
    }

    /// What the judge sees of a deployment now; absent when nothing is compared.
    #[must_use]
    pub fn figures(&self, deployment: &DeploymentId) -> Option<Vec<Sample>> {
        let marks = locked(&self.shared.figures.marks);
        let mut places = marks.values();
        let mark = places.find_map(|there| there.get(deployment))?;
        Some(mark.figures()).filter(|f| !f.is_empty())
    }
}

impl Shared {
    fn served(&self, who: &Actor, environments: &[String]) -> Result<Vec<EnvId>, Denied> {
        let mut ids = Vec::new();
        for environment in environments {
            let id = EnvId::new(environment.clone()).map_err(Refusal::from)?;
            if !matches!(&who.role, Role::Agent { environments } if environments.contains(&id)) {
                return Err(Refusal::NotAllowed {
                    actor: who.name.clone(),
                    role: who.role.as_str().to_owned(),
                    action: format!("observe {environment}"),
                    needs: String::new(),
                }
                .into());
            }
            ids.push(id);
        }
        Ok(ids)
    }

    /// Milliseconds until the next observation: evidence comes at once, unless so much is judged that it would fill the processor.
    fn pace(&self) -> u64 {
        let count = u64::try_from(self.live.count()).unwrap_or(u64::MAX);
        (count / A_MILLISECOND).clamp(QUICK, SLOW)
    }

    fn look(&self, who: &Actor, deployment: &Watched, observed: &Observed) {
        let key = &*deployment.lane;
        let crash = observed
            .seen
            .running
            .get(key)
            .and_then(|revisions| revisions.get(&*deployment.to))
            .and_then(|revision| revision.crash_loop.as_ref());
        if let Some(crash) = crash
            && matches!(deployment.stage, Stage::Running { .. } | Stage::Watched)
            && deployment.action.is_none()
        {
            let seen = Seen::CrashLoop {
                key: deployment.to.to_string(),
                because: crash.because.clone(),
                log: crash.log.clone(),
            };
            self.tell(who, &deployment.id, seen);
            return;
        }
        let (Some(analysis), Some(route)) = (&deployment.analysis, observed.seen.routes.get(key))
        else {
            return;
        };
        let Some(samples) = self.compared(deployment, analysis, route) else {
            return;
        };
        let asked = matches!(deployment.stage, Stage::Running { judging: true, .. });
        if deployment.from.is_none() && deployment.stage != Stage::Watched {
            return;
        }
        let verdict = analysis::judge(analysis, &samples);
        if asked || verdict.judgement == Judgement::Regressed {
            let evidence = self.keep_figures(deployment, &samples, asked);
            self.tell(who, &deployment.id, Seen::Figures { samples, evidence });
        }
    }

    /// What both sides did since the part of the rollout began; none when nothing is compared.
    fn compared(
        &self,
        deployment: &Watched,
        analysis: &Arc<Analysis>,
        route: &RouteObservation,
    ) -> Option<Vec<Sample>> {
        let most = MOMENTS / self.live.count().max(1);
        let now = self.clock.monotonic();
        let mut marks = locked(&self.figures.marks);
        let there = marks.entry(deployment.environment.clone()).or_default();
        let Some(part) = mark::part(deployment.stage, there.get(&deployment.id).map(Box::as_ref))
        else {
            there.remove(&deployment.id);
            return None;
        };
        let none = GroupStats::default();
        let sides = Sides::of(deployment, route, &none);
        let begin = |earlier| Mark::begin(part, route, analysis, &sides, earlier, now);
        let mark = there.entry(deployment.id.clone());
        let mark = mark.or_insert_with(|| Box::new(begin(None)));
        if mark.is_over(part, &route.router) {
            **mark = begin(Some(mark.earlier()));
        }
        Some(mark.look(analysis, &sides, now, most.max(MOMENTS_EACH)))
    }

    /// The figures behind a verdict, kept beside the log. The same news again rests on the same figures.
    fn keep_figures(&self, deployment: &Watched, samples: &[Sample], asked: bool) -> Option<Body> {
        let (moments, told) = {
            let marks = locked(&self.figures.marks);
            let mark = marks.get(&deployment.environment)?.get(&deployment.id)?;
            (mark.moments(), mark.evidence.as_deref().cloned())
        };
        if told.is_some() && !asked {
            return told;
        }
        let evidence = Evidence {
            format: "tidegate-figures/1",
            deployment: deployment.id.as_str(),
            at: self.clock.now(),
            moments: &moments,
            samples,
        };
        let body = self.keep_body("verdict evidence", &evidence);
        let mut marks = locked(&self.figures.marks);
        let there = marks.get_mut(&deployment.environment);
        if let Some(mark) = there.and_then(|there| there.get_mut(&deployment.id)) {
            mark.evidence = body.clone().map(Box::new);
        }
        body
    }

    fn tell(&self, who: &Actor, deployment: &DeploymentId, seen: Seen) {
        let n = self.figures.sent.fetch_add(1, Ordering::SeqCst);
        let id = CommandId(format!(
            "observe/{deployment}/{}/{n}",
            self.clock.now().as_microsecond()
        ));
        let command = Command::Deployment {
            id: deployment.clone(),
            command: stream::Command::Observe { seen },
        };
        let fingerprint = crate::fingerprint(&command);
        if let Err(error) = self.submit(
            Item {
                id,
                actor: who.clone(),
                command,
            },
            fingerprint,
        ) {
            tracing::warn!(%deployment, %error, "figures were not taken");
        }
    }
}

//! From router counters to the figures a verdict is made of: what each side did since the present step began.
//!
//! A command goes to the ledger only when the figures are decisive or were asked for; the decider computes the verdict
//! again from them.

mod mark;
mod samples;

use crate::wire::{Observed, ObservedReply};
use crate::{Denied, Engine, Shared, locked};
use mark::{Mark, Moment, Sides};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::analysis::{self, Judgement, Sample};
use tidegate_core::archive::Body;
use tidegate_core::command::Command;
use tidegate_core::id::{CommandId, DeploymentId, EnvId};
use tidegate_core::refusal::Refusal;
use tidegate_core::step::Item;
use tidegate_core::stream::deployment::{self, Deployment, Facts, Phase, Seen, Sub};
use tidegate_core::time::Timestamp;
use tidegate_plugin::router::GroupStats;

/// Milliseconds between two observations while a rollout is judged, and otherwise.
const QUICK: u64 = 100;
const CALM: u64 = 2_000;

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
    marks: Mutex<BTreeMap<DeploymentId, Mark>>,
    sent: AtomicU64,
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
        self.shared
            .compare_targets(agent, &environments, observed)?;
        let mut quick = false;
        let mut live = std::collections::BTreeSet::new();
        for deployment in self.shared.live.all() {
            let Some(facts) = &deployment.facts else {
                continue;
            };
            live.insert(facts.id.clone());
            if !environments.contains(&facts.plan.body.environment) {
                continue;
            }
            quick |= !matches!(
                deployment.phase,
                Phase::Gated { .. } | Phase::NeedsHuman { .. }
            );
            self.shared.look(who, &deployment, facts, observed);
        }
        locked(&self.shared.figures.marks).retain(|id, _| live.contains(id));
        Ok(ObservedReply {
            next_ms: if quick { QUICK } else { CALM },
        })
    }

    /// What the judge sees of a deployment now; absent when nothing is compared.
    #[must_use]
    pub fn figures(&self, deployment: &DeploymentId) -> Option<Vec<Sample>> {
        locked(&self.shared.figures.marks)
            .get(deployment)
            .map(|m| m.figures().to_vec())
            .filter(|f| !f.is_empty())
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

    fn look(&self, who: &Actor, deployment: &Deployment, facts: &Facts, observed: &Observed) {
        let body = &facts.plan.body;
        let key = format!("{}/{}", body.environment, body.service);
        let crash = observed
            .seen
            .running
            .get(&key)
            .and_then(|revisions| revisions.get(&body.to.key))
            .and_then(|revision| revision.crash_loop.as_ref());
        if let Some(crash) = crash
            && matches!(
                deployment.phase,
                Phase::Running { .. } | Phase::Succeeded { .. }
            )
            && deployment.action().is_none()
        {
            let seen = Seen::CrashLoop {
                key: body.to.key.clone(),
                because: crash.because.clone(),
                log: crash.log.clone(),
            };
            self.tell(who, facts, seen);
            return;
        }
        let (Some(analysis), Some(route)) = (&body.analysis, observed.seen.routes.get(&key)) else {
            return;
        };
        let mut marks = locked(&self.figures.marks);
        let Some(part) = mark::part(&deployment.phase, marks.get(&facts.id)) else {
            marks.remove(&facts.id);
            return;
        };
        let none = GroupStats::default();
        let sides = Sides::of(body, route, &none);
        let before = match marks.remove(&facts.id) {
            Some(mark) if mark.is_over(part, &route.router) => Err(Some(mark.into_earlier())),
            Some(mark) => Ok(mark),
            None => Err(None),
        };
        let mut mark = before.unwrap_or_else(|earlier| {
            let now = self.clock.monotonic();
            Mark::begin(part, &route.router, &sides, earlier, now)
        });
        let samples = mark.look(analysis, &sides, self.clock.monotonic());
        let moments = mark.moments().to_vec();
        let told = mark.evidence.clone();
        marks.insert(facts.id.clone(), mark);
        drop(marks);
        let asked = matches!(
            &deployment.phase,
            Phase::Running { at } if matches!(at.sub, Sub::Judging { .. })
        );
        let compared = body.from.is_some() || matches!(deployment.phase, Phase::Succeeded { .. });
        if !compared {
            return;
        }
        let verdict = analysis::judge(analysis, &samples);
        if asked || verdict.judgement == Judgement::Regressed {
            // The same news again rests on the same figures.
            let evidence = told.filter(|_| !asked);
            let evidence = evidence.or_else(|| self.keep_figures(facts, &moments, &samples));
            self.tell(who, facts, Seen::Figures { samples, evidence });
        }
    }

    /// The figures behind a verdict, kept beside the log.
    fn keep_figures(&self, facts: &Facts, moments: &[Moment], samples: &[Sample]) -> Option<Body> {
        let evidence = Evidence {
            format: "tidegate-figures/1",
            deployment: facts.id.as_str(),
            at: self.clock.now(),
            moments,
            samples,
        };
        let body = self.keep_body("verdict evidence", &evidence);
        if let Some(mark) = locked(&self.figures.marks).get_mut(&facts.id) {
            mark.evidence.clone_from(&body);
        }
        body
    }

    fn tell(&self, who: &Actor, facts: &Facts, seen: Seen) {
        let n = self.figures.sent.fetch_add(1, Ordering::SeqCst);
        let id = CommandId(format!(
            "observe/{}/{}/{n}",
            facts.id,
            self.clock.now().as_microsecond()
        ));
        let command = Command::Deployment {
            id: facts.id.clone(),
            command: deployment::Command::Observe { seen },
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
            tracing::warn!(deployment = %facts.id, %error, "figures were not taken");
        }
    }
}

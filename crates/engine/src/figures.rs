//! From router counters to the figures a verdict is made of: what each side did since the present step began.
//!
//! A command goes to the ledger only when the figures are decisive or were asked for; the decider computes the verdict
//! again from them.

use crate::wire::{Observed, ObservedReply};
use crate::{Denied, Engine, Shared, locked};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::analysis::{self, Counts, Figures, Judgement, Sample, Tail};
use tidegate_core::command::Command;
use tidegate_core::id::{CommandId, DeploymentId, EnvId};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{Analysis, Source, Tolerance};
use tidegate_core::step::Item;
use tidegate_core::stream::deployment::{self, Deployment, Facts, Phase, Seen, Sub};
use tidegate_plugin::actuator::RouteObservation;
use tidegate_plugin::router::{GroupStats, bucket_end};

/// Milliseconds between two observations while a rollout is judged, and otherwise.
const QUICK: u64 = 100;
const CALM: u64 = 2_000;
/// The newest moments that gross failure is looked for in.
const RECENT: Duration = Duration::from_millis(600);

/// Counters of a deployment's step when it began, and of its newest moments.
struct Mark {
    step: (String, usize),
    router: String,
    new: GroupStats,
    old: GroupStats,
    recent: VecDeque<(Instant, Counts, Counts)>,
    figures: Vec<Sample>,
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
        self.shared.seen.observed(agent, &environments, observed);
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
            .map(|m| m.figures.clone())
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
        let Some(step) = step(&deployment.phase) else {
            locked(&self.figures.marks).remove(&facts.id);
            return;
        };
        let samples = self.sample(facts, step, route, analysis);
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
            self.tell(who, facts, Seen::Figures { samples });
        }
    }

    /// Figures since the step began; the first look of a step marks its beginning.
    fn sample(
        &self,
        facts: &Facts,
        step: (String, usize),
        route: &RouteObservation,
        analysis: &Analysis,
    ) -> Vec<Sample> {
        let body = &facts.plan.body;
        let empty = GroupStats::default();
        let new = route.groups.get(&body.to.key).unwrap_or(&empty);
        let old = body
            .from
            .as_ref()
            .and_then(|f| route.groups.get(&f.key))
            .unwrap_or(&empty);
        let mut marks = locked(&self.figures.marks);
        let fresh = || Mark {
            step: step.clone(),
            router: route.router.clone(),
            new: new.clone(),
            old: old.clone(),
            recent: VecDeque::new(),
            figures: Vec::new(),
        };
        let mark = marks.entry(facts.id.clone()).or_insert_with(fresh);
        if mark.step != step || mark.router != route.router {
            *mark = fresh();
        }
        let since = |now: &GroupStats, then: &GroupStats| Counts {
            requests: now.requests.saturating_sub(then.requests),
            errors: now.errors.saturating_sub(then.errors),
            blocks: now.blocks.saturating_sub(then.blocks),
            error_blocks: now.error_blocks.saturating_sub(then.error_blocks),
        };
        let (total_new, total_old) = (since(new, &mark.new), since(old, &mark.old));
        let now = Instant::now();
        mark.recent.push_back((now, total_new, total_old));
        while mark
            .recent
            .get(1)
            .is_some_and(|(at, ..)| now.duration_since(*at) >= RECENT)
        {
            mark.recent.pop_front();
        }
        let minus = |a: Counts, b: Counts| Counts {
            requests: a.requests.saturating_sub(b.requests),
            errors: a.errors.saturating_sub(b.errors),
            blocks: a.blocks.saturating_sub(b.blocks),
            error_blocks: a.error_blocks.saturating_sub(b.error_blocks),
        };
        let (recent_new, recent_old, recent_ms) = match mark.recent.front() {
            Some((at, then_new, then_old)) => (
                minus(total_new, *then_new),
                minus(total_old, *then_old),
                u64::try_from(now.duration_since(*at).as_millis()).unwrap_or(u64::MAX),
            ),
            None => (Counts::default(), Counts::default(), 0),
        };
        let samples: Vec<Sample> = analysis
            .metrics
            .iter()
            .map(|(name, metric)| Sample {
                metric: name.clone(),
                figures: match &metric.source {
                    Source::RouterErrors => Figures::Errors {
                        new: total_new,
                        old: total_old,
                        recent_new,
                        recent_old,
                        recent_ms,
                    },
                    Source::RouterLatency(percentile) => latency(
                        *percentile,
                        metric.tolerate,
                        (new, &mark.new),
                        (old, &mark.old),
                    ),
                    Source::Prometheus(_) => Figures::Missing {
                        because: "Prometheus queries are not answered by this version".to_owned(),
                    },
                },
            })
            .collect();
        mark.figures.clone_from(&samples);
        samples
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

/// The step figures belong to; none when nothing is judged.
fn step(phase: &Phase) -> Option<(String, usize)> {
    match phase {
        Phase::Running { at } => match at.sub {
            Sub::Soaking { .. } | Sub::Judging { .. } => Some(("step".to_owned(), at.n)),
            _ => None,
        },
        Phase::Succeeded { .. } => Some(("watch".to_owned(), 0)),
        _ => None,
    }
}

fn latency(
    percentile: u32,
    tolerate: Tolerance,
    (new, new_then): (&GroupStats, &GroupStats),
    (old, old_then): (&GroupStats, &GroupStats),
) -> Figures {
    let since = |now: &GroupStats, then: &GroupStats| -> BTreeMap<u16, u64> {
        now.latency
            .iter()
            .map(|(bucket, n)| {
                (
                    *bucket,
                    n.saturating_sub(then.latency.get(bucket).copied().unwrap_or(0)),
                )
            })
            .filter(|(_, n)| *n > 0)
            .collect()
    };
    let (new, old) = (since(new, new_then), since(old, old_then));
    let at = |buckets: &BTreeMap<u16, u64>| -> u64 {
        let all: u64 = buckets.values().sum();
        let rank = (all * u64::from(percentile)).div_ceil(10_000).max(1);
        let mut sum = 0;
        for (bucket, n) in buckets {
            sum += n;
            if sum >= rank {
                return bucket_end(*bucket);
            }
        }
        0
    };
    let base = at(&old);
    let limit_us = match tolerate {
        Tolerance::Relative(bp) => base + base * u64::from(bp) / 10_000,
        // Points make no sense for a latency; `validate` refuses them, so the base itself is the limit.
        Tolerance::Points(_) => base,
    };
    let tail = |buckets: &BTreeMap<u16, u64>| Tail {
        requests: buckets.values().sum(),
        at_us: at(buckets),
        over: buckets
            .iter()
            .filter(|(b, _)| bucket_end(**b) > limit_us)
            .map(|(_, n)| n)
            .sum(),
    };
    Figures::Latency {
        percentile,
        new: tail(&new),
        old: tail(&old),
        limit_us,
    }
}

//! The plan of a deployment that nobody asked for yet, to ask the gates of the calendar when it might start.

use crate::digest::Digest;
use crate::gate::{GateId, Purpose};
use crate::id::{EnvId, ReleaseId, ServiceId};
use crate::plan::{self, Expected, Health, Intent, PlanBody, Revision, Step, Wanted};
use crate::refusal::Refusal;
use crate::spec::{OnRegression, Resolved, Spec};
use crate::time::Millis;
use crate::view::View;
use std::collections::BTreeMap;

/// A plan that nobody asked for, and how long its steps are expected to take.
pub(super) struct Probe {
    pub plan: PlanBody,
    pub expected: Option<Expected>,
}

impl Probe {
    /// The time that must be free for it as a whole.
    pub(super) fn needs(&self) -> Millis {
        Millis(self.plan.needs_with(self.expected.as_ref()).0.max(1))
    }
}

/// A plan that takes as long as the next deployment of the service there would, or as long as `length` says. It asks the
/// gates of the calendar only.
pub(super) fn probe(
    spec: &Spec,
    view: &dyn View,
    (service, env): (&ServiceId, &EnvId),
    length: Option<Millis>,
) -> Result<Probe, Refusal> {
    let resolved = spec.resolve(service, env).map_err(|no| Refusal::Invalid {
        because: no.to_string(),
        help: "`tidegate env list` and `tidegate config show` name those there are".to_owned(),
    })?;
    let to = revision(service, &resolved)?;
    let (mut plan, expected) = match length {
        Some(length) => {
            let from = view.lane(env, service).running.map(|r| r.revision);
            (lasting(from, to, env, length), None)
        }
        None => {
            let wanted = Wanted {
                to,
                resolved: &resolved,
                spec: Digest::of(b""),
                purpose: Purpose::Promote,
                again: true,
                scope: None,
            };
            let plan = plan::plan(&wanted, &view.lane(env, service));
            let plan = plan.map_err(|no| Refusal::Invalid {
                because: no.to_string(),
                help: "say how long it takes, for example `--for 45m`".to_owned(),
            })?;
            let shape = &plan.envelope.shape;
            (plan.body, view.expected(spec, env, service, shape))
        }
    };
    plan.gates = GateId::ALL
        .into_iter()
        .filter(|gate| gate.is_calendar())
        .collect();
    Ok(Probe { plan, expected })
}

/// A revision that differs from all there are.
fn revision(service: &ServiceId, resolved: &Resolved<'_>) -> Result<Revision, Refusal> {
    let release: ReleaseId = format!("{service}@next").parse()?;
    let run = resolved.run.as_ref();
    let health: &Health = &resolved.service.health;
    Ok(Revision {
        key: "next".to_owned(),
        release,
        artifact: Digest::of(b""),
        location: String::new(),
        command: Vec::new(),
        prepare: None,
        values: BTreeMap::new(),
        health: health.clone(),
        instances: run.map_or(1, |run| run.instances),
        port: run.and_then(|run| run.port),
        grace: run.map_or(Millis::ZERO, |run| run.grace),
        stick: None,
    })
}

fn lasting(from: Option<Revision>, to: Revision, env: &EnvId, length: Millis) -> PlanBody {
    PlanBody {
        service: to.release.service.clone(),
        environment: env.clone(),
        from,
        retire: None,
        to,
        steps: vec![Step {
            intent: Intent::Hold { lasting: length },
            timeout: Millis::ZERO,
            retries: 0,
        }],
        undo: Vec::new(),
        closing: Vec::new(),
        watch: Millis::ZERO,
        analysis: None,
        regression: OnRegression::RollBack,
        undo_within: Millis::ZERO,
        gates: Vec::new(),
        scope: None,
    }
}

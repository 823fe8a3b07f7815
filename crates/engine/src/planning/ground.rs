//! What a plan is made from and its gates are asked about: the ledger and the configuration of one instant, now or in the past.
//!
//! Nothing is read beside what is given here, so that a question about yesterday is answered from yesterday.

use super::Deploy;
use crate::InForce;
use tidegate_core::digest::Digest;
use tidegate_core::gate::{self, Asked, GateReport, Purpose};
use tidegate_core::model::lane::Lane;
use tidegate_core::plan::{self, NoPlan, Plan, Revision, Wanted};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Resolved;
use tidegate_core::stream::artifact::Artifact;
use tidegate_core::stream::release::{Agreed, Phase, Release};
use tidegate_core::time::Timestamp;
use tidegate_core::view::View;

/// What a deployment would be, without making it.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The plan.
    pub plan: Plan,
    /// Every gate's answer.
    pub reports: Vec<GateReport>,
}

/// One instant of the ledger.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// States and models.
    pub view: &'a dyn View,
    /// The configuration in force then.
    pub in_force: &'a InForce,
    /// That instant.
    pub present: Timestamp,
}

impl Ground<'_> {
    /// Plan and ask the gates about the start at `at`; changes nothing.
    ///
    /// # Errors
    /// The typed "no" that a deployment would be given.
    pub fn preview(&self, ask: &Deploy, at: Timestamp) -> Result<Preview, Refusal> {
        let plan = self.plan(ask)?;
        let reports = gate::evaluate(&self.asked(ask, &plan, at));
        Ok(Preview { plan, reports })
    }

    /// What the gates are asked about the start of a plan at `at`.
    #[must_use]
    pub fn asked<'b>(&'b self, ask: &'b Deploy, plan: &'b Plan, at: Timestamp) -> Asked<'b> {
        Asked {
            now: at,
            present: self.present,
            plan: &plan.body,
            purpose: ask.purpose,
            deployment: None,
            request: &ask.request,
            expected: plan.envelope.expected.as_ref(),
            spec: &self.in_force.spec,
            origins: &self.in_force.origins,
            view: self.view,
        }
    }

    /// The plan of a deployment.
    ///
    /// # Errors
    /// Nothing can be planned from what there is.
    pub fn plan(&self, ask: &Deploy) -> Result<Plan, Refusal> {
        let (in_force, view) = (self.in_force, self.view);
        let resolved = in_force
            .spec
            .resolve(&ask.release.service, &ask.environment)
            .map_err(|e| Refusal::Invalid {
                because: e.to_string(),
                help: "`tidegate env list` and `tidegate config show` name those there are"
                    .to_owned(),
            })?;
        let release = view.load::<Release>(&ask.release.to_string())?;
        let artifact = view.load::<Artifact>(&ask.release.to_string())?;
        let lane = view.lane(&ask.environment, &ask.release.service);
        match &release.phase {
            Phase::Absent => {
                return Err(Refusal::NotFound {
                    what: "release".to_owned(),
                    name: ask.release.to_string(),
                });
            }
            Phase::Cancelled { because } => {
                return Err(Refusal::Invalid {
                    because: format!("{} was cancelled: {because}", ask.release),
                    help: "register and release a new version".to_owned(),
                });
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
        let plan = make(
            to,
            &resolved,
            in_force.digest.as_ref(),
            (ask.purpose, ask.again, release.agreed()),
            &lane,
        )?;
        // A first install has nothing to be compared with: it is all one step.
        let expected = match &plan.body.from {
            Some(_) => {
                let (service, shape) = (&ask.release.service, &plan.envelope.shape);
                view.expected(&in_force.spec, &ask.environment, service, shape)
            }
            None => None,
        };
        Ok(plan.expecting(expected))
    }
}

/// A plan; refused in words.
pub(super) fn make(
    to: Revision,
    resolved: &Resolved<'_>,
    spec: Option<&Digest>,
    (purpose, again, scope): (Purpose, bool, Option<Agreed>),
    lane: &Lane,
) -> Result<Plan, Refusal> {
    let spec = spec.cloned().unwrap_or_else(|| Digest::of(b""));
    let wanted = Wanted {
        to,
        resolved,
        spec,
        purpose,
        again,
        scope,
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
    })
}

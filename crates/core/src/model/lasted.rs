//! Lasted: how long deployments took, for those that come after. A row for each environment, service and kind of strategy.

use super::{Happened, Rows};
use crate::batch::ModelChange;
use crate::digest::canonical;
use crate::id::{EnvId, ServiceId};
use crate::plan::{Expected, Known, Lasted};
use crate::spec::Spec;
use crate::stream::deployment::{Deployment, Event};
use crate::time::Millis;
use crate::view::View;

/// Name of the read model.
pub const MODEL: &str = "lasted";

fn key(env: &EnvId, service: &ServiceId, shape: &str) -> String {
    format!("{env}/{service}/{shape}")
}

/// Successes teach; a way back is no sample, and neither is a first install: it has no steps in between.
pub(super) fn project(h: &Happened<'_, Deployment, Event>, rows: &mut dyn Rows) {
    let (Event::Succeeded { .. }, Some(facts)) = (h.event, h.state.facts.as_deref()) else {
        return;
    };
    let (body, shape) = (&facts.plan.body, &facts.plan.envelope.shape);
    let Some(started) = facts.started_at else {
        return;
    };
    if facts.purpose.is_return() || body.from.is_none() || shape.is_empty() {
        return;
    }
    let key = key(&body.environment, &body.service, shape);
    let mut lasted: Lasted = rows
        .row(MODEL, &key)
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    lasted.add(Millis::between(started, h.at));
    rows.put(ModelChange {
        model: MODEL,
        key,
        body: canonical(&lasted).ok(),
    });
}

impl dyn View + '_ {
    /// Successful runs of a strategy here, of those that are kept. None when the row cannot be read.
    #[must_use]
    pub fn runs(&self, env: &EnvId, service: &ServiceId, shape: &str) -> Option<usize> {
        match self.model(MODEL, &key(env, service, shape)) {
            None => Some(0),
            Some(text) => serde_json::from_str::<Lasted>(&text)
                .ok()
                .map(|lasted| lasted.lasted.len()),
        }
    }

    /// How long the steps of a deployment are expected to take: learned, else declared; none when neither is known.
    #[must_use]
    pub fn expected(
        &self,
        spec: &Spec,
        env: &EnvId,
        service: &ServiceId,
        shape: &str,
    ) -> Option<Expected> {
        let learned = self
            .model(MODEL, &key(env, service, shape))
            .and_then(|text| serde_json::from_str::<Lasted>(&text).ok())
            .and_then(|lasted| lasted.expected());
        learned.or_else(|| {
            let lasting = spec.services.get(service)?.expected?;
            Some(Expected {
                lasting,
                known: Known::Declared,
            })
        })
    }
}

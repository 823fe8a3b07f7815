//! Which items a question takes.

use super::{Item, Kind, Question};
use crate::id::{EnvId, ServiceId};
use crate::spec::Spec;
use std::collections::BTreeSet;

/// A question with its teams resolved.
pub(super) struct Filter<'a> {
    question: &'a Question,
    /// Services asked for, by name or by team; everything when `None`.
    services: Option<BTreeSet<&'a ServiceId>>,
}

impl<'a> Filter<'a> {
    pub(super) fn of(spec: &'a Spec, question: &'a Question) -> Self {
        let named = !question.services.is_empty() || !question.teams.is_empty();
        let of_teams = spec
            .services
            .iter()
            .filter(|(_, s)| question.teams.contains(&s.owner));
        let services = of_teams.map(|(name, _)| name).chain(&question.services);
        Self {
            question,
            services: named.then(|| services.collect()),
        }
    }

    pub(super) fn wants(&self, kind: Kind) -> bool {
        self.question.kinds.is_empty() || self.question.kinds.contains(&kind)
    }

    /// Whether it is asked about one of these environments; they are all of them when none is named.
    pub(super) fn is_here(&self, environments: &[EnvId]) -> bool {
        let asked = &self.question.environments;
        asked.is_empty()
            || environments.is_empty()
            || environments.iter().any(|e| asked.contains(e))
    }

    /// Whether it is asked about a service in an environment.
    pub(super) fn is_about(&self, service: &ServiceId, env: &EnvId) -> bool {
        let asked = &self.question.environments;
        (asked.is_empty() || asked.contains(env))
            && self
                .services
                .as_ref()
                .is_none_or(|wanted| wanted.contains(service))
    }

    pub(super) fn takes(&self, item: &Item) -> bool {
        let concerned = item.services.is_empty()
            || self
                .services
                .as_ref()
                .is_none_or(|wanted| item.services.iter().any(|s| wanted.contains(s)));
        self.wants(item.kind)
            && self.is_here(&item.environments)
            && concerned
            && item.time.touches(self.question.time)
    }
}

//! Which planned freezes would hold a departure back in the first environments it goes to.
//!
//! For checks of the configuration, which know no ledger; what really holds a deployment is the business of its gates.

use super::{Operation, Spec, Train, Unreadable};
use crate::calendar::Span;
use crate::id::{EnvId, Name, ServiceId};
use crate::time::{Millis, Timestamp};

/// Freezes in a row that are followed.
const ROUNDS: usize = 32;

/// A departure that would wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The freeze that holds it last.
    pub by: Name,
    /// When that ends; none when no end is in sight.
    pub until: Option<Timestamp>,
    /// Zone of what holds it.
    pub zone: String,
    /// Where.
    pub environment: EnvId,
    /// Which of its services.
    pub service: ServiceId,
}

impl Spec {
    /// Which freeze would hold a departure of `train` at `at` for longest; none when each service may enter its first environment.
    ///
    /// # Errors
    /// A phrase or zone that cannot be read.
    pub fn train_held(&self, train: &Train, at: Timestamp) -> Result<Option<Held>, Unreadable> {
        let mut longest: Option<Held> = None;
        for service in &train.carries {
            let Some(env) = self.stops(train, service).first().copied() else {
                continue;
            };
            let Some(held) = self.held_at(service, env, at)? else {
                continue;
            };
            let later = |have: &Held| match (have.until, held.until) {
                (None, _) => false,
                (_, None) => true,
                (Some(have), Some(new)) => new > have,
            };
            if longest.as_ref().is_none_or(later) {
                longest = Some(held);
            }
        }
        Ok(longest)
    }

    fn held_at(
        &self,
        service: &ServiceId,
        env: &EnvId,
        at: Timestamp,
    ) -> Result<Option<Held>, Unreadable> {
        let mut now = at;
        let mut held: Option<Held> = None;
        for _ in 0..ROUNDS {
            let Some((by, until, zone)) = self.freeze_at(service, env, now)? else {
                break;
            };
            held = Some(Held {
                by,
                until,
                zone,
                environment: env.clone(),
                service: service.clone(),
            });
            match until {
                Some(then) if then > now => now = then,
                _ => break,
            }
        }
        Ok(held)
    }

    /// The freeze that holds a service at an instant, up to when, and its zone.
    fn freeze_at(
        &self,
        service: &ServiceId,
        env: &EnvId,
        now: Timestamp,
    ) -> Result<Option<(Name, Option<Timestamp>, String)>, Unreadable> {
        let (Some(environment), Some(instant)) =
            (self.environments.get(env), Span::lasting(now, Millis(1)))
        else {
            return Ok(None);
        };
        for (name, freeze) in &self.freezes {
            let kinds = &freeze.scope.operations;
            let updates = kinds.is_empty() || kinds.contains(&Operation::Update);
            if !updates || !freeze.concerns(self, service, env) {
                continue;
            }
            let zone = freeze.zone.as_deref().unwrap_or(&environment.zone);
            let spans = freeze.spans(&self.setting(zone)?, instant)?;
            if let Some(span) = spans.at(now) {
                let until = Some(span.end()).filter(|end| *end < Timestamp::MAX);
                return Ok(Some((name.clone(), until, zone.to_owned())));
            }
        }
        Ok(None)
    }
}

//! Freezes that people declared, while they hold.

use super::year::services_of;
use super::{Effect, Found, Item, Kind, Source, Time};
use crate::freeze::declared;
use crate::id::EnvId;
use crate::spec::Operation;
use crate::time::Timestamp;

pub(super) fn declared_freezes(found: &mut Found<'_>) {
    if !found.filter.wants(Kind::Freeze) {
        return;
    }
    let spec = found.known.spec;
    let all = match declared(found.known.view) {
        Ok(all) => all,
        Err(unknown) => return found.unknown("freezes".to_owned(), unknown, &[]),
    };
    for freeze in all {
        let Some((known, span)) = freeze.in_force().zip(freeze.span()) else {
            continue;
        };
        let environments: Vec<EnvId> = spec
            .environments
            .keys()
            .filter(|env| known.scope.has_environment(spec, env))
            .cloned()
            .collect();
        if environments.is_empty() {
            continue;
        }
        let (by, at) = freeze.declared().unwrap_or((String::new(), Timestamp::MIN));
        let name = known.which.to_string();
        let time = Time::Within(span);
        found.add(Item {
            kind: Kind::Freeze,
            id: format!("freeze/{name}"),
            title: format!("freeze {name}"),
            name,
            detail: known.why,
            time,
            zone: spec.zone.clone(),
            environments,
            services: services_of(spec, &known.scope),
            // One that lets new versions go closes nothing.
            effect: match known.scope.stops(Operation::Update) {
                true => Effect::Blocks,
                false => Effect::Informs,
            },
            source: Source::Declared { by, at },
            state: Item::state_at(time, found.known.now),
        });
    }
}

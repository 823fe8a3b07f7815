//! Calendars of others that were not read lately, so that what is missing of them is not taken for nothing.

use super::Found;
use super::year::services_of;
use crate::id::{EnvId, Name, ServiceId, TeamId};
use crate::spec::{Scope, Tier};
use crate::stream::entry::{Effect, Kind};
use crate::stream::feed;
use crate::time::{Millis, Timestamp};

/// A calendar of others whose events count as no data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Feed; absent for a vendor whose calendar was never read.
    pub id: Option<Name>,
    /// Its name, or that of the vendor.
    pub calendar: String,
    /// What its events are.
    pub kind: Kind,
    /// The third party whose calendar it is.
    pub vendor: Option<Name>,
    /// Team that answers for it.
    pub owner: Option<TeamId>,
    /// When it was read last.
    pub read: Option<Timestamp>,
    /// How long that counts.
    pub fresh_for: Millis,
    /// Does production wait for it?
    pub blocks: bool,
    /// Environments that it concerns.
    pub environments: Vec<EnvId>,
    /// Services that it concerns; all when empty.
    pub services: Vec<ServiceId>,
    /// How it is read again.
    pub again: String,
}

/// Those that concern what is asked about.
pub(super) fn stale(found: &mut Found<'_>) {
    let feeds = match feed::all(found.known.view) {
        Ok(feeds) => feeds,
        Err(because) => return found.unknown("calendar/imports".to_owned(), because, &[]),
    };
    let (spec, now) = (found.known.spec, found.known.now);
    let mut all = Vec::new();
    for (id, facts) in &feeds {
        let (Some(fresh_for), Some(from)) = (facts.counts_for(spec), facts.stale_from(spec)) else {
            continue;
        };
        if now < from {
            continue;
        }
        let of_vendor = facts
            .vendor
            .as_ref()
            .and_then(|name| spec.vendors.get(name));
        let waits = match of_vendor {
            Some(vendor) => vendor.calendar_fresh_for.is_some() && !vendor.services.is_empty(),
            None => facts.effect != Effect::Informs,
        };
        all.push(Stale {
            id: Some(id.clone()),
            calendar: facts.calendar.clone(),
            kind: facts.kind,
            vendor: facts.vendor.clone(),
            owner: facts.owner.clone(),
            read: Some(facts.at),
            fresh_for,
            blocks: waits,
            environments: environments(found, &facts.scope),
            services: services_of(spec, &facts.scope),
            again: facts.again(),
        });
    }
    for (name, vendor) in &spec.vendors {
        let read = feeds.iter().any(|(_, f)| f.vendor.as_ref() == Some(name));
        let Some(fresh_for) = vendor.calendar_fresh_for.filter(|_| !read) else {
            continue;
        };
        let scope = Scope {
            services: vendor.services.clone(),
            ..Scope::default()
        };
        all.push(Stale {
            id: None,
            calendar: name.to_string(),
            kind: Kind::Vendor,
            vendor: Some(name.clone()),
            owner: Some(vendor.owner.clone()),
            read: None,
            fresh_for,
            blocks: !vendor.services.is_empty(),
            environments: environments(found, &scope),
            services: services_of(spec, &scope),
            again: format!("tidegate calendar import … --as vendor --vendor {name}"),
        });
    }
    all.retain(|stale| found.filter.is_here(&stale.environments));
    found.stale = all;
}

fn environments(found: &Found<'_>, scope: &Scope) -> Vec<EnvId> {
    let spec = found.known.spec;
    let all = spec.environments.iter();
    let here =
        all.filter(|(env, e)| scope.has_environment(spec, env) && e.tier == Tier::Production);
    here.map(|(env, _)| env.clone()).collect()
}

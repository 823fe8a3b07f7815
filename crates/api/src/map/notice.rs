//! Notices as people read them: accounts are their persons, services their owners.

use crate::look::Look;
use std::collections::BTreeSet;
use tidegate_client::wire;
use tidegate_core::model::notice::Row;
use tidegate_core::people;

/// One notice, with everybody it is for.
pub(crate) fn notice(look: &Look<'_>, row: &Row) -> wire::Notice {
    let view = look.view();
    let to: BTreeSet<String> = row.to.iter().map(|who| people::behind(view, who)).collect();
    let services = &look.in_force.spec.services;
    let owners = row.releases.iter();
    let owners = owners.filter_map(|release| services.get(&release.service));
    // The team that answered then, and whoever answers by now.
    let teams: BTreeSet<String> = row
        .team
        .iter()
        .chain(owners.map(|service| &service.owner))
        .map(ToString::to_string)
        .collect();
    wire::Notice {
        at: row.at,
        stream: row.stream.clone(),
        rev: row.rev,
        what: row.what.clone(),
        releases: row.releases.iter().map(ToString::to_string).collect(),
        environment: row.environment.as_ref().map(ToString::to_string),
        departure: row.departure.as_ref().map(ToString::to_string),
        because: row.because.clone(),
        before: row.before,
        now: row.now,
        to: to.into_iter().collect(),
        teams: teams.into_iter().collect(),
        by: row.by.as_ref().map(|who| people::behind(view, who)),
    }
}

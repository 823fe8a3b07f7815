//! Who decides about departures, and whose hands they need.

use super::spot;
use crate::check::Whole;
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use std::collections::BTreeSet;
use tidegate_core::id::TeamId;
use tidegate_core::spec::{Team, Train};

pub(super) fn decides(whole: &Whole<'_>, document: &Document, train: &Train, report: &mut Report) {
    let Some(team) = &train.decided_by else {
        return;
    };
    let nobody = whole
        .spec
        .teams
        .get(team)
        .is_some_and(|t| t.members.is_empty() && t.group.is_none());
    if nobody {
        report
            .add(
                codes::NOBODY_DECIDES,
                &spot(document, "decided-by"),
                format!("the team `{team}` has no members who could decide"),
            )
            .label("nobody could ever say go")
            .help(format!(
                "write `members` for `{team}` in the `teams` document, for example `members: [dina]`"
            ));
    }
}

/// Every team that it needs could send enough people at some time.
pub(super) fn hands(whole: &Whole<'_>, document: &Document, train: &Train, report: &mut Report) {
    let Some(written) = document.node.get("hands") else {
        return;
    };
    for entry in written.entries() {
        let found = train.hands.iter().find(|(t, _)| t.as_str() == entry.key);
        // A name that leads nowhere is told already.
        let Some((team, (name, needs))) =
            found.and_then(|found| Some((whole.spec.teams.get(found.0)?, found)))
        else {
            continue;
        };
        let Some((because, help)) = lacking(name, team, *needs) else {
            continue;
        };
        report
            .add(codes::NO_HANDS, &entry.value.spot, because)
            .label("no departure could ever leave")
            .help(help);
    }
}

/// Why a team could never send so many people, and what to write.
fn lacking(name: &TeamId, team: &Team, needs: u32) -> Option<(String, String)> {
    if team.cover.is_empty() {
        return Some((
            format!("the team `{name}` does not say when it is on duty"),
            format!(
                "write its `cover` in `teams`, for example `{name}: {{ cover: Mon-Fri 08:00-18:00 }}`"
            ),
        ));
    }
    let members = team.members.iter().collect::<BTreeSet<_>>().len();
    let few = usize::try_from(needs).map_or(true, |needs| members < needs);
    if !few || team.group.is_some() {
        return None;
    }
    let have = match members {
        0 => "no members".to_owned(),
        1 => "1 member".to_owned(),
        n => format!("{n} members"),
    };
    Some((
        format!("the team `{name}` has {have} and the train needs {needs}"),
        format!("list more `members` of `{name}` in `teams`, or ask for fewer"),
    ))
}

//! What must hold of a release that travels: it may move at all, its path leads to the train's environments, and it is green
//! in those before them.

use super::decide::Turn;
use crate::gate::moment_in;
use crate::id::{EnvId, ReleaseId};
use crate::spec::{Spec, Train};
use crate::stream::release::{Phase, Release, Stage};
use crate::time::Timestamp;
use crate::view::View;

/// Why a release may not travel at all; `Ok` is the last environment it is to enter.
pub(super) fn fit(
    spec: &Spec,
    train: &Train,
    view: &dyn View,
    id: &ReleaseId,
) -> Result<EnvId, String> {
    if !train.carries.contains(&id.service) {
        return Err(format!("{} is no longer carried", id.service));
    }
    let release = view
        .load::<Release>(&id.to_string())
        .map_err(|refusal| refusal.to_string())?;
    match &release.phase {
        Phase::Absent => return Err(format!("there is no release {id}")),
        Phase::Held { hold } => {
            let because = format!("held since it was rolled back in {}", hold.environment);
            return Err(format!("{because}: {}", hold.because));
        }
        Phase::Cancelled { because } => return Err(format!("cancelled: {because}")),
        Phase::Locked | Phase::Rolling | Phase::Released { .. } => {}
    }
    let stops = spec.stops(train, &id.service);
    match stops.last() {
        Some(last) => Ok((*last).clone()),
        None => Err(format!(
            "the path of {} leads to no environment of the train",
            id.service
        )),
    }
}

/// Has it already succeeded everywhere the train would take it?
pub(super) fn is_there(spec: &Spec, train: &Train, view: &dyn View, id: &ReleaseId) -> bool {
    let Ok(release) = view.load::<Release>(&id.to_string()) else {
        return false;
    };
    let stops = spec.stops(train, &id.service);
    !stops.is_empty() && stops.iter().all(|env| is_done(&release, env))
}

/// The environments before the train's first in which it did not succeed yet; none when it is green.
pub(super) fn not_green(
    spec: &Spec,
    train: &Train,
    view: &dyn View,
    id: &ReleaseId,
) -> Option<String> {
    let release = match view.load::<Release>(&id.to_string()) {
        Ok(release) => release,
        Err(refusal) => return Some(refusal.to_string()),
    };
    let stops = spec.stops(train, &id.service);
    let before = spec
        .path_of(&id.service)
        .iter()
        .take_while(|env| !stops.contains(env));
    let missing: Vec<&str> = before
        .filter(|env| !is_done(&release, env))
        .map(EnvId::as_str)
        .collect();
    (!missing.is_empty()).then(|| format!("not green in {}", missing.join(", ")))
}

fn is_done(release: &Release, env: &EnvId) -> bool {
    matches!(release.stages.get(env), Some(Stage::Done { .. }))
}

/// The environments before the train's first, in order.
pub fn environments_before<'a>(spec: &'a Spec, train: &'a Train, id: &ReleaseId) -> Vec<&'a EnvId> {
    let stops = spec.stops(train, &id.service);
    let path = spec.path_of(&id.service).iter();
    path.take_while(|env| !stops.contains(env)).collect()
}

impl Turn<'_, '_> {
    /// An instant in the zone of the departure, for reasons.
    pub(super) fn said(&self, at: Timestamp) -> String {
        moment_in(at, self.facts().map_or("UTC", |f| &f.timetable.zone))
    }

    /// Most passengers: what is configured, and never more than one transaction can take along.
    pub(super) fn room(&self) -> usize {
        self.train().map_or(0, room_of)
    }
}

/// Most passengers of a departure of this train.
pub(crate) fn room_of(train: &Train) -> usize {
    let declared = train
        .capacity
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(usize::MAX);
    declared.min(crate::limits::PASSENGERS)
}

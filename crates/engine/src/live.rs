//! Deployments that have not ended, kept beside the ledger so that figures need no reading: of each only what the looks of agents are held
//! against, so that a hundred thousand of them fit, and by environment, so that a look costs what its environment has.

use crate::{Shared, locked};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tidegate_core::batch::NewState;
use tidegate_core::decider::Wake;
use tidegate_core::id::{ActionId, DeploymentId, EnvId, StreamId, StreamKind};
use tidegate_core::model::listing;
use tidegate_core::spec::Analysis;
use tidegate_core::stream::deployment::{Deployment, Phase, Sub};
use tidegate_core::view::Parsed;
use tidegate_ledger::{Rows, StoreError};

/// States that changed since somebody looked and are kept as they are stored.
const FRESH: usize = 256;
/// Rows read at once.
const PAGE: usize = 1_000;

/// What is judged of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watched {
    pub(crate) id: DeploymentId,
    pub(crate) environment: EnvId,
    /// `environment/service`.
    pub(crate) lane: Box<str>,
    /// Key of the revision it brings.
    pub(crate) to: Box<str>,
    /// Key of the one it replaces.
    pub(crate) from: Option<Box<str>>,
    /// Shared by all that are judged alike.
    pub(crate) analysis: Option<Arc<Analysis>>,
    pub(crate) stage: Stage,
    /// Work under way.
    pub(crate) action: Option<ActionId>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It waits for its gates or for a person: nothing changes soon.
    Still,
    /// Its steps run.
    Running {
        /// The hold that is its present step.
        hold: Option<usize>,
        /// A verdict was asked for.
        judging: bool,
    },
    /// Its last step is done, and it is watched.
    Watched,
    /// On its way back, paused, or closing.
    Other,
}

impl Stage {
    fn of(phase: &Phase) -> Self {
        match phase {
            Phase::Gated { .. } | Phase::NeedsHuman { .. } => Self::Still,
            Phase::Running { at } => Self::Running {
                hold: matches!(at.sub, Sub::Soaking { .. } | Sub::Judging { .. }).then_some(at.n),
                judging: matches!(at.sub, Sub::Judging { .. }),
            },
            Phase::Succeeded { .. } => Self::Watched,
            _ => Self::Other,
        }
    }
}

/// A state of a newest commit.
enum Fresh {
    /// As stored.
    Body(String),
    Parsed(Arc<Deployment>),
}

#[derive(Default)]
struct All {
    /// None: its state is still to be read.
    places: BTreeMap<EnvId, BTreeMap<DeploymentId, Option<Arc<Watched>>>>,
    environments: BTreeMap<DeploymentId, EnvId>,
    /// States of the newest commits.
    fresh: BTreeMap<DeploymentId, Fresh>,
    analyses: Vec<Arc<Analysis>>,
}

impl All {
    fn forget(&mut self, id: &DeploymentId) {
        self.fresh.remove(id);
        if let Some(environment) = self.environments.remove(id)
            && let Some(there) = self.places.get_mut(&environment)
        {
            there.remove(id);
        }
    }

    fn changed(&mut self, id: DeploymentId, state: Fresh) {
        self.fresh.insert(id, state);
        if self.fresh.len() > FRESH {
            self.absorb();
        }
    }

    /// Take over what changed.
    fn absorb(&mut self) {
        for (id, fresh) in std::mem::take(&mut self.fresh) {
            match fresh {
                Fresh::Parsed(state) => self.take(&id, &state),
                Fresh::Body(body) => self.read(&id, &body),
            }
        }
    }

    /// A state that cannot be read is set aside by whoever asks for it.
    fn read(&mut self, id: &DeploymentId, body: &str) {
        if let Ok(state) = serde_json::from_str::<Deployment>(body) {
            self.take(id, &state);
        }
    }

    fn take(&mut self, id: &DeploymentId, state: &Deployment) {
        let Some(facts) = state.facts.as_deref() else {
            return;
        };
        let plan = &facts.plan.body;
        // Names that are known here, so that each is kept once.
        let known = self.environments.get_key_value(id);
        let id = known.map_or(id, |(id, _)| id).clone();
        let known = self.places.get_key_value(&plan.environment);
        let environment = known.map_or(&plan.environment, |(known, _)| known).clone();
        let watched = Watched {
            id: id.clone(),
            environment: environment.clone(),
            lane: format!("{}/{}", plan.environment, plan.service).into(),
            to: plan.to.key.as_str().into(),
            from: plan.from.as_ref().map(|from| from.key.as_str().into()),
            analysis: plan.analysis.as_ref().map(|one| self.shared(one)),
            stage: Stage::of(&state.phase),
            action: state.action().cloned(),
        };
        let there = self.places.entry(environment.clone()).or_default();
        there.insert(id.clone(), Some(Arc::new(watched)));
        self.environments.insert(id, environment);
    }

    fn shared(&mut self, analysis: &Analysis) -> Arc<Analysis> {
        if let Some(known) = self.analyses.iter().find(|known| ***known == *analysis) {
            return Arc::clone(known);
        }
        self.analyses.retain(|known| Arc::strong_count(known) > 1);
        let new = Arc::new(analysis.clone());
        self.analyses.push(Arc::clone(&new));
        new
    }

    fn unread(&self, environments: &[EnvId]) -> Vec<DeploymentId> {
        let places = environments.iter().filter_map(|env| self.places.get(env));
        let all = places.flatten().filter(|(_, watched)| watched.is_none());
        all.map(|(id, _)| id.clone()).collect()
    }
}

/// Live deployments.
pub(crate) struct Live(Mutex<All>);

impl Live {
    /// Which there are; what they are is read when somebody looks.
    pub(crate) fn load(rows: &dyn Rows) -> Result<Self, StoreError> {
        #[derive(serde::Deserialize)]
        struct Row {
            environment: EnvId,
        }
        let mut all = All::default();
        let mut after: Option<String> = None;
        loop {
            let page = rows.scan(listing::LIVE, "", after.as_deref(), PAGE, false)?;
            for (key, body) in &page {
                let Ok(id) = DeploymentId::parse(key) else {
                    continue;
                };
                let row: Row = serde_json::from_str(body).map_err(|e| StoreError::BadRow {
                    what: format!("the row of {key}"),
                    because: e.to_string(),
                })?;
                let there = all.places.entry(row.environment);
                all.environments.insert(id.clone(), there.key().clone());
                there.or_default().insert(id, None);
            }
            match page.last() {
                Some((last, _)) if page.len() == PAGE => after = Some(last.clone()),
                _ => return Ok(Self(Mutex::new(all))),
            }
        }
    }

    /// Take over what a commit changed.
    pub(crate) fn committed(&self, states: &[NewState]) {
        let mut all = locked(&self.0);
        for state in states {
            if state.stream.kind() != Some(StreamKind::Deployment) {
                continue;
            }
            let Ok(id) = DeploymentId::parse(state.stream.key()) else {
                continue;
            };
            if matches!(state.wake, Wake::Never(_)) {
                all.forget(&id);
            } else {
                let parsed = state.parsed.as_ref().and_then(Parsed::get);
                let body = || Some(Fresh::Body(state.row.as_ref()?.body.clone()));
                if let Some(fresh) = parsed.map(Fresh::Parsed).or_else(body) {
                    all.changed(id, fresh);
                }
            }
        }
    }

    /// What a deployment is now, or that it is over.
    pub(crate) fn replace(&self, key: &str, body: Option<String>) {
        let Ok(id) = DeploymentId::parse(key) else {
            return;
        };
        let mut all = locked(&self.0);
        match body {
            Some(body) => all.changed(id, Fresh::Body(body)),
            None => all.forget(&id),
        }
    }

    /// These and no others.
    pub(crate) fn replace_all(&self, other: Self) {
        let other = other
            .0
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *locked(&self.0) = other;
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        locked(&self.0).environments.len()
    }
}

impl Shared {
    /// Live deployments of some environments.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) fn watched(&self, environments: &[EnvId]) -> Result<Vec<Arc<Watched>>, StoreError> {
        let unread = {
            let mut all = locked(&self.live.0);
            all.absorb();
            all.unread(environments)
        };
        for ids in unread.chunks(PAGE) {
            let states = self.store.read_with(|rows| {
                let state = |id: &DeploymentId| {
                    let stream = StreamId::new(StreamKind::Deployment, id.as_str());
                    Ok((id.clone(), rows.state(&stream)?))
                };
                ids.iter()
                    .map(state)
                    .collect::<Result<Vec<_>, StoreError>>()
            })?;
            let mut all = locked(&self.live.0);
            for (id, row) in states {
                // What a commit said meanwhile is newer.
                if let Some(row) = row
                    && all.environments.contains_key(&id)
                    && !all.fresh.contains_key(&id)
                {
                    all.read(&id, &row.body);
                }
            }
        }
        let all = locked(&self.live.0);
        let places = environments.iter().filter_map(|env| all.places.get(env));
        Ok(places
            .flat_map(BTreeMap::values)
            .flatten()
            .cloned()
            .collect())
    }
}

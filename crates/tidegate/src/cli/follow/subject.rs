//! What is followed: one deployment, a release on its way, or an environment.

use super::verdict::{Intent, exit_of, is_over};
use crate::exit::{Exit, Failure};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_client::wire::{Deployment, DeploymentPhase, Release, ReleasePhase, StageState};
use tidegate_client::{Client, DeploymentFilter};

/// What is followed.
#[derive(Debug, Clone)]
pub enum Subject {
    /// One deployment.
    Deployment {
        /// Its id.
        id: String,
        /// What the caller wants of it.
        intent: Intent,
    },
    /// A release on its way.
    Release {
        /// `service@version`.
        id: String,
        /// Environment it shall arrive in; absent for wherever it goes.
        to: Option<String>,
        /// Deployments that had ended before and are not told again.
        before: BTreeSet<String>,
    },
    /// Everything under way in an environment.
    Environment {
        /// Its name.
        name: String,
    },
}

/// What was seen at one look.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// The release, when one is followed.
    pub release: Option<Release>,
    /// Deployments that belong to it, oldest first.
    pub deployments: Vec<Deployment>,
}

/// Deployments of a release that have ended already.
///
/// # Errors
/// The server refuses to show them.
pub async fn ended_before(release: &str, client: &Client) -> Result<BTreeSet<String>, Failure> {
    let filter = DeploymentFilter {
        release: Some(release.to_owned()),
        live: Some(false),
        limit: Some(200),
        ..DeploymentFilter::default()
    };
    Ok(client
        .deployments(&filter)
        .await?
        .items
        .into_iter()
        .map(|d| d.id)
        .collect())
}

impl Subject {
    /// Look once. `known` are the deployments of earlier looks.
    ///
    /// # Errors
    /// The server does not answer, or refuses.
    pub async fn look(
        &self,
        known: &BTreeSet<String>,
        client: &Client,
    ) -> Result<View, tidegate_client::Error> {
        match self {
            Self::Deployment { id, .. } => Ok(View {
                release: None,
                deployments: vec![client.deployment(id).await?],
            }),
            Self::Release { id, before, .. } => {
                // The release first: what it says has arrived is then among the deployments.
                let release = client.release(id).await?;
                let filter = DeploymentFilter {
                    release: Some(id.clone()),
                    limit: Some(200),
                    ..DeploymentFilter::default()
                };
                let mut deployments = client.deployments(&filter).await?.items;
                deployments.retain(|d| !before.contains(&d.id));
                deployments.reverse();
                // A list does not tell places in the line.
                let waiting = |d: &&mut Deployment| d.phase == DeploymentPhase::Waiting;
                for one in deployments.iter_mut().filter(waiting) {
                    *one = client.deployment(&one.id).await?;
                }
                Ok(View {
                    release: Some(release),
                    deployments,
                })
            }
            Self::Environment { name } => {
                let filter = DeploymentFilter {
                    environment: Some(name.clone()),
                    live: Some(true),
                    limit: Some(200),
                    ..DeploymentFilter::default()
                };
                let mut deployments: BTreeMap<String, Deployment> = client
                    .deployments(&filter)
                    .await?
                    .items
                    .into_iter()
                    .map(|d| (d.id.clone(), d))
                    .collect();
                for id in known {
                    if !deployments.contains_key(id) {
                        deployments.insert(id.clone(), client.deployment(id).await?);
                    }
                }
                Ok(View {
                    release: None,
                    deployments: deployments.into_values().collect(),
                })
            }
        }
    }

    /// How it ended, when it has.
    pub fn ended(&self, view: &View) -> Option<Exit> {
        if !view.deployments.iter().all(|d| is_over(d.phase)) {
            return None;
        }
        match self {
            Self::Deployment { intent, .. } => {
                view.deployments.first().map(|d| exit_of(d, *intent))
            }
            Self::Environment { .. } => Some(worst(view)),
            Self::Release { to, .. } => {
                let release = view.release.as_ref()?;
                if on_its_way(release) {
                    return None;
                }
                Some(match to {
                    Some(to) if !arrived(release, to) && worst(view) == Exit::Done => Exit::Blocked,
                    _ => worst(view),
                })
            }
        }
    }

    /// Whether lines must name their environment, because they come from several.
    pub fn is_many(&self) -> bool {
        !matches!(self, Self::Deployment { .. })
    }
}

/// The newest deployment that did not end well decides, per environment only its newest counts.
fn worst(view: &View) -> Exit {
    let mut newest: BTreeMap<(&str, &str), &Deployment> = BTreeMap::new();
    for d in &view.deployments {
        newest.insert((&d.environment, &d.service), d);
    }
    let exits = newest.values().map(|d| exit_of(d, Intent::Forward));
    exits
        .filter(|exit| *exit != Exit::Done)
        .max_by_key(|exit| rank(*exit))
        .unwrap_or(Exit::Done)
}

fn rank(exit: Exit) -> u8 {
    match exit {
        Exit::Failed => 4,
        Exit::RolledBack => 3,
        Exit::Rejected => 2,
        _ => 1,
    }
}

/// A promotion goes on while its target is wanted and no environment on the way has failed.
fn on_its_way(release: &Release) -> bool {
    let Some(wanted) = &release.wanted else {
        return false;
    };
    if !matches!(release.phase, ReleasePhase::Locked | ReleasePhase::Rolling) {
        return false;
    }
    let last = release.stages.iter().position(|s| &s.environment == wanted);
    let way = release
        .stages
        .iter()
        .take(last.map_or(usize::MAX, |n| n + 1));
    !way.into_iter().any(|s| s.state == StageState::Failed)
}

fn arrived(release: &Release, to: &str) -> bool {
    release
        .stages
        .iter()
        .any(|s| s.environment == to && s.state == StageState::Done)
}

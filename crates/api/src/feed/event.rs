//! An entry of the ledger as CloudEvent.

use serde_json::Value;
use tidegate_client::wire::{Event, EventData};
use tidegate_core::id::{ReleaseId, StreamKind};
use tidegate_core::model::{self, listing};
use tidegate_core::stream::exception::Exception;
use tidegate_ledger::{Entry, Rows, StoreError};

/// What an entry is about.
#[derive(Default)]
struct About {
    service: Option<String>,
    environment: Option<String>,
    release: Option<String>,
}

/// The event of an entry; `rows` say what a deployment is about.
pub(crate) fn event(rows: &dyn Rows, entry: &Entry, source: &str) -> Result<Event, StoreError> {
    let about = about(rows, entry)?;
    let subject = match (&about.release, &about.environment) {
        (Some(release), Some(environment)) => format!("{release}/{environment}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => entry.stream.key().to_owned(),
    };
    Ok(Event {
        specversion: "1.0".to_owned(),
        id: entry.seq.to_string(),
        source: source.to_owned(),
        kind: kind(&entry.kind),
        subject,
        time: entry.at,
        datacontenttype: "application/json".to_owned(),
        data: EventData {
            stream: entry.stream.to_string(),
            rev: entry.rev,
            actor: entry.actor.clone(),
            service: about.service,
            environment: about.environment,
            release: about.release,
            body: entry
                .body
                .as_deref()
                .and_then(|body| serde_json::from_str(body).ok()),
        },
    })
}

/// `deployment.step_finished/1` as `dev.tidegate.deployment.step-finished.v1`.
fn kind(kind: &str) -> String {
    let (name, version) = kind.split_once('/').unwrap_or((kind, "1"));
    format!("dev.tidegate.{}.v{version}", name.replace('_', "-"))
}

fn about(rows: &dyn Rows, entry: &Entry) -> Result<About, StoreError> {
    let key = entry.stream.key();
    Ok(match entry.stream.kind() {
        Some(StreamKind::Artifact | StreamKind::Release) => About {
            service: key
                .parse::<ReleaseId>()
                .ok()
                .map(|id| id.service.to_string()),
            release: Some(key.to_owned()),
            environment: None,
        },
        Some(StreamKind::Exception) => {
            let row = rows.model(model::exception::ALL, key)?;
            let state = row.and_then(|row| serde_json::from_str::<Exception>(&row).ok());
            let release = state.and_then(|e| e.facts).map(|facts| facts.release);
            About {
                service: release.as_ref().map(|id| id.service.to_string()),
                release: release.map(|id| id.to_string()),
                environment: None,
            }
        }
        Some(StreamKind::Change) => {
            let row = rows.model(model::change::ALL, key)?;
            let row = row.and_then(|row| serde_json::from_str::<model::change::Row>(&row).ok());
            About {
                service: row.as_ref().map(|row| row.release.service.to_string()),
                environment: row.as_ref().map(|row| row.environment.to_string()),
                release: row.map(|row| row.release.to_string()),
            }
        }
        Some(StreamKind::Environment) => About {
            environment: Some(key.to_owned()),
            ..About::default()
        },
        Some(StreamKind::Deployment) => {
            let row = rows
                .model(listing::DEPLOYMENTS, key)?
                .and_then(|row| serde_json::from_str::<Value>(&row).ok());
            let text = |name: &str| row.as_ref()?.get(name)?.as_str().map(str::to_owned);
            About {
                service: text("service"),
                environment: text("environment"),
                release: text("release"),
            }
        }
        _ => About::default(),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn kinds_become_types_with_their_version() {
        assert_eq!(
            super::kind("deployment.step_finished/2"),
            "dev.tidegate.deployment.step-finished.v2"
        );
    }
}

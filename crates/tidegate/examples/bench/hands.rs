//! A played agent: it asks the server for work as a real one does and says at once that it is done.

use anyhow::Result;
use tidegate_client::{Client, Error};
use tidegate_plugin::wire::{
    LeaseReply, LeaseRequest, Observed, ObservedReply, Report, ReportState,
};
use tidegate_plugin::{Action, Outcome};

/// A played agent of one server.
#[derive(Debug, Clone)]
pub struct Hands {
    client: Client,
    name: String,
    environments: Vec<String>,
}

impl Hands {
    /// An agent of this name; the client carries its token.
    pub fn new(client: Client, name: &str, environments: Vec<String>) -> Self {
        Self {
            client,
            name: name.to_owned(),
            environments,
        }
    }

    fn path(&self, resource: &str) -> String {
        format!("/api/v1/agents/{}/{resource}", self.name)
    }

    /// Ask for work; the server holds the request until there is some, at most 20 s.
    ///
    /// # Errors
    /// The server is away or refuses.
    pub async fn lease(&self, max: u32, holding: Option<Vec<String>>) -> Result<LeaseReply, Error> {
        let request = LeaseRequest {
            environments: self.environments.clone(),
            max,
            wait_ms: 20_000,
            holding,
        };
        self.client.post(&self.path("leases"), &request, None).await
    }

    /// Tell what is seen at the targets.
    ///
    /// # Errors
    /// The server is away or refuses.
    pub async fn observed(&self, observed: &Observed) -> Result<ObservedReply, Error> {
        let path = self.path("observations");
        self.client.post(&path, observed, None).await
    }

    /// Say that an action is done.
    ///
    /// # Errors
    /// The server is away or refuses.
    pub async fn done(&self, action: &Action) -> Result<(), Error> {
        self.client
            .post(&self.path("reports"), &done(action), None)
            .await
    }
}

/// The report that an action is done.
pub fn done(action: &Action) -> Report {
    Report {
        action: action.id.clone(),
        epoch: action.epoch,
        state: ReportState::Ended {
            result: Outcome::Done {
                detail: "played".to_owned(),
                log: Vec::new(),
            },
        },
    }
}

/// The place of an action: `environment/service`.
pub fn lane(action: &Action) -> String {
    format!("{}/{}", action.environment, action.service)
}

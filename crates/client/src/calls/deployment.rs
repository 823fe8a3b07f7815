//! Deployments and rollbacks.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{
    DeployRequest, Deployment, Entry, Nothing, Page, Preview, Reason, RollbackRequest,
    SignatureRequest,
};

/// Which deployments are wanted.
#[derive(Debug, Clone, Default)]
pub struct DeploymentFilter {
    /// Only of this environment.
    pub environment: Option<String>,
    /// Only of this service.
    pub service: Option<String>,
    /// Only of this release.
    pub release: Option<String>,
    /// Only those under way (`Some(true)`) or ended (`Some(false)`).
    pub live: Option<bool>,
    /// At most this many; the server gives at most 200.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub after: Option<String>,
}

impl Client {
    /// Brings a release into an environment.
    ///
    /// # Errors
    /// See [`Error`]; 409 when another deployment is under way there.
    pub async fn deploy(&self, request: &DeployRequest, key: &str) -> Result<Deployment, Error> {
        self.post("/api/v1/deployments", request, Some(key)).await
    }

    /// What [`Self::deploy`] would do and whether it may; changes nothing.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn deploy_preview(&self, request: &DeployRequest) -> Result<Preview, Error> {
        self.post("/api/v1/deployments?dry_run=true", request, None)
            .await
    }

    /// Returns to an earlier version. A newer deployment under way there is aborted instead and that one is answered.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn roll_back(
        &self,
        request: &RollbackRequest,
        key: &str,
    ) -> Result<Deployment, Error> {
        self.post("/api/v1/rollbacks", request, Some(key)).await
    }

    /// What [`Self::roll_back`] would do; changes nothing.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn roll_back_preview(&self, request: &RollbackRequest) -> Result<Preview, Error> {
        self.post("/api/v1/rollbacks?dry_run=true", request, None)
            .await
    }

    /// Deployments, newest first.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn deployments(&self, filter: &DeploymentFilter) -> Result<Page<Deployment>, Error> {
        let path = Path::new("deployments")
            .query("environment", filter.environment.as_deref())
            .query("service", filter.service.as_deref())
            .query("release", filter.release.as_deref())
            .query(
                "state",
                filter.live.map(|live| if live { "live" } else { "ended" }),
            )
            .query("limit", filter.limit)
            .query("after", filter.after.as_deref());
        self.get(&path.end()).await
    }

    /// One deployment.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn deployment(&self, id: &str) -> Result<Deployment, Error> {
        self.get(&Path::new("deployments").segment(id).end()).await
    }

    /// What happened to a deployment, oldest first, after a revision of its stream.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn deployment_events(
        &self,
        id: &str,
        after: Option<&str>,
    ) -> Result<Page<Entry>, Error> {
        let path = Path::new("deployments").segment(id).segment("events");
        self.get(&path.query("after", after).end()).await
    }

    /// Stops a deployment where it is.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn pause(&self, id: &str, reason: &Reason, key: &str) -> Result<Deployment, Error> {
        self.act(id, "pauses", reason, key).await
    }

    /// Lets a stopped deployment go on.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn resume(&self, id: &str, key: &str) -> Result<Deployment, Error> {
        self.act(id, "resumptions", &Nothing {}, key).await
    }

    /// Ends the present hold of a deployment now.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn advance(&self, id: &str, reason: &Reason, key: &str) -> Result<Deployment, Error> {
        self.act(id, "advances", reason, key).await
    }

    /// Signs what a rollout waits for.
    ///
    /// # Errors
    /// See [`Error`]; 412 when it carries out another plan.
    pub async fn sign_off(
        &self,
        id: &str,
        (plan, request): (&str, &SignatureRequest),
        key: &str,
    ) -> Result<Deployment, Error> {
        let path = Path::new("deployments").segment(id).segment("sign-offs");
        let plans = [plan.to_owned()];
        self.post_matching(&path.end(), request, key, &plans).await
    }

    /// Refuses to sign what a rollout waits for.
    ///
    /// # Errors
    /// See [`Error`]; 412 when it carries out another plan.
    pub async fn refuse_to_sign(
        &self,
        id: &str,
        (plan, reason): (&str, &Reason),
        key: &str,
    ) -> Result<Deployment, Error> {
        let path = Path::new("deployments").segment(id);
        let path = path.segment("sign-off-refusals");
        let plans = [plan.to_owned()];
        self.post_matching(&path.end(), reason, key, &plans).await
    }

    /// Gives a deployment up: cancelled at its gates, rolled back afterwards.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn abort(&self, id: &str, reason: &Reason, key: &str) -> Result<Deployment, Error> {
        self.act(id, "aborts", reason, key).await
    }

    /// Says that what ran before runs again, after the way back failed and a person repaired it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn settle(&self, id: &str, reason: &Reason, key: &str) -> Result<Deployment, Error> {
        self.act(id, "settlements", reason, key).await
    }

    async fn act<B: serde::Serialize>(
        &self,
        id: &str,
        verb: &str,
        body: &B,
        key: &str,
    ) -> Result<Deployment, Error> {
        let path = Path::new("deployments").segment(id).segment(verb);
        self.post(&path.end(), body, Some(key)).await
    }
}

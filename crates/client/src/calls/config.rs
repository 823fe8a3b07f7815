//! Configuration.

use super::{ListFilter, Path};
use crate::http::{Client, Error};
use crate::wire::{
    Applied, ApplyRequest, CalendarSimulation, CalendarSimulationRequest, Config, Effective, Page,
    PlanAnswer, PlanRequest, PolicySimulation, PolicySimulationRequest, Proposal, ProposalRequest,
    Reason, Revision,
};

/// A forecast ends by itself after two minutes.
const FORECAST: std::time::Duration = std::time::Duration::from_secs(160);

impl Client {
    /// The configuration in force.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn config(&self) -> Result<Config, Error> {
        self.get("/api/v1/config").await
    }

    /// Applied revisions, newest first.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn config_revisions(&self, filter: &ListFilter) -> Result<Page<Revision>, Error> {
        self.get(&filter.path("config/revisions")).await
    }

    /// What files would change; changes nothing. Errors in the files are in the answer.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn plan_config(&self, request: &PlanRequest) -> Result<PlanAnswer, Error> {
        self.post("/api/v1/config/plans", request, None).await
    }

    /// What would these rules have asked of past changes? Errors in the files are in the answer.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn simulate_policy(
        &self,
        request: &PolicySimulationRequest,
    ) -> Result<PolicySimulation, Error> {
        self.post("/api/v1/simulations/policy", request, None).await
    }

    /// What the coming weeks would bring. Takes up to two minutes.
    ///
    /// # Errors
    /// See [`Error`]; 429 while another forecast is worked out.
    pub async fn simulate_calendar(
        &self,
        request: &CalendarSimulationRequest,
    ) -> Result<CalendarSimulation, Error> {
        self.post_patiently("/api/v1/simulations/calendar", request, FORECAST)
            .await
    }

    /// Brings files into force.
    ///
    /// # Errors
    /// See [`Error`]; 422 with `diagnostics` when something is wrong with the files.
    pub async fn apply_config(&self, request: &ApplyRequest, key: &str) -> Result<Applied, Error> {
        self.post("/api/v1/config/applications", request, Some(key))
            .await
    }

    /// [`Self::plan_config`] through the same door as [`Self::apply_config`]; changes nothing.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn apply_config_preview(&self, request: &ApplyRequest) -> Result<PlanAnswer, Error> {
        self.post("/api/v1/config/applications?dry_run=true", request, None)
            .await
    }

    /// What is proposed to come into force, the newest first.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn config_proposals(&self) -> Result<Page<Proposal>, Error> {
        self.get("/api/v1/config/proposals").await
    }

    /// One proposal by its digest.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn config_proposal(&self, digest: &str) -> Result<Proposal, Error> {
        let path = Path::new("config/proposals").segment(digest);
        self.get(&path.end()).await
    }

    /// Puts files that weaken controls before those who answer for these.
    ///
    /// # Errors
    /// See [`Error`]; 422 when they weaken nothing that a team answers for.
    pub async fn propose_config(
        &self,
        request: &ProposalRequest,
        key: &str,
    ) -> Result<Proposal, Error> {
        self.post("/api/v1/config/proposals", request, Some(key))
            .await
    }

    /// Says yes to exactly this configuration.
    ///
    /// # Errors
    /// See [`Error`]; 403 for whoever proposed it or answers for nothing in it.
    pub async fn approve_config(
        &self,
        digest: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Proposal, Error> {
        let path = Path::new("config/proposals").segment(digest);
        self.post(&path.segment("approvals").end(), reason, Some(key))
            .await
    }

    /// Says no to a proposal.
    ///
    /// # Errors
    /// As [`Self::approve_config`].
    pub async fn reject_config(
        &self,
        digest: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Proposal, Error> {
        let path = Path::new("config/proposals").segment(digest);
        self.post(&path.segment("rejections").end(), reason, Some(key))
            .await
    }

    /// Every value that holds for a service, in an environment or everywhere, with the place it comes from.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn effective(
        &self,
        service: &str,
        environment: Option<&str>,
    ) -> Result<Page<Effective>, Error> {
        let path = Path::new("config/effective")
            .query("service", Some(service))
            .query("environment", environment);
        self.get(&path.end()).await
    }
}

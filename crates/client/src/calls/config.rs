//! Configuration.

use super::{ListFilter, Path};
use crate::http::{Client, Error};
use crate::wire::{
    Applied, ApplyRequest, Config, Effective, Page, PlanAnswer, PlanRequest, PolicySimulation,
    PolicySimulationRequest, Revision,
};

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

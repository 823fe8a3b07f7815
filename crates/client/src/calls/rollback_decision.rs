//! Decisions about the way back.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{Page, RollbackDecision, RollbackDecisionRequest, RollbackOrderRequest};

impl Client {
    /// Decisions about the way back, the newest first; with `all` also those that are over.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn rollback_decisions(&self, all: bool) -> Result<Page<RollbackDecision>, Error> {
        let path = Path::new("rollback-decisions").query("all", all.then_some(true));
        self.get(&path.end()).await
    }

    /// One decision.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn rollback_decision(&self, id: &str) -> Result<RollbackDecision, Error> {
        let path = Path::new("rollback-decisions").segment(id);
        self.get(&path.end()).await
    }

    /// Asks those who decide.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn ask_rollback_decision(
        &self,
        request: &RollbackDecisionRequest,
        key: &str,
    ) -> Result<RollbackDecision, Error> {
        self.post("/api/v1/rollback-decisions", request, Some(key))
            .await
    }

    /// Decides.
    ///
    /// # Errors
    /// See [`Error`]; 403 for whoever is not asked.
    pub async fn order_rollback(
        &self,
        id: &str,
        request: &RollbackOrderRequest,
        key: &str,
    ) -> Result<RollbackDecision, Error> {
        let path = Path::new("rollback-decisions")
            .segment(id)
            .segment("orders");
        self.post(&path.end(), request, Some(key)).await
    }
}

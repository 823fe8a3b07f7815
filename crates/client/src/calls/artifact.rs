//! Artifacts.

use super::{ListFilter, Path};
use crate::http::{Client, Error};
use crate::wire::{Artifact, ArtifactRequest, Page, Reason};

impl Client {
    /// Registers an artifact; the same again answers the same.
    ///
    /// # Errors
    /// See [`Error`]; 409 when the version exists with another digest.
    pub async fn register_artifact(
        &self,
        request: &ArtifactRequest,
        key: &str,
    ) -> Result<Artifact, Error> {
        self.post("/api/v1/artifacts", request, Some(key)).await
    }

    /// Artifacts in order of service and version.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn artifacts(&self, filter: &ListFilter) -> Result<Page<Artifact>, Error> {
        self.get(&filter.path("artifacts")).await
    }

    /// No longer offers an artifact; what runs keeps running.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn retire_artifact(
        &self,
        reference: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Artifact, Error> {
        let path = Path::new("artifacts")
            .segment(reference)
            .segment("retirements");
        self.post(&path.end(), reason, Some(key)).await
    }

    /// Forbids an artifact everywhere.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn recall_artifact(
        &self,
        reference: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Artifact, Error> {
        let path = Path::new("artifacts").segment(reference).segment("recalls");
        self.post(&path.end(), reason, Some(key)).await
    }

    /// One artifact by `service@version`.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn artifact(&self, reference: &str) -> Result<Artifact, Error> {
        self.get(&Path::new("artifacts").segment(reference).end())
            .await
    }
}

//! Services, their known issues, and notes of releases.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{KnownIssue, Page, ReleaseNotes, Service};

/// Which known issues.
#[derive(Debug, Clone, Default)]
pub struct IssueFilter {
    /// Of this service.
    pub service: Option<String>,
    /// In this version.
    pub version: Option<String>,
    /// In a version that is in this environment.
    pub environment: Option<String>,
    /// Only those that customers may read, in words for them.
    pub public: bool,
}

impl Client {
    /// All services by name.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn services(&self) -> Result<Page<Service>, Error> {
        self.get("/api/v1/services").await
    }

    /// A service, where which version of it runs, and what is wrong there.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none of this name.
    pub async fn service(&self, name: &str) -> Result<Service, Error> {
        self.get(&Path::new("services").segment(name).end()).await
    }

    /// Known issues.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn known_issues(&self, filter: &IssueFilter) -> Result<Page<KnownIssue>, Error> {
        let path = Path::new("known-issues")
            .query("service", filter.service.as_ref())
            .query("version", filter.version.as_ref())
            .query("environment", filter.environment.as_ref())
            .query("public", filter.public.then_some(true));
        self.get(&path.end()).await
    }

    /// What somebody must know of a release before an environment; the first of tier production without one.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn release_notes(
        &self,
        release: &str,
        environment: Option<&str>,
    ) -> Result<ReleaseNotes, Error> {
        let path = Path::new("releases").segment(release).segment("notes");
        self.get(&path.query("environment", environment).end())
            .await
    }
}

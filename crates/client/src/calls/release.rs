//! Releases.

use super::{ListFilter, Path};
use crate::http::{Client, Error};
use crate::wire::{
    Page, Preview, PromoteRequest, Readiness, Reason, Release, ReleaseRequest, ReleaseScope,
    RiskAnswers, RiskScore, ScopeEdit, ScopeRequest, Timestamp,
};

impl Client {
    /// Makes a release from a registered artifact.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create_release(
        &self,
        request: &ReleaseRequest,
        key: &str,
    ) -> Result<Release, Error> {
        self.post("/api/v1/releases", request, Some(key)).await
    }

    /// Releases in order of service and version.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn releases(&self, filter: &ListFilter) -> Result<Page<Release>, Error> {
        self.get(&filter.path("releases")).await
    }

    /// Everything the ledger knows of a release, as one file that can be checked without a server.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn release_evidence(&self, id: &str) -> Result<Vec<u8>, Error> {
        let path = Path::new("releases").segment(id).segment("evidence");
        self.bytes(&path.end()).await
    }

    /// One release by `service@version`, with what stands before it in the environments it was not in yet.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn release(&self, reference: &str) -> Result<Release, Error> {
        self.get(&Path::new("releases").segment(reference).end())
            .await
    }

    /// How risky it would be to take a release into an environment; without one, the first of tier production on its path.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn risk(
        &self,
        reference: &str,
        environment: Option<&str>,
        at: Option<Timestamp>,
    ) -> Result<RiskScore, Error> {
        let path = Path::new("releases").segment(reference).segment("risk");
        let path = path.query("environment", environment).query("at", at);
        self.get(&path.end()).await
    }

    /// Answers questions about the risk of a release, all of them or none.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn answer_risk(
        &self,
        reference: &str,
        answers: &RiskAnswers,
        key: &str,
    ) -> Result<Release, Error> {
        let path = Path::new("releases").segment(reference).segment("answers");
        self.post(&path.end(), answers, Some(key)).await
    }

    /// Is a release ready for an environment; without one, for the first of tier production on its path?
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn readiness(
        &self,
        reference: &str,
        environment: Option<&str>,
    ) -> Result<Readiness, Error> {
        let path = Path::new("releases")
            .segment(reference)
            .segment("readiness");
        self.get(&path.query("environment", environment).end())
            .await
    }

    /// Moves a release along its path as far as an environment.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn promote(
        &self,
        reference: &str,
        request: &PromoteRequest,
        key: &str,
    ) -> Result<Release, Error> {
        let path = Path::new("releases")
            .segment(reference)
            .segment("promotions");
        self.post(&path.end(), request, Some(key)).await
    }

    /// What [`Self::promote`] would do at each environment on the way; changes nothing.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn promote_preview(
        &self,
        reference: &str,
        request: &PromoteRequest,
    ) -> Result<Page<Preview>, Error> {
        let path = Path::new("releases")
            .segment(reference)
            .segment("promotions");
        self.post(&path.query("dry_run", Some(true)).end(), request, None)
            .await
    }

    /// What ships with a release, what stays out, and the lock.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn scope(&self, reference: &str) -> Result<ReleaseScope, Error> {
        let path = Path::new("releases").segment(reference).segment("scope");
        self.get(&path.end()).await
    }

    /// Changes what ships; all edits or none.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn edit_scope(
        &self,
        reference: &str,
        edits: Vec<ScopeEdit>,
        reason: &str,
        key: &str,
    ) -> Result<ReleaseScope, Error> {
        let request = ScopeRequest {
            edits,
            reason: reason.to_owned(),
        };
        let path = Path::new("releases").segment(reference);
        self.post(&path.segment("scope-edits").end(), &request, Some(key))
            .await
    }

    /// Locks what ships.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn lock_scope(
        &self,
        reference: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<ReleaseScope, Error> {
        let path = Path::new("releases").segment(reference);
        self.post(&path.segment("scope-locks").end(), reason, Some(key))
            .await
    }

    /// Decides that a locked scope may change again.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn open_scope(
        &self,
        reference: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<ReleaseScope, Error> {
        let path = Path::new("releases").segment(reference);
        self.post(&path.segment("scope-openings").end(), reason, Some(key))
            .await
    }

    /// Lets a held release go on.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn unhold(
        &self,
        reference: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Release, Error> {
        let path = Path::new("releases").segment(reference).segment("unholds");
        self.post(&path.end(), reason, Some(key)).await
    }

    /// Gives a release up before anything was deployed.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn cancel_release(
        &self,
        reference: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Release, Error> {
        let path = Path::new("releases")
            .segment(reference)
            .segment("cancellations");
        self.post(&path.end(), reason, Some(key)).await
    }
}

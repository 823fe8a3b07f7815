//! Environments, decisions and where things are.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{
    Decision, DriftAnswer, Environment, Found, LockRequest, Page, Queue, Reason, Timestamp,
    UsageReport,
};

impl Client {
    /// All environments, in the order of their paths.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn environments(&self) -> Result<Page<Environment>, Error> {
        self.get("/api/v1/environments").await
    }

    /// One environment.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn environment(&self, name: &str) -> Result<Environment, Error> {
        self.get(&Path::new("environments").segment(name).end())
            .await
    }

    /// Who changes an environment, who waits for it, and in which order they go.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn queue(&self, name: &str) -> Result<Queue, Error> {
        let path = Path::new("environments").segment(name).segment("queue");
        self.get(&path.end()).await
    }

    /// How environments were used, in the last 30 days unless said otherwise.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn usage(
        &self,
        environment: Option<&str>,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<UsageReport, Error> {
        let path = Path::new("usage")
            .query("environment", environment)
            .query("from", from)
            .query("until", until);
        self.get(&path.end()).await
    }

    /// Lets an environment take no more deployments; returns to earlier revisions still go.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn hold_environment(
        &self,
        name: &str,
        lock: &LockRequest,
        key: &str,
    ) -> Result<Environment, Error> {
        let path = Path::new("environments").segment(name).segment("holds");
        self.post(&path.end(), lock, Some(key)).await
    }

    /// Breaks somebody else's lock.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn break_lock(
        &self,
        name: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Environment, Error> {
        let path = Path::new("environments").segment(name);
        self.post(&path.segment("broken-locks").end(), reason, Some(key))
            .await
    }

    /// Goes on in an environment whose ledger went back, from what its targets have seen.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn fence_environment(
        &self,
        name: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Environment, Error> {
        let path = Path::new("environments").segment(name).segment("fences");
        self.post(&path.end(), reason, Some(key)).await
    }

    /// Answers for what was changed at a target past the ledger.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn accept_drift(
        &self,
        environment: &str,
        answer: &DriftAnswer,
        key: &str,
    ) -> Result<Environment, Error> {
        let path = Path::new("environments").segment(environment);
        self.post(&path.segment("accepted-drift").end(), answer, Some(key))
            .await
    }

    /// Lets an environment take deployments again.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn open_environment(
        &self,
        name: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Environment, Error> {
        let path = Path::new("environments").segment(name).segment("openings");
        self.post(&path.end(), reason, Some(key)).await
    }

    /// May a release enter an environment, now or at an instant, and if not, why not?
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn decision(
        &self,
        release: &str,
        environment: &str,
        at: Option<Timestamp>,
    ) -> Result<Decision, Error> {
        let path = Path::new("decisions")
            .query("release", Some(release))
            .query("environment", Some(environment))
            .query("at", at);
        self.get(&path.end()).await
    }

    /// Releases that carry a commit, version, digest or artifact, and how far each came.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn whereabouts(&self, question: &str) -> Result<Page<Found>, Error> {
        self.get(&Path::new("where").query("q", Some(question)).end())
            .await
    }
}

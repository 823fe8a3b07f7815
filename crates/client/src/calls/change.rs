//! Changes and what people say to them.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{
    ApprovalRequest, Approvals, Change, DocumentDraft, DocumentRequest, EmergencyRequest, Page,
    RaiseRequest, Reason, ReviewRequest, VoteStatement,
};

/// Which changes are wanted.
#[derive(Debug, Clone, Default)]
pub struct ChangeFilter {
    /// Only this service.
    pub service: Option<String>,
    /// Only this release.
    pub release: Option<String>,
    /// Only in this environment.
    pub environment: Option<String>,
    /// Also those that are over.
    pub all: bool,
}

/// What a vote is about.
#[derive(Debug, Clone)]
pub enum Voted<'a> {
    /// One change.
    Change(&'a str),
    /// Those changes of a release whose plans are named.
    Release(&'a str),
}

impl Voted<'_> {
    fn path(&self, noun: &str) -> String {
        let path = match self {
            Self::Change(id) => Path::new("changes").segment(id),
            Self::Release(id) => Path::new("releases").segment(id),
        };
        path.segment(noun).end()
    }
}

impl Client {
    /// Changes, the newest first; those that are pending or owe a review unless all are wanted.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn changes(&self, filter: &ChangeFilter) -> Result<Page<Change>, Error> {
        let path = Path::new("changes")
            .query("service", filter.service.as_deref())
            .query("release", filter.release.as_deref())
            .query("environment", filter.environment.as_deref())
            .query("all", filter.all.then_some(true));
        self.get(&path.end()).await
    }

    /// One change.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn change(&self, id: &str) -> Result<Change, Error> {
        self.get(&Path::new("changes").segment(id).end()).await
    }

    /// The text that the caller signs for a vote.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn vote_statement(
        &self,
        id: &str,
        team: &str,
        sign: Option<&str>,
        instead_of: Option<&str>,
    ) -> Result<VoteStatement, Error> {
        let path = Path::new("changes").segment(id).segment("statement");
        let path = path.query("team", Some(team)).query("sign", sign);
        self.get(&path.query("instead_of", instead_of).end()).await
    }

    /// What waits for people; with `mine` only what waits for the caller.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn approvals(&self, mine: bool) -> Result<Approvals, Error> {
        let path = Path::new("approvals").query("mine", mine.then_some(true));
        self.get(&path.end()).await
    }

    /// Says yes to exactly these plans.
    ///
    /// # Errors
    /// See [`Error`]; 412 when one of the plans is no longer what would be done.
    pub async fn approve(
        &self,
        about: &Voted<'_>,
        plans: &[String],
        request: &ApprovalRequest,
        key: &str,
    ) -> Result<Page<Change>, Error> {
        self.post_matching(&about.path("approvals"), request, key, plans)
            .await
    }

    /// Says no to exactly these plans.
    ///
    /// # Errors
    /// See [`Error`]; 412 when one of the plans is no longer what would be done.
    pub async fn reject(
        &self,
        about: &Voted<'_>,
        plans: &[String],
        reason: &Reason,
        key: &str,
    ) -> Result<Page<Change>, Error> {
        self.post_matching(&about.path("rejections"), reason, key, plans)
            .await
    }

    /// Gives a change a stricter class.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn raise_change(
        &self,
        id: &str,
        request: &RaiseRequest,
        key: &str,
    ) -> Result<Change, Error> {
        let path = Path::new("changes").segment(id).segment("raises");
        self.post(&path.end(), request, Some(key)).await
    }

    /// Gives a change back the class that the rules give it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn lower_change(
        &self,
        id: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Change, Error> {
        let path = Path::new("changes").segment(id).segment("lowerings");
        self.post(&path.end(), reason, Some(key)).await
    }

    /// Writes a part of the document pack.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn write_document(
        &self,
        id: &str,
        request: &DocumentRequest,
        key: &str,
    ) -> Result<Change, Error> {
        let path = Path::new("changes").segment(id).segment("documents");
        self.post(&path.end(), request, Some(key)).await
    }

    /// What a part of the document pack begins with.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn document_draft(&self, id: &str, document: &str) -> Result<DocumentDraft, Error> {
        let path = Path::new("changes").segment(id).segment("documents");
        self.get(&path.segment(document).end()).await
    }

    /// Confirms that one decides about the way back, or takes that over.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn own_rollback(
        &self,
        id: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Change, Error> {
        let path = Path::new("changes").segment(id).segment("rollback-owners");
        self.post(&path.end(), reason, Some(key)).await
    }

    /// Closes the review of an emergency.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn review_change(
        &self,
        id: &str,
        request: &ReviewRequest,
        key: &str,
    ) -> Result<Change, Error> {
        let path = Path::new("changes").segment(id).segment("reviews");
        self.post(&path.end(), request, Some(key)).await
    }

    /// Declares that a release repairs an incident and cannot wait.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn declare_emergency(
        &self,
        release: &str,
        request: &EmergencyRequest,
        key: &str,
    ) -> Result<Change, Error> {
        let path = Path::new("releases")
            .segment(release)
            .segment("emergencies");
        self.post(&path.end(), request, Some(key)).await
    }
}

//! Boards that decide about changes.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{
    BoardAnswerRequest, BoardAttestationRequest, BoardConfirmationRequest, BoardMeeting,
    BoardVoteRequest, ChangeBoard, Page, Reason,
};

impl Client {
    /// Boards, by name; with `change` only those on whose agenda it is.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn boards(&self, change: Option<&str>) -> Result<Page<ChangeBoard>, Error> {
        self.get(&Path::new("boards").query("change", change).end())
            .await
    }

    /// Sittings of a board that had an agenda, the newest first.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is no such board.
    pub async fn meetings(&self, board: &str) -> Result<Page<BoardMeeting>, Error> {
        let path = Path::new("boards").segment(board).segment("meetings");
        self.get(&path.end()).await
    }

    /// One sitting: a day, `next`, or `last` for the newest that is over.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn meeting(&self, board: &str, day: &str) -> Result<BoardMeeting, Error> {
        let path = Path::new("boards").segment(board).segment("meetings");
        self.get(&path.segment(day).end()).await
    }

    /// Opens a sitting before its time.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn open_meeting(
        &self,
        (board, day): (&str, &str),
        reason: &Reason,
        key: &str,
    ) -> Result<BoardMeeting, Error> {
        let path = Path::new("boards").segment(board).segment("meetings");
        let path = path.segment(day).segment("openings");
        self.post(&path.end(), reason, Some(key)).await
    }

    /// Votes on a change.
    ///
    /// # Errors
    /// See [`Error`]; 412 when the plan is another one by now.
    pub async fn vote_on_board(
        &self,
        (board, change): (&str, &str),
        request: &BoardVoteRequest,
        key: &str,
    ) -> Result<BoardMeeting, Error> {
        let path = Path::new("boards").segment(board).segment("items");
        let path = path.segment(change).segment("votes");
        self.post(&path.end(), request, Some(key)).await
    }

    /// Answers what the board asked an expert.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn answer_board(
        &self,
        (board, change): (&str, &str),
        request: &BoardAnswerRequest,
        key: &str,
    ) -> Result<BoardMeeting, Error> {
        let path = Path::new("boards").segment(board).segment("items");
        let path = path.segment(change).segment("answers");
        self.post(&path.end(), request, Some(key)).await
    }

    /// Takes over the criteria that the configuration has by now.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn adopt_criteria(
        &self,
        (board, day): (&str, &str),
        reason: &Reason,
        key: &str,
    ) -> Result<BoardMeeting, Error> {
        let path = Path::new("boards").segment(board).segment("meetings");
        let path = path.segment(day).segment("criteria");
        self.post(&path.end(), reason, Some(key)).await
    }

    /// Says whether a criterion holds.
    ///
    /// # Errors
    /// See [`Error`]; 412 when the plan is another one by now.
    pub async fn attest_criterion(
        &self,
        (board, change): (&str, &str),
        request: &BoardAttestationRequest,
        key: &str,
    ) -> Result<BoardMeeting, Error> {
        let path = Path::new("boards").segment(board).segment("items");
        let path = path.segment(change).segment("attestations");
        self.post(&path.end(), request, Some(key)).await
    }

    /// Confirms that a condition is met.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn confirm_condition(
        &self,
        (board, change): (&str, &str),
        request: &BoardConfirmationRequest,
        key: &str,
    ) -> Result<BoardMeeting, Error> {
        let path = Path::new("boards").segment(board).segment("items");
        let path = path.segment(change).segment("confirmations");
        self.post(&path.end(), request, Some(key)).await
    }
}

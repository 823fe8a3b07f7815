//! What several gates ask of one evaluation and what is dear to work out, worked out at most once.

use super::Asked;
use super::approval::{Found, known};
use crate::change::Assessment;
use crate::refusal::Refusal;
use std::cell::OnceCell;
use std::ops::Deref;

/// The change of what is asked about, and what it is and needs.
type Known = Result<(Found, Option<Assessment>), Refusal>;

/// One evaluation of gates: it ends with the instant and the state of the ledger that it is about.
pub(super) struct Evaluation<'a> {
    asked: &'a Asked<'a>,
    known: OnceCell<Known>,
}

impl<'a> Evaluation<'a> {
    pub(super) fn of(asked: &'a Asked<'a>) -> Self {
        Self {
            asked,
            known: OnceCell::new(),
        }
    }

    /// The newest change of the release in the environment, and its assessment.
    pub(super) fn change(&self) -> Result<(&Found, Option<&Assessment>), Refusal> {
        match self.known.get_or_init(|| known(self.asked)) {
            Ok((found, assessment)) => Ok((found, assessment.as_ref())),
            Err(refusal) => Err(refusal.clone()),
        }
    }
}

impl<'a> Deref for Evaluation<'a> {
    type Target = Asked<'a>;

    fn deref(&self) -> &Asked<'a> {
        self.asked
    }
}

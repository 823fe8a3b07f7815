//! The scenes. Each plays one story and checks what it claims.

pub mod audit;
pub mod bad_release;
pub mod emergency;
pub mod freeze;
pub mod good_release;
pub mod locked;
pub mod server_killed;
pub mod two_people;
pub mod voided_approval;

use crate::exit::{Exit, Failure};

/// A claim: its failure ends the scene.
pub fn claim(held: bool, text: impl Into<String>) -> Result<(), Failure> {
    if held {
        Ok(())
    } else {
        Err(Failure::new(Exit::Failed, text.into()))
    }
}

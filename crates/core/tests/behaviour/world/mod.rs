//! A small company, its ledger in memory and its one agent: everything a story needs to run whole.

pub mod company;
pub mod ledger;
pub mod story;
pub mod target;

//! From what core, engine and ledger say to what travels. By hand, so that a change inside never changes the API unseen.

pub(crate) mod artifact;
pub(crate) mod audit;
pub(crate) mod board;
pub(crate) mod calendar;
pub(crate) mod change;
pub(crate) mod config;
pub(crate) mod criteria;
pub(crate) mod decision;
pub(crate) mod delegation;
pub(crate) mod deployment;
pub(crate) mod entry;
pub(crate) mod environment;
pub(crate) mod feed;
pub(crate) mod figures;
pub(crate) mod freeze;
pub(crate) mod moved;
pub(crate) mod phase;
pub(crate) mod plan;
pub(crate) mod queue;
pub(crate) mod readiness;
pub(crate) mod release;
pub(crate) mod risk;
pub(crate) mod timetable;
pub(crate) mod token;
pub(crate) mod train;
pub(crate) mod user;

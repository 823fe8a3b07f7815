//! The streams: each a noun with a history. One `match (&phase, command)` decides, its default arm refuses with phase and command.

pub mod archive;
pub mod artifact;
pub mod change;
pub mod config;
pub mod decision;
pub mod delegation;
pub mod departure;
pub mod deployment;
pub mod entry;
pub mod environment;
pub mod erasure;
pub mod exception;
pub mod feed;
pub mod freeze;
pub mod meeting;
pub mod person;
pub mod release;
pub mod train;

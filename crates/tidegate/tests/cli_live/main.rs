//! Stories of the command line against a real server, agent, router and service: `tidegate up` on a folder, then the commands
//! people type, with their texts, their data and their exit codes.

mod access;
mod artifacts;
mod audit;
mod canary;
mod configuration;
mod looking;
mod queue;
mod releases;
mod retries;
mod world;

//! The API over real HTTP, on a real engine and the memory store.

mod agents;
mod artifacts;
mod configuration;
mod deployments;
mod door;
mod events;
mod lists;
mod matrix;
mod openapi;
mod server;
mod tokens;

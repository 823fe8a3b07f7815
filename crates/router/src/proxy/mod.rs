//! One request from a client to a backend and its answer back, streaming both ways.

mod answer;
mod client;
mod exchange;
mod forward;
mod headers;
mod interim;
mod relay;
mod ticket;
mod tunnel;
mod upstream;

pub use client::Client;
pub use forward::serve;
pub use upstream::Pool;

//! What happens to every request before and after its handler.

pub mod host;
pub mod past;
pub mod peer;
pub mod time;

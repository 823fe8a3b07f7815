//! Bundles: what a good one shows, and that no other one is taken for good.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod archive;
mod beside;
mod kept;
mod population;
mod refused;
mod shown;
mod world;

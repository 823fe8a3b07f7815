//! What rules need beside core and is pure all the same: signatures of people, and policies on who may do what.
//!
//! No file, no clock, no network. Keys are ed25519 keys as OpenSSL writes them (PKCS #8 in PEM), public keys their 32 bytes in
//! base64, signatures their 64 bytes in base64. Policies are Cedar texts; the agent, which verifies signatures only, is built
//! without them.

#[cfg(feature = "authority")]
pub mod authority;
pub mod signature;
pub mod webhook;

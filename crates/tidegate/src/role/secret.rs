//! Secrets of the server itself, from the same stores as those of an agent on this host.

use std::path::PathBuf;

/// What a reference stands for.
///
/// # Errors
/// Why it cannot be had; never what it is.
pub fn of_server(reference: &str) -> Result<String, String> {
    let folder = std::env::var_os("TIDEGATE_SECRET_DIR").map(PathBuf::from);
    tidegate_drivers::secret(folder, reference)
}

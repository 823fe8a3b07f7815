//! Artifacts of the tour: a folder per version whose one file says how the service behaves.

use crate::exit::{Exit, Failure};
use crate::role::Behaviour;
use std::path::{Path, PathBuf};

/// Write the artifact of a version.
pub fn write(
    root: &Path,
    service: &str,
    version: &str,
    errors_percent: u32,
) -> Result<PathBuf, Failure> {
    let folder = root.join(format!("{service}-{version}"));
    let behaviour = Behaviour {
        service: service.to_owned(),
        version: version.to_owned(),
        errors_percent,
    };
    let trouble = |e: String| {
        Failure::new(
            Exit::Failed,
            format!("{} cannot be written: {e}", folder.display()),
        )
    };
    std::fs::create_dir_all(&folder).map_err(|e| trouble(e.to_string()))?;
    let text = serde_json::to_string_pretty(&behaviour).map_err(|e| trouble(e.to_string()))?;
    std::fs::write(folder.join("behaviour.json"), text).map_err(|e| trouble(e.to_string()))?;
    Ok(folder)
}

//! Checks that need nothing but this machine.

use super::{fail, ok, warn};
use crate::cli::session::Session;
use crate::context::{FOLDER, TOKEN_FILE, folder_above};
use std::fs::{File, TryLockError};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tidegate_client::wire::Check;

/// All of them.
pub fn checks(session: &Session) -> Vec<Check> {
    let mut checks = vec![zones(session)];
    match folder_above(&session.here) {
        None => checks.push(ok(
            "folder",
            format!("no server was started here or above: no {FOLDER}/url"),
        )),
        Some(folder) => {
            checks.push(ok("folder", folder.display().to_string()));
            checks.extend(token_file(&folder));
            checks.extend(store_lock(&folder));
        }
    }
    checks
}

fn zones(session: &Session) -> Check {
    let zones = tidegate_core::time::zone_names().len();
    if zones < 300 {
        return fail(
            "zone data",
            format!("only {zones} zones are built in"),
            Some("build the program again".to_owned()),
        );
    }
    ok(
        "zone data",
        format!(
            "edition {}, {zones} zones built in; times are shown in {}",
            tidegate_core::calendar::zone_data_version(),
            session.out.look.zone.name()
        ),
    )
}

/// The admin token must be readable for its owner only.
fn token_file(folder: &Path) -> Option<Check> {
    let path = folder.join(TOKEN_FILE);
    let mode = std::fs::metadata(&path).ok()?.permissions().mode() & 0o777;
    Some(if mode & 0o077 == 0 {
        ok(
            "token file",
            format!("{} only its owner can read it", path.display()),
        )
    } else {
        warn(
            "token file",
            format!("{} can be read by others (mode {mode:o})", path.display()),
            "chmod 600 it, and revoke the token if others are not trusted",
        )
    })
}

/// Who holds the ledger of this folder. The lock is only tried, never kept.
fn store_lock(folder: &Path) -> Option<Check> {
    let path = ["data/ledger.lock", "ledger.lock"]
        .iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file())?;
    let file = File::open(&path).ok()?;
    Some(match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => ok("store lock", "held by the running server"),
        Ok(()) => warn(
            "store lock",
            "no server has the ledger of this folder open",
            "`tidegate up` starts one",
        ),
        Err(TryLockError::Error(e)) => warn(
            "store lock",
            format!("{} cannot be tried: {e}", path.display()),
            "use a local disk",
        ),
    })
}

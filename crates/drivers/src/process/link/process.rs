//! The router process: how it is started and where it listens. It runs under the same supervisor as an instance.

use super::super::{
    command, error::Error, files, instance::Instance, redact::Redactor, shim::Spec,
};
use std::{collections::BTreeMap, net::SocketAddr, path::Path, time::Duration};
use tokio::time::{Instant, sleep};

/// How long a router may take to listen.
const BIRTH: Duration = Duration::from_secs(10);
/// Size of one of its log files in bytes.
const LOG: u64 = 5 << 20;

/// Starts a router in its folder and waits until it listens, or takes the one that an agent started just before it died: two would
/// want the same addresses. Returns it with the base URL of its admin interface.
///
/// # Errors
/// [`Error::Broken`] with its last words when it ends or does not listen in time.
pub async fn start(program: &Path, dir: &Path) -> Result<(Instance, String), Error> {
    if let Some(found) = Instance::find_settled(dir).await.filter(Instance::is_alive) {
        return listening(found, dir).await;
    }
    match std::fs::remove_file(dir.join("ready")) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::io("starting the router", &e));
        }
        _ => {}
    }
    let instance = Instance::start(program, dir, &spec(program, dir), &BTreeMap::new()).await?;
    listening(instance, dir).await
}

async fn listening(instance: Instance, dir: &Path) -> Result<(Instance, String), Error> {
    let begun = Instant::now();
    while begun.elapsed() < BIRTH {
        if let Some(base) = address(dir) {
            return Ok((instance, base));
        }
        if !instance.is_alive() {
            instance.settled().await;
            let last = instance.log(&Redactor::default()).pop().unwrap_or_default();
            return Err(Error::Broken(format!(
                "the router {} ({last})",
                instance.ending()
            )));
        }
        sleep(Duration::from_millis(5)).await;
    }
    instance.stop(Duration::ZERO).await?;
    Err(Error::Broken(format!(
        "the router did not listen within {BIRTH:?}"
    )))
}

fn spec(program: &Path, dir: &Path) -> Spec {
    let path = |name: &str| dir.join(name).to_string_lossy().into_owned();
    let plain = |word: &str| word.to_owned();
    let argv = vec![
        program.to_string_lossy().into_owned(),
        plain("router"),
        plain("--admin"),
        plain("127.0.0.1:0"),
        plain("--token-file"),
        path("token"),
        plain("--state"),
        path("state"),
        plain("--ready-file"),
        path("ready"),
    ];
    let mut env = command::environment(&BTreeMap::new(), None, dir);
    env.extend(tidegate_faults::handed_on());
    Spec {
        argv,
        env,
        secrets: Vec::new(),
        cwd: dir.to_owned(),
        port: None,
        log_bytes: LOG,
    }
}

/// Base URL of the admin interface, once the router listens.
#[must_use]
pub fn address(dir: &Path) -> Option<String> {
    let text = std::fs::read_to_string(dir.join("ready")).ok()?;
    let address: SocketAddr = text.trim().parse().ok()?;
    Some(format!("http://{address}"))
}

/// The token of the admin interface, made when there is none.
///
/// # Errors
/// Those of the file system.
pub fn token(dir: &Path) -> std::io::Result<String> {
    files::kept_random(&dir.join("token"), 32)
}

//! The fence: the highest generation seen per service is kept on disk, and older work is refused, also after a restart.
//!
//! The record is a log of JSON lines, so that letting a newer generation in costs a single flush.

use super::files::{self, Keep};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::Mutex,
};
use tidegate_faults::{is_off, kill_point};
use tidegate_plugin::Fault;

/// Highest generations by `environment/service`.
#[derive(Debug)]
pub struct Generations {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    seen: BTreeMap<String, u64>,
    log: File,
}

#[derive(Serialize, Deserialize)]
struct Line {
    service: String,
    generation: u64,
}

impl Generations {
    /// Loads the record in the folder of a target and shortens it to a line per service.
    ///
    /// # Errors
    /// When it exists and cannot be read: without it, old work could not be told from new. A last line without its end is
    /// fine: the work it was for was never let in.
    pub fn open(root: &Path) -> io::Result<Self> {
        let path = root.join("generations.log");
        let text = match fs::read_to_string(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            text => text.unwrap_or_default(),
        };
        let mut seen: BTreeMap<String, u64> = BTreeMap::new();
        for (n, line) in text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
            .enumerate()
        {
            let line: Line = serde_json::from_str(line).map_err(|e| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("line {} of {}: {e}", n + 1, path.display()),
                )
            })?;
            let newest = seen.entry(line.service).or_default();
            *newest = line.generation.max(*newest);
        }
        let mut short = Vec::new();
        for (service, generation) in &seen {
            short.extend(line(service, *generation)?);
        }
        files::replace(&path, &short, Keep::Power)?;
        let log = OpenOptions::new().append(true).mode(0o600).open(&path)?;
        Ok(Self {
            inner: Mutex::new(Inner { seen, log }),
        })
    }

    /// Lets work of this generation in. A newer one is on disk before this returns; blocks for the time of a flush.
    ///
    /// # Errors
    /// [`Fault::Refused`] for an older generation, [`Fault::Broken`] when the record cannot be kept.
    pub fn admit(&self, service: &str, generation: u64) -> Result<(), Fault> {
        let mut inner = self
            .inner
            .lock()
            .map_err(|_| Fault::Broken("the generation record is damaged".to_owned()))?;
        let newest = inner.seen.get(service).copied().unwrap_or(0);
        if generation < newest && !is_off("fence") {
            let text = format!(
                "generation {generation} of {service} is older than {newest}, which was seen before"
            );
            return Err(Fault::Refused(text));
        }
        if generation > newest {
            let kept = inner.append(service, generation);
            kept.map_err(|e| {
                Fault::Broken(format!("the generation record cannot be written: {e}"))
            })?;
            inner.seen.insert(service.to_owned(), generation);
        }
        Ok(())
    }

    /// The highest generations seen, by `environment/service`.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, u64> {
        self.inner
            .lock()
            .map_or_else(|_| BTreeMap::new(), |inner| inner.seen.clone())
    }

    /// The highest generation seen.
    #[must_use]
    pub fn newest(&self, service: &str) -> u64 {
        self.inner.lock().map_or(u64::MAX, |inner| {
            inner.seen.get(service).copied().unwrap_or(0)
        })
    }
}

impl Inner {
    /// Flushes a line to disk. Half a line, left by a full disk, is taken back.
    fn append(&mut self, service: &str, generation: u64) -> io::Result<()> {
        let before = self.log.metadata()?.len();
        let line = line(service, generation)?;
        kill_point("agent.fence.unwritten");
        let written = self
            .log
            .write_all(&line)
            .and_then(|()| self.log.sync_data());
        if written.is_err() {
            self.log.set_len(before)?;
        }
        kill_point("agent.fence.written");
        written
    }
}

fn line(service: &str, generation: u64) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(&Line {
        service: service.to_owned(),
        generation,
    })?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_generation_is_refused_by_its_number_also_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let fence = Generations::open(dir.path()).unwrap();
        fence.admit("prod/web", 7).unwrap();
        fence.admit("prod/web", 7).unwrap();
        fence.admit("prod/api", 1).unwrap();
        drop(fence);
        let fence = Generations::open(dir.path()).unwrap();
        let fault = fence.admit("prod/web", 6).unwrap_err();
        let text = "refused: generation 6 of prod/web is older than 7, which was seen before";
        assert_eq!(fault.to_string(), text);
        fence.admit("prod/web", 8).unwrap();
    }

    #[test]
    fn a_damaged_record_is_an_error_and_a_line_cut_short_by_a_crash_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let fence = Generations::open(dir.path()).unwrap();
        fence.admit("prod/web", 7).unwrap();
        let path = dir.path().join("generations.log");
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{whole}{{\"service\":\"prod/w")).unwrap();
        assert_eq!(Generations::open(dir.path()).unwrap().newest("prod/web"), 7);
        fs::write(&path, format!("nonsense\n{whole}")).unwrap();
        let text = Generations::open(dir.path()).unwrap_err().to_string();
        assert!(
            text.starts_with("line 1 of ") && text.contains("generations.log"),
            "{text}"
        );
    }
}

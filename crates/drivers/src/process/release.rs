//! Release folders: unpacked once, prepared once, shared by every instance of every environment.
//!
//! `releases/<sha256>/` (with `-<prepare digest>` for a prepared one) holds `tree` and, when all is well, `ready.json`. A
//! folder without it is leftover and is made again. Values are no part of the name: other values need no new folder.

use super::{
    clock::now_ms,
    content, digest,
    error::{Error, blocking},
    fetch,
    files::{self, Keep},
    kind::{self, Kind},
    looks::Looks,
    options::Options,
    prepare,
    secrets::Values,
    stop::Stop,
    unpack,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};
use tidegate_core::digest::Digest;
use tidegate_faults::kill_point;
use tidegate_plugin::Unit;

const FOLDER: &str = "releases";
const READY: &str = "ready.json";

/// The release folders of a target.
#[derive(Debug)]
pub struct Releases {
    dir: PathBuf,
    options: Options,
    making: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Artifacts that were fetched, to number their files.
    fetched: AtomicU64,
    /// What was seen of the files of each release.
    pub looks: Looks,
}

/// Record of a folder that can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Ready {
    kind: String,
    bytes: u64,
    /// Last use in milliseconds since 1970, by `environment/service`.
    used: BTreeMap<String, u64>,
}

/// A folder that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Folder name below `releases`.
    pub name: String,
    /// Where the files are.
    pub tree: PathBuf,
    /// What was done to get it, empty when it was there.
    pub effects: Vec<&'static str>,
}

/// Folder name of a unit's release.
///
/// # Errors
/// [`Error::Failed`] when the digest is not one.
pub fn name_of(unit: &Unit) -> Result<String, Error> {
    let digest = Digest::try_from(unit.digest.clone()).map_err(|e| Error::failed(e.to_string()))?;
    Ok(match &unit.prepare {
        None => digest.hex(),
        Some(argv) => format!(
            "{}-{}",
            digest.hex(),
            Digest::of(argv.join("\0").as_bytes()).short(12)
        ),
    })
}

impl Releases {
    /// The folders below the root of a target; leftovers of a former agent are removed.
    ///
    /// # Errors
    /// [`Error::Broken`] for disk trouble.
    pub fn open(options: &Options) -> Result<Self, Error> {
        let io = |e: std::io::Error| Error::io("opening the release folders", &e);
        let dir = options.root.join(FOLDER);
        files::private_folder(&dir).map_err(io)?;
        for entry in fs::read_dir(&dir).map_err(io)? {
            let entry = entry.map_err(io)?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                let removed = if entry.path().is_dir() {
                    files::remove_folder(&entry.path())
                } else {
                    fs::remove_file(entry.path())
                };
                removed.map_err(io)?;
            }
        }
        Ok(Self {
            dir,
            options: options.clone(),
            making: Mutex::default(),
            fetched: AtomicU64::default(),
            looks: Looks::new(&options.root.join(FOLDER)),
        })
    }

    /// The release of `unit`, made if need be: fetched, verified, unpacked, prepared.
    ///
    /// # Errors
    /// [`Error::Failed`] when the artifact or its preparation is at fault, [`Error::Broken`] for outside trouble. Nothing
    /// half made is left behind.
    pub async fn make(
        &self,
        unit: &Unit,
        values: &Values,
        service: &str,
        stop: &Stop,
    ) -> Result<Release, Error> {
        let name = name_of(unit)?;
        let folder = self.dir.join(&name);
        let lock = self.lock_of(&name)?;
        let _only = stop.or(async { Ok(lock.lock().await) }).await?;
        let tree = folder.join("tree");
        if self.touch(&folder, service)? {
            let effects = self.put_back(unit, &name, stop).await?;
            return Ok(Release {
                name,
                tree,
                effects,
            });
        }
        prepare::end_leftover(&folder).await?;
        let (kind, bytes) = match self.unpack(unit, &name, &folder, stop).await {
            Ok(made) => made,
            Err(e) => return Err(self.without(&folder, e).await),
        };
        let own = digest::list(&tree)?;
        let mut effects = vec!["unpacked"];
        if let Some(argv) = &unit.prepare {
            let passed = &self.options.prepare_env;
            if let Err(e) = prepare::run(argv, values, &folder, passed, stop).await {
                return Err(self.without(&folder, e).await);
            }
            kill_point("agent.release.prepared");
            effects.push("prepared");
        }
        let kept = folder.clone();
        blocking(move || content::keep(&kept, &own)).await?;
        let ready = Ready {
            kind: kind.name().to_owned(),
            bytes,
            used: [(service.to_owned(), now_ms())].into(),
        };
        files::replace_json(&folder.join(READY), &ready, Keep::Power)
            .map_err(|e| Error::io("preparing a release", &e))?;
        kill_point("agent.release.ready");
        Ok(Release {
            name,
            tree,
            effects,
        })
    }

    /// Nothing is started from files that somebody changed: such files are fetched again and put back first. Says what was
    /// done.
    ///
    /// # Errors
    /// [`Error::Failed`] when they cannot be put back, [`Error::Broken`] for outside trouble.
    pub async fn put_right(&self, unit: &Unit, stop: &Stop) -> Result<Vec<&'static str>, Error> {
        let name = name_of(unit)?;
        let lock = self.lock_of(&name)?;
        let _only = stop.or(async { Ok(lock.lock().await) }).await?;
        self.put_back(unit, &name, stop).await
    }

    fn lock_of(&self, name: &str) -> Result<Arc<tokio::sync::Mutex<()>>, Error> {
        let Ok(mut making) = self.making.lock() else {
            return Err(Error::Broken("the list of releases is damaged".to_owned()));
        };
        making.retain(|_, lock| Arc::strong_count(lock) > 1);
        Ok(Arc::clone(making.entry(name.to_owned()).or_default()))
    }

    async fn put_back(
        &self,
        unit: &Unit,
        name: &str,
        stop: &Stop,
    ) -> Result<Vec<&'static str>, Error> {
        let changed = self.looks.look(name).await?;
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let (folder, again) = (self.dir.join(name), self.dir.join(format!(".again-{name}")));
        self.unpack(unit, name, &again, stop).await?;
        let (fresh, count) = (again.join("tree"), changed.len());
        let done = blocking(move || content::put_back(&folder, &fresh, &changed)).await;
        let done = done.map(|()| vec!["put back"]);
        tracing::warn!(
            release = name,
            "{count} files had been changed at the target"
        );
        match done {
            Ok(effects) => {
                let removed = blocking(move || {
                    files::remove_folder(&again).map_err(|e| Error::io("cleaning up", &e))
                });
                removed.await.map(|()| effects)
            }
            Err(e) => Err(self.without(&again, e).await),
        }
    }

    /// Where the files of a unit's release are, made or not.
    ///
    /// # Errors
    /// [`Error::Failed`] when the digest is not one.
    pub fn tree_of(&self, unit: &Unit) -> Result<PathBuf, Error> {
        Ok(self.dir.join(name_of(unit)?).join("tree"))
    }

    /// Removes folders that no name in `used` needs and that are not among the newest of any service.
    ///
    /// # Errors
    /// [`Error::Broken`] for disk trouble.
    pub fn collect(&self, used: &BTreeSet<String>) -> Result<Vec<String>, Error> {
        let io = |e: std::io::Error| Error::io("removing old releases", &e);
        let mut uses: BTreeMap<String, Vec<(u64, String)>> = BTreeMap::new();
        let mut known = BTreeSet::new();
        for entry in fs::read_dir(&self.dir).map_err(io)? {
            let entry = entry.map_err(io)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // A folder that is not ready may be in the making.
            let Ok(Some(ready)) = files::read_json::<Ready>(&entry.path().join(READY)) else {
                continue;
            };
            for (service, at) in ready.used {
                uses.entry(service).or_default().push((at, name.clone()));
            }
            known.insert(name);
        }
        let mut kept = used.clone();
        for mut releases in uses.into_values() {
            releases.sort_by(|a, b| b.cmp(a));
            kept.extend(
                releases
                    .into_iter()
                    .take(self.options.keep_releases)
                    .map(|(_, name)| name),
            );
        }
        let old: Vec<String> = known.difference(&kept).cloned().collect();
        for name in &old {
            let dead = self.dir.join(format!(".old-{name}"));
            fs::rename(self.dir.join(name), &dead)
                .and_then(|()| files::remove_folder(&dead))
                .map_err(io)?;
            self.looks.forget(name);
        }
        Ok(old)
    }

    /// Notes a use; false when the folder is not ready.
    fn touch(&self, folder: &Path, service: &str) -> Result<bool, Error> {
        let io = |e: std::io::Error| Error::io("reading a release folder", &e);
        let Some(mut ready) = files::read_json::<Ready>(&folder.join(READY)).map_err(io)? else {
            return Ok(false);
        };
        ready.used.insert(service.to_owned(), now_ms());
        files::replace_json(&folder.join(READY), &ready, Keep::Process).map_err(io)?;
        Ok(true)
    }

    async fn unpack(
        &self,
        unit: &Unit,
        name: &str,
        into: &Path,
        stop: &Stop,
    ) -> Result<(Kind, u64), Error> {
        // A copy that was given up may still be writing: the next one has a file of its own.
        let number = self.fetched.fetch_add(1, Ordering::Relaxed);
        let file = self.dir.join(format!(".fetch-{name}-{number}"));
        let fetched = stop
            .or(fetch::fetch(&unit.location, &file, &self.options.limits))
            .await;
        let temporary = self.dir.join(format!(".unpack-{name}"));
        let (wanted, limits, into) = (
            unit.digest.clone(),
            self.options.limits.clone(),
            into.to_owned(),
        );
        let (fresh, ending) = (temporary.clone(), stop.clone());
        let result = match fetched {
            Err(e) => Err(e),
            Ok(fetched) => {
                blocking(move || place(&fetched, &wanted, &fresh, &into, &limits, &ending)).await
            }
        };
        // Both are absent when all went well or nothing came.
        let _ = fs::remove_file(&file);
        let _ = blocking(move || {
            files::remove_folder(&temporary).map_err(|e| Error::io("cleaning up", &e))
        })
        .await;
        result
    }

    async fn without(&self, folder: &Path, error: Error) -> Error {
        let folder = folder.to_owned();
        if let Err(e) = blocking(move || {
            files::remove_folder(&folder).map_err(|e| Error::io("cleaning up", &e))
        })
        .await
        {
            tracing::warn!("a leftover release folder stays: {e}");
        }
        error
    }
}

/// Verifies, unpacks into `fresh`, and moves it to `into` as a whole.
fn place(
    fetched: &fetch::Fetched,
    wanted: &str,
    fresh: &Path,
    into: &Path,
    limits: &super::options::Limits,
    stop: &Stop,
) -> Result<(Kind, u64), Error> {
    let io = |e: std::io::Error| Error::io("moving a release into place", &e);
    let check = |found: &Digest| match found.to_string() == wanted {
        true => Ok(()),
        false => Err(Error::failed(format!(
            "artifact {} has digest {found}, and {wanted} is wanted: nothing was unpacked",
            fetched.name
        ))),
    };
    if let Some(found) = &fetched.digest {
        check(found)?;
    }
    files::remove_folder(fresh)
        .and_then(|()| files::remove_folder(into))
        .map_err(io)?;
    files::private_folder(fresh).map_err(io)?;
    let tree = fresh.join("tree");
    let kind = kind::kind_of(&fetched.path, &fetched.name)?;
    let bytes = unpack::unpack(&fetched.path, &fetched.name, kind, &tree, limits, stop)?;
    if fetched.digest.is_none() {
        // The copy is what runs, so the copy is what is measured.
        check(&digest::folder_digest(&tree)?.0)?;
    }
    kill_point("agent.release.unpacked");
    fs::rename(fresh, into).map_err(io)?;
    kill_point("agent.release.placed");
    if let Some(parent) = into.parent() {
        fs::File::open(parent)
            .and_then(|dir| dir.sync_all())
            .map_err(io)?;
    }
    Ok((kind, bytes))
}

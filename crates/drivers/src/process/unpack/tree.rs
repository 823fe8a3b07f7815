//! A folder that is being filled from an artifact, with the caps that stop an archive bomb.
//!
//! Links are made last, so no file can be written through one.

use super::{
    super::{error::Error, options::Limits, stop::Stop},
    path::link_stays_inside,
};
use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::{self, Read, Write as _},
    os::unix::fs::{OpenOptionsExt as _, symlink},
    path::{Path, PathBuf},
};

/// Files up to which each is flushed by itself; beyond, the file system is flushed once.
const FLUSH_EACH: u64 = 256;

/// A folder under construction.
#[derive(Debug)]
pub struct Tree {
    root: PathBuf,
    limits: Limits,
    stop: Stop,
    packed: u64,
    entries: u64,
    bytes: u64,
    files: BTreeSet<PathBuf>,
    links: Vec<(PathBuf, PathBuf)>,
}

impl Tree {
    /// An empty tree at `root`, for an artifact of `packed` bytes; `stop` ends the filling.
    ///
    /// # Errors
    /// [`Error::Broken`] when the folder cannot be made.
    pub fn new(root: &Path, packed: u64, limits: &Limits, stop: &Stop) -> Result<Self, Error> {
        fs::create_dir_all(root).map_err(|e| Error::io("making the release folder", &e))?;
        let (root, limits) = (root.to_owned(), limits.clone());
        Ok(Self {
            root,
            limits,
            stop: stop.clone(),
            packed,
            entries: 0,
            bytes: 0,
            files: BTreeSet::new(),
            links: Vec::new(),
        })
    }

    /// Counts an entry.
    ///
    /// # Errors
    /// [`Error::Failed`] beyond the cap; the reason to stop.
    pub fn count(&mut self) -> Result<(), Error> {
        self.stop.check()?;
        self.entries += 1;
        match self.entries > self.limits.entries {
            true => Err(Error::failed(format!(
                "archive refused: it has more than {} entries",
                self.limits.entries
            ))),
            false => Ok(()),
        }
    }

    /// A folder and those above it.
    ///
    /// # Errors
    /// [`Error::Failed`] when a file stands in its place, [`Error::Broken`] for disk trouble.
    pub fn folder(&self, path: &Path) -> Result<(), Error> {
        if let Some(taken) = path.ancestors().find(|p| self.is_taken(p)) {
            return Err(Error::failed(format!(
                "archive refused: {} is both a file and a folder",
                taken.display()
            )));
        }
        fs::create_dir_all(self.root.join(path)).map_err(|e| Error::io("unpacking", &e))
    }

    /// A regular file with what `content` gives.
    ///
    /// # Errors
    /// [`Error::Failed`] for corrupt content, a second entry of the same name or beyond the caps; [`Error::Broken`] for
    /// disk trouble; the reason to stop.
    pub fn file(
        &mut self,
        path: &Path,
        executable: bool,
        mut content: impl Read,
    ) -> Result<(), Error> {
        self.claim(path)?;
        let mode = if executable { 0o755 } else { 0o644 };
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(self.root.join(path))
            .map_err(|e| Error::io("unpacking", &e))?;
        let mut buffer = vec![0; 128 << 10];
        loop {
            let n = content.read(&mut buffer).map_err(|e| corrupt(path, &e))?;
            let Some(part) = buffer.get(..n).filter(|part| !part.is_empty()) else {
                break;
            };
            self.bytes += n as u64;
            self.check_size()?;
            self.stop.check()?;
            file.write_all(part)
                .map_err(|e| Error::io("unpacking", &e))?;
        }
        if self.entries <= FLUSH_EACH {
            file.sync_data().map_err(|e| Error::io("unpacking", &e))?;
        }
        Ok(())
    }

    /// A symbolic link, made at the end.
    ///
    /// # Errors
    /// [`Error::Failed`] when it leads out of the tree or its name is taken.
    pub fn link(&mut self, path: &Path, target: &Path) -> Result<(), Error> {
        link_stays_inside(path, target)?;
        self.claim(path)?;
        self.links.push((path.to_owned(), target.to_owned()));
        Ok(())
    }

    /// A second name of a file that came before.
    ///
    /// # Errors
    /// [`Error::Failed`] when there is no such file.
    pub fn hard_link(&mut self, path: &Path, first: &Path) -> Result<(), Error> {
        let is_file = fs::symlink_metadata(self.root.join(first)).is_ok_and(|m| m.is_file());
        if !self.files.contains(first) || !is_file {
            let because = format!(
                "hard link {} -> {} refused: no such file came before",
                path.display(),
                first.display()
            );
            return Err(Error::failed(because));
        }
        self.claim(path)?;
        fs::hard_link(self.root.join(first), self.root.join(path))
            .map_err(|e| Error::io("unpacking", &e))
    }

    /// Makes the links and flushes everything to disk. Returns the bytes written.
    ///
    /// # Errors
    /// [`Error::Broken`] for disk trouble.
    pub fn finish(self) -> Result<u64, Error> {
        let io = |e: io::Error| Error::io("unpacking", &e);
        for (path, target) in &self.links {
            symlink(target, self.root.join(path)).map_err(io)?;
        }
        let folder = fs::File::open(&self.root).map_err(io)?;
        if self.entries > FLUSH_EACH {
            rustix::fs::syncfs(&folder).map_err(|e| io(e.into()))?;
        }
        folder.sync_all().map_err(io)?;
        Ok(self.bytes)
    }

    fn claim(&mut self, path: &Path) -> Result<(), Error> {
        if let Some(parent) = path.parent() {
            self.folder(parent)?;
        }
        let is_folder = fs::symlink_metadata(self.root.join(path)).is_ok_and(|m| m.is_dir());
        if is_folder || !self.files.insert(path.to_owned()) {
            return Err(Error::failed(format!(
                "archive refused: it holds {} twice",
                path.display()
            )));
        }
        Ok(())
    }

    fn is_taken(&self, path: &Path) -> bool {
        self.files.contains(path)
    }

    fn check_size(&self) -> Result<(), Error> {
        let Limits {
            unpacked,
            ratio,
            ratio_from,
            ..
        } = self.limits;
        if self.bytes > unpacked {
            return Err(Error::failed(format!(
                "archive refused: it unpacks to more than {unpacked} bytes"
            )));
        }
        if self.bytes > ratio_from && self.bytes / self.packed.max(1) > ratio {
            let because = format!(
                "archive refused: it unpacks to more than {ratio} times its size (an archive bomb)"
            );
            return Err(Error::failed(because));
        }
        Ok(())
    }
}

/// Trouble while reading from an archive that is already on the local disk: the archive is at fault, unless the system says
/// otherwise.
pub fn corrupt(path: &Path, error: &io::Error) -> Error {
    match error.raw_os_error() {
        Some(_) => Error::io("reading the artifact", error),
        None => Error::failed(format!(
            "archive refused: {} is corrupt or cut short: {error}",
            path.display()
        )),
    }
}

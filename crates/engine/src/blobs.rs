//! Content-addressed bytes: small ones are rows of the ledger's store, larger ones files beside it, or, where several servers
//! share the store, several rows and a list of them.
//!
//! A blob is durable before anything names it, so a name in the ledger never points to nothing.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use tidegate_core::digest::Digest;
use tidegate_ledger::{BLOB_LIMIT, Rows, Store, StoreError};

/// Largest blob at all.
const LIMIT: usize = 256 * 1024 * 1024;
/// Rows that list the parts of a large blob.
const PARTS: &str = "blob-parts";

/// Where large blobs are.
#[derive(Debug, Clone)]
pub struct Blobs {
    folder: PathBuf,
    /// New ones become rows, and no file is written.
    in_rows: bool,
}

impl Blobs {
    /// Large blobs live in `folder`, made when first needed.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            in_rows: false,
        }
    }

    /// Large blobs of `folder` are read; new ones become rows of the store, as where several servers share it.
    #[must_use]
    pub fn in_rows(folder: PathBuf) -> Self {
        Self {
            folder,
            in_rows: true,
        }
    }

    /// Keep bytes under their digest.
    ///
    /// # Errors
    /// They could not be made durable.
    pub fn put(&self, store: &dyn Store, bytes: &[u8]) -> Result<Digest, StoreError> {
        if bytes.len() <= BLOB_LIMIT {
            return store.write_with(|tx| tx.put_blob(bytes));
        }
        if bytes.len() > LIMIT {
            return Err(StoreError::TooLarge {
                what: "blob",
                size: bytes.len(),
                limit: LIMIT,
            });
        }
        let digest = Digest::of(bytes);
        if self.in_rows || store.is_shared() {
            return in_parts(store, &digest, bytes);
        }
        let path = self.path(&digest);
        if !path.exists() {
            write(&self.folder, &path, bytes).map_err(|e| io("keeping a blob", &e))?;
        }
        Ok(digest)
    }

    /// Bytes with this digest, checked.
    ///
    /// # Errors
    /// They cannot be read or are not what their name says.
    pub fn get(&self, rows: &dyn Rows, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(bytes) = rows.blob(digest)? {
            return Ok(Some(bytes));
        }
        if let Some(bytes) = from_parts(rows, digest)? {
            return Ok(Some(bytes));
        }
        let bytes = match fs::read(self.path(digest)) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(io("reading a blob", &e)),
        };
        if Digest::of(&bytes) != *digest {
            return Err(bad(
                digest,
                "its bytes are not what its name says".to_owned(),
            ));
        }
        Ok(Some(bytes))
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        self.folder.join(&hex[..2]).join(&hex)
    }
}

/// Keep bytes as rows of which each is within the limit, under a list of their digests.
fn in_parts(store: &dyn Store, digest: &Digest, bytes: &[u8]) -> Result<Digest, StoreError> {
    let mut parts = Vec::new();
    for part in bytes.chunks(BLOB_LIMIT) {
        parts.push(store.write_with(|tx| tx.put_blob(part))?);
    }
    let list = serde_json::to_string(&parts).map_err(|e| bad(digest, e.to_string()))?;
    store.write_with(|tx| tx.put_model(PARTS, &digest.hex(), Some(&list)))?;
    Ok(digest.clone())
}

fn from_parts(rows: &dyn Rows, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(list) = rows.model(PARTS, &digest.hex())? else {
        return Ok(None);
    };
    let parts: Vec<Digest> = serde_json::from_str(&list).map_err(|e| bad(digest, e.to_string()))?;
    let mut bytes = Vec::new();
    for part in parts {
        let found = rows.blob(&part)?;
        bytes.extend(found.ok_or_else(|| bad(digest, format!("its part {part} is missing")))?);
    }
    match Digest::of(&bytes) == *digest {
        true => Ok(Some(bytes)),
        false => Err(bad(
            digest,
            "its bytes are not what its name says".to_owned(),
        )),
    }
}

fn bad(digest: &Digest, because: String) -> StoreError {
    StoreError::BadRow {
        what: format!("blob {digest}"),
        because,
    }
}

fn write(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let parent = path.parent().unwrap_or(folder);
    fs::create_dir_all(parent)?;
    let temporary = path.with_extension("new");
    let mut file = fs::File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    fs::File::open(parent)?.sync_all()
}

fn io(doing: &str, error: &std::io::Error) -> StoreError {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return StoreError::NoSpace;
    }
    StoreError::Io {
        doing: doing.to_owned(),
        because: error.to_string(),
    }
}

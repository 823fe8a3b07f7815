//! What lets the agent in: a key it made itself and never sends, and a credential bound to it that it renews by itself.
//!
//! Both are in its own folder, for its user alone. The join token is used once and not kept.

mod file;

use crate::backoff::Backoff;
use crate::clock;
use crate::error::Error;
use crate::report::ANSWER;
use file::{Kept, read_kept, read_key, write_kept};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tidegate_client::wire::{JoinRequest, NewCredential};
use tidegate_client::{Client, Proven, Prover};
use tidegate_core::digest::Digest;
use tidegate_core::possession::{HEADER, Proof, of_join, of_request};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_policy::signature::Key;
use tokio::time::{sleep, timeout};

/// Longest time between two looks whether the credential is to be renewed; a host may have slept.
const LOOK: Duration = Duration::from_secs(30);
/// Between two tries to renew that failed.
const AGAIN: Duration = Duration::from_secs(2);

/// The credential of this agent, with its key.
pub struct Credential {
    file: PathBuf,
    key: Key,
    kept: Mutex<Kept>,
    /// Instant of the newest signature in microseconds: none is signed for the same one.
    signed: AtomicI64,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl Credential {
    /// The one in the agent's folder when it is good, else a new one for the join token.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`] when there is neither, [`Error::Refused`] when the server does not take the join token,
    /// [`Error::Setting`] when the folder cannot be used.
    pub async fn open(
        root: &Path,
        (server, agent): (&str, &str),
        join_token: Option<&str>,
    ) -> Result<Arc<Self>, Error> {
        let unusable = |e: std::io::Error| Error::Setting {
            setting: "root",
            reason: format!("{}: {e}", root.display()),
        };
        std::fs::create_dir_all(root).map_err(unusable)?;
        let key = read_key(root).map_err(unusable)?;
        let kept = read_kept(root)
            .map_err(unusable)?
            .filter(|k| k.agent == agent);
        let spent = |kept: &Kept| join_token.is_none_or(|token| kept.joined_with == digest(token));
        let kept = match (kept, join_token) {
            // A service manager starts it with the same join token each time.
            (Some(kept), _) if kept.is_live() => kept,
            (Some(kept), _) if spent(&kept) => {
                return Err(Error::NotEnrolled {
                    agent: agent.to_owned(),
                    because: format!("its credential ended at {}", kept.ends),
                });
            }
            (_, None) => {
                return Err(Error::NotEnrolled {
                    agent: agent.to_owned(),
                    because: format!("there is no credential in {}", root.display()),
                });
            }
            (_, Some(token)) => {
                let kept = join((server, agent), &key, token).await?;
                write_kept(root, &kept).map_err(unusable)?;
                kept
            }
        };
        Ok(Arc::new(Self {
            file: root.to_owned(),
            key,
            kept: Mutex::new(kept),
            signed: AtomicI64::new(0),
        }))
    }

    /// Environments it may serve.
    pub fn environments(&self) -> Vec<String> {
        self.kept().environments.clone()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Renews it for as long as the agent runs, from the middle of its time on.
    pub async fn keep_renewed(self: Arc<Self>, client: Client) {
        let agent = self.kept().agent.clone();
        let mut told = false;
        loop {
            let due = self.kept().due();
            let left = Millis::between(clock::now(), due);
            if left.0 > 0 {
                sleep(Duration::from_millis(left.0).min(LOOK)).await;
                continue;
            }
            let asked = timeout(ANSWER, client.renew_credential(&agent)).await;
            let failed = match asked {
                Ok(Ok(new)) => match self.keep(&new) {
                    Ok(()) => {
                        told = false;
                        tracing::info!("credential renewed until {}", new.expires_at);
                        continue;
                    }
                    Err(e) => format!("{}: {e}", self.file.display()),
                },
                Ok(Err(e)) => e.to_string(),
                Err(_) => format!("no answer within {ANSWER:?}"),
            };
            if !told {
                let ends = self.kept().ends;
                tracing::warn!("the credential, which ends at {ends}, is not renewed: {failed}");
                told = true;
            }
            sleep(AGAIN).await;
        }
    }

    /// On disk first: a credential that was used and is lost cannot be renewed.
    fn keep(&self, new: &NewCredential) -> std::io::Result<()> {
        let next = self.kept().followed_by(new, clock::now());
        write_kept(&self.file, &next)?;
        *self.kept() = next;
        Ok(())
    }
}

impl Prover for Credential {
    fn prove(&self, method: &str, path: &str, body: &[u8]) -> Proven {
        let kept = self.kept();
        let (token, offset) = (kept.token.clone(), kept.offset_us);
        drop(kept);
        let now = clock::now().as_microsecond().saturating_add(offset);
        let last = self.signed.fetch_max(now, Ordering::SeqCst);
        let at = if last >= now {
            self.signed.fetch_add(1, Ordering::SeqCst) + 1
        } else {
            now
        };
        let at = Timestamp::from_microsecond(at).unwrap_or(Timestamp::MAX);
        let text = of_request((method, path), at, &digest(&token), body);
        let value = self.key.sign(&text);
        Proven {
            token,
            header: (HEADER, Proof { at, value }.to_string()),
        }
    }
}

fn digest(token: &str) -> Digest {
    Digest::of(token.as_bytes())
}

/// Exchange the join token; asks again while the server does not answer.
async fn join((server, agent): (&str, &str), key: &Key, token: &str) -> Result<Kept, Error> {
    let client = Client::new(server, "").map_err(|e| Error::Setting {
        setting: "server",
        reason: e.to_string(),
    })?;
    let request = JoinRequest {
        token: token.to_owned(),
        public_key: key.public(),
        signature: key.sign(&of_join(agent, &key.public(), &digest(token))),
    };
    let mut backoff = Backoff::default();
    loop {
        match client.join(agent, &request).await {
            Ok(new) => return Ok(Kept::of(agent, digest(token), &new, clock::now())),
            Err(e) if matches!(e.status(), Some(400..500)) && e.status() != Some(429) => {
                return Err(Error::NotEnrolled {
                    agent: agent.to_owned(),
                    because: e.to_string(),
                });
            }
            Err(e) => {
                if backoff.failures() == 0 {
                    tracing::warn!("the join token cannot be exchanged yet: {e}");
                }
                sleep(backoff.next()).await;
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! The same physical act without a product around it: 1 KB written and synced, and a thread woken through a channel.

use anyhow::{Context, Result};
use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Longest wait for the woken thread.
const PATIENCE: Duration = Duration::from_secs(10);

/// A file and a thread that waits.
pub struct Probe {
    file: File,
    wake: Sender<()>,
    woken: Receiver<Instant>,
}

impl Probe {
    /// In the folder whose disk is measured.
    pub fn new(folder: &Path) -> Result<Self> {
        let mut file = File::create(folder.join("probe"))?;
        file.write_all(&[0; 1_024])?;
        file.sync_all()?;
        let (wake, waits) = channel::<()>();
        let (tell, woken) = channel();
        // Ends when the probe is dropped: its sender is gone then.
        std::thread::Builder::new()
            .name("probe".to_owned())
            .spawn(move || {
                while waits.recv().is_ok() {
                    if tell.send(Instant::now()).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self { file, wake, woken })
    }

    /// Write down what the system still holds back for this disk, so that one round does not pay for another. Blocks.
    pub fn settle(&self) -> Result<()> {
        Ok(rustix::fs::syncfs(&self.file)?)
    }

    /// From the write to the first instruction of the woken thread. Blocks.
    pub fn once(&mut self) -> Result<Duration> {
        let begun = Instant::now();
        self.file.rewind()?;
        self.file.write_all(&[1; 1_024])?;
        self.file.sync_data()?;
        self.wake.send(()).context("the probe's thread ended")?;
        let woken = self.woken.recv_timeout(PATIENCE)?;
        Ok(woken - begun)
    }
}

//! The service that is rolled out, and its preparation. They are the witnesses: each holds a lock of the system for as long as it
//! runs, so that a second one of the same place is seen by itself and by whoever looks, whatever anybody wrote down.

use anyhow::{Context, Result};
use clap::Args;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

/// Options of the service.
#[derive(Debug, Clone, Args)]
pub struct ProgramArgs {
    /// Folder in which it says that it runs
    #[arg(long)]
    truth: PathBuf,
    /// Port to listen on
    #[arg(long, env = "PORT")]
    port: u16,
    /// Its place, which is its own folder
    #[arg(long, env = "HOME")]
    home: PathBuf,
}

/// Options of the preparation.
#[derive(Debug, Clone, Args)]
pub struct PrepareArgs {
    /// Folder in which it says that it runs
    #[arg(long)]
    truth: PathBuf,
}

/// One line of `truth/log`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// `starts`, `doubled`, `prepares` or `prepared`.
    pub what: String,
    /// Which place.
    pub place: String,
    /// Which version.
    pub version: String,
    /// Who.
    pub pid: u32,
}

/// The lock of a place.
pub fn lock_file(truth: &Path, place: &str) -> PathBuf {
    truth.join("locks").join(place)
}

/// `run/live/web/<revision>/0` as a file name.
fn place_of(home: &Path) -> String {
    let named = home
        .components()
        .filter(|part| matches!(part, Component::Normal(_)));
    let parts: Vec<_> = named.rev().take(4).collect();
    let parts = parts
        .iter()
        .rev()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    parts.collect::<Vec<_>>().join("~")
}

/// Held until the process ends, however it ends.
fn hold(truth: &Path, place: &str, version: &str, what: &str) -> Result<File> {
    let path = lock_file(truth, place);
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)?;
            file.write_all(version.as_bytes())?;
            note(truth, what, place, version)?;
        }
        Err(TryLockError::WouldBlock) => note(truth, "doubled", place, version)?,
        Err(TryLockError::Error(e)) => return Err(e).with_context(|| path.display().to_string()),
    }
    Ok(file)
}

fn note(truth: &Path, what: &str, place: &str, version: &str) -> Result<()> {
    let line = Line {
        what: what.to_owned(),
        place: place.to_owned(),
        version: version.to_owned(),
        pid: std::process::id(),
    };
    let mut text = serde_json::to_vec(&line)?;
    text.push(b'\n');
    let mut log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(truth.join("log"))?;
    Ok(log.write_all(&text)?)
}

fn version() -> Result<String> {
    Ok(fs::read_to_string("version")
        .context("the release has no file `version`")?
        .trim()
        .to_owned())
}

/// Answers every request with its version, until it is ended.
///
/// # Errors
/// The port or the lock cannot be had.
pub fn serve(args: &ProgramArgs) -> Result<()> {
    let version = version()?;
    let _held = hold(&args.truth, &place_of(&args.home), &version, "starts")?;
    let listener = TcpListener::bind(("127.0.0.1", args.port))?;
    for stream in listener.incoming() {
        let version = version.clone();
        // Whoever hung up gets no answer, and nobody else is concerned.
        std::thread::spawn(move || stream.map(|stream| answer(stream, &version)));
    }
    Ok(())
}

fn answer(mut stream: TcpStream, version: &str) -> Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < 16_384 {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            n => head.extend_from_slice(&buffer[..n]),
        }
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nx-version: {version}\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"
    );
    Ok(stream.write_all(head.as_bytes())?)
}

/// Takes a moment, so that it can be interrupted.
///
/// # Errors
/// The lock cannot be had.
pub fn prepare(args: &PrepareArgs) -> Result<()> {
    let version = version()?;
    let place = format!("prepare~{}", place_of(&std::env::current_dir()?));
    let _held = hold(&args.truth, &place, &version, "prepares")?;
    // Some take so long that their lease is renewed meanwhile.
    let slow = version.ends_with(".1") || version.ends_with("0");
    std::thread::sleep(Duration::from_millis(if slow { 4_500 } else { 100 }));
    note(&args.truth, "prepared", &place, &version)
}

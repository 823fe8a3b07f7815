//! Questions whose answers are not shown. What is typed is taken as it is; the terminal shows again what is typed whatever
//! becomes of the question.

use crate::exit::Failure;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::Write as _;
use tokio::sync::oneshot;

/// The terminal does not show what is typed until this is dropped.
struct Hidden(Termios);

impl Hidden {
    fn new() -> rustix::io::Result<Self> {
        let stdin = std::io::stdin();
        let before = tcgetattr(&stdin)?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        hidden.local_modes.insert(LocalModes::ECHONL);
        let guard = Self(before);
        tcsetattr(&stdin, OptionalActions::Now, &hidden)?;
        Ok(guard)
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // A terminal that is gone shows nothing anyway.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// Ask on stderr and read a line from stdin, without its end and otherwise as it was typed. May be dropped while it waits.
///
/// # Errors
/// Stdin or stderr is closed.
pub async fn line(question: &str) -> Result<String, Failure> {
    let mut stderr = std::io::stderr();
    stderr.write_all(question.as_bytes())?;
    stderr.flush()?;
    let (sender, answer) = oneshot::channel();
    // A thread of its own, for which nobody waits who was interrupted.
    std::thread::Builder::new()
        .name("tidegate-prompt".to_owned())
        .spawn(move || {
            let mut line = String::new();
            let read = std::io::stdin().read_line(&mut line).map(|_| line);
            drop(sender.send(read));
        })?;
    let line = answer
        .await
        .map_err(|_| Failure::usage("nothing could be read from the terminal"))??;
    let typed = line.strip_suffix('\n').unwrap_or(&line);
    Ok(typed.strip_suffix('\r').unwrap_or(typed).to_owned())
}

/// The same without showing what is typed.
///
/// # Errors
/// There is no terminal, or nothing was typed.
pub async fn secret(what: &str) -> Result<String, Failure> {
    let hidden =
        Hidden::new().map_err(|e| Failure::usage(format!("the terminal cannot be asked: {e}")))?;
    let typed = line(&format!("{what}: ")).await;
    drop(hidden);
    let typed = typed?;
    if typed.is_empty() {
        return Err(Failure::usage("nothing was typed").help("begin again"));
    }
    Ok(typed)
}

/// A secret that nobody has typed before, and so twice.
///
/// # Errors
/// As [`secret`]; or what was typed differs.
pub async fn new_secret(what: &str) -> Result<String, Failure> {
    let first = secret(what).await?;
    if secret(&format!("{what}, again")).await? == first {
        return Ok(first);
    }
    Err(Failure::usage("the two differ; nothing was changed").help("begin again"))
}

//! The people of the tour: each signs in with an account of their own and uses the command line as anybody would.

use super::stage::Stage;
use crate::exit::{Exit, Failure};
use std::process::Stdio;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// Who takes part, with their roles. Teams stand in the tree of the tour.
const PEOPLE: [(&str, &str); 4] = [
    ("ana", "operator"),
    ("farah", "approver"),
    ("hugo", "approver"),
    ("ines", "approver"),
];

/// What a command said.
pub struct Said {
    /// Exit code.
    pub code: i32,
    /// What it printed, errors last.
    pub text: String,
}

impl Said {
    /// It ended with this code; else its own words are the failure.
    pub fn ends(self, code: i32) -> Result<Self, Failure> {
        if self.code == code {
            return Ok(self);
        }
        let mut failure = Failure::new(
            Exit::Failed,
            format!("a command ended with {} instead of {code}", self.code),
        );
        failure.notes.extend(self.text.lines().map(str::to_owned));
        Err(failure)
    }

    /// The first line that holds these words.
    pub fn line(&self, words: &str) -> Result<String, Failure> {
        let found = self.text.lines().find(|line| line.contains(words));
        found.map(|line| line.trim().to_owned()).ok_or_else(|| {
            let mut failure = Failure::new(Exit::Failed, format!("nothing said `{words}`"));
            failure.notes.extend(self.text.lines().map(str::to_owned));
            failure
        })
    }
}

impl Stage {
    /// Everybody has an account and is signed in; once for the whole tour.
    pub async fn people(&mut self) -> Result<(), Failure> {
        if self.folder.join("people").exists() {
            return Ok(());
        }
        for (who, role) in PEOPLE {
            let added = self
                .command(None, &["user", "add", who, "--role", role], "")
                .await?
                .ends(0)?;
            let password = added
                .text
                .lines()
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned();
            let lines = format!("{password}\nfour plain words here\n");
            self.command(Some(who), &["login", who, "--password-stdin"], &lines)
                .await?
                .ends(0)?;
        }
        Ok(())
    }

    /// What somebody types.
    pub async fn types(&self, who: &str, words: &[&str]) -> Result<Said, Failure> {
        self.command(Some(who), words, "").await
    }

    /// Somebody says yes to the plan of a change as it is now.
    pub async fn approves(&self, who: &str, change: &str) -> Result<Said, Failure> {
        let plan = self.plan_of(change).await?;
        let words = ["approve", change, "--yes", "--plan", &plan];
        self.types(who, &words).await
    }

    /// Digest of the plan that a change is about.
    pub async fn plan_of(&self, change: &str) -> Result<String, Failure> {
        let plan = self.client.change(change).await?.plan;
        plan.map(|plan| plan.digest)
            .ok_or_else(|| Failure::new(Exit::Failed, format!("{change} has no plan")))
    }

    async fn command(
        &self,
        who: Option<&str>,
        words: &[&str],
        lines: &str,
    ) -> Result<Said, Failure> {
        let trouble = |e: std::io::Error| {
            Failure::new(
                Exit::Failed,
                format!("`tidegate {}` cannot run: {e}", words.join(" ")),
            )
        };
        let mut command = Command::new(std::env::current_exe().map_err(trouble)?);
        command
            .args(words)
            .current_dir(&self.folder)
            .env_remove("TIDEGATE_URL")
            .env_remove("TIDEGATE_TOKEN")
            .env("NO_COLOR", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(who) = who {
            command.env("TIDEGATE_HOME", self.folder.join("people").join(who));
        }
        let mut child = command.spawn().map_err(trouble)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that does not read its input ends all the same.
            drop(stdin.write_all(lines.as_bytes()).await);
        }
        let out = child.wait_with_output().await.map_err(trouble)?;
        let mut text = String::from_utf8_lossy(&out.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&out.stderr));
        Ok(Said {
            code: out.status.code().unwrap_or(-1),
            text,
        })
    }
}

//! The loop that looks, tells and ends.

use super::narrate::Narrator;
use super::paint::Painter;
use super::subject::{Subject, View};
use super::{screen, verdict};
use crate::cli::session::Session;
use crate::clock;
use crate::exit::{Exit, Failure};
use crate::output::{Format, Terminal, listing};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tidegate_client::wire::{Deployment, LinePlace};
use tidegate_client::{Client, Error};
use tidegate_core::time::Millis;
use tokio::time::Instant;

/// Between two looks while something happens.
const LIVELY: Duration = Duration::from_millis(250);
/// Between two looks after a while in which nothing happened.
const QUIET: Duration = Duration::from_secs(1);
/// How long "a while" is.
const CALM: Duration = Duration::from_secs(20);
/// How long the server may be gone before waiting ends.
const GONE: Duration = Duration::from_secs(120);
/// Most pages of events that are read at one look.
const PAGES: usize = 50;

/// Follows a subject.
pub struct Watch<'a> {
    subject: Subject,
    client: &'a Client,
    session: &'a Session,
    stories: BTreeMap<String, Story>,
    painter: Painter,
    view: View,
    moved: Instant,
    gone_since: Option<Instant>,
}

/// How far the story of one deployment was told.
struct Story {
    narrator: Narrator,
    rev: u64,
    ended: bool,
    /// Place in the line, as last told.
    place: Option<LinePlace>,
}

/// What is told of a deployment, and how.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// A block that is redrawn.
    Screen { width: usize, height: usize },
    /// Lines on stdout.
    Lines,
    /// Entries as JSON lines on stdout.
    Entries,
    /// Lines on stderr; stdout gets the result as data.
    Aside,
}

impl<'a> Watch<'a> {
    /// A watch that has seen nothing yet.
    pub fn new(subject: Subject, client: &'a Client, session: &'a Session) -> Self {
        Self {
            subject,
            client,
            session,
            stories: BTreeMap::new(),
            painter: Painter::default(),
            view: View::default(),
            moved: Instant::now(),
            gone_since: None,
        }
    }

    /// Follow until it ends, the time is up, or a person leaves.
    ///
    /// # Errors
    /// The server refuses to show it, or stdout is closed.
    pub async fn run(mut self, timeout: Millis) -> Result<Exit, Failure> {
        if self.manner() == Manner::Entries {
            self.session.out.line(&listing::version_line())?;
        }
        let deadline = Instant::now() + Duration::from_millis(timeout.0);
        loop {
            let seen = tokio::select! {
                seen = self.look() => seen?,
                _ = tokio::signal::ctrl_c() => return Ok(self.detach()),
            };
            if let Some(exit) = seen {
                self.finish()?;
                return Ok(exit);
            }
            if self.gone_since.is_some_and(|since| since.elapsed() > GONE) {
                return Ok(self.give_up("the server has not answered for two minutes"));
            }
            let now = Instant::now();
            if now >= deadline {
                return Ok(self.give_up(&format!("not ended within {timeout}")));
            }
            let pause = if self.moved.elapsed() < CALM {
                LIVELY
            } else {
                QUIET
            };
            tokio::select! {
                () = tokio::time::sleep(pause.min(deadline - now)) => {}
                _ = tokio::signal::ctrl_c() => return Ok(self.detach()),
            }
        }
    }

    fn manner(&self) -> Manner {
        match (self.session.out.format, self.session.out.terminal) {
            (Some(Format::Jsonl), _) => Manner::Entries,
            (Some(Format::Json | Format::Yaml | Format::Name | Format::Sarif), _) => Manner::Aside,
            (_, Terminal::Screen { width, height }) => Manner::Screen {
                width: width.into(),
                height: height.into(),
            },
            (_, Terminal::Lines) => Manner::Lines,
        }
    }

    /// One look: what is new is told. Some when it has ended.
    async fn look(&mut self) -> Result<Option<Exit>, Failure> {
        let known: BTreeSet<String> = self.stories.keys().cloned().collect();
        match self.subject.look(&known, self.client).await {
            Ok(view) => self.view = view,
            Err(error) => return self.lost(error),
        }
        for n in 0..self.view.deployments.len() {
            let Some(deployment) = self.view.deployments.get(n).cloned() else {
                continue;
            };
            if let Err(error) = self.tell(&deployment).await {
                match error {
                    Told::Server(error) => return self.lost(error),
                    Told::Output(failure) => return Err(failure),
                }
            }
        }
        if self.gone_since.take().is_some() {
            self.session.out.hint("the server answers again");
        }
        if let Manner::Screen { width, height } = self.manner() {
            let lines = self.lines();
            self.painter.draw(&lines, width, height)?;
        }
        Ok(self.subject.ended(&self.view))
    }

    /// A server that is gone for a moment is waited for; a refusal is not.
    fn lost(&mut self, error: Error) -> Result<Option<Exit>, Failure> {
        if !matches!(error, Error::Unreachable { .. })
            && error.status().is_none_or(|status| status < 500)
        {
            return Err(error.into());
        }
        if self.gone_since.is_none() {
            self.gone_since = Some(Instant::now());
            self.session.out.hint(&format!(
                "{error}; the work goes on without it, trying again"
            ));
        }
        Ok(None)
    }

    /// New entries of a deployment, then its end.
    async fn tell(&mut self, deployment: &Deployment) -> Result<(), Told> {
        let many = self.subject.is_many();
        let manner = self.manner();
        let story = self
            .stories
            .entry(deployment.id.clone())
            .or_insert_with(|| Story {
                narrator: Narrator::new(deployment, many),
                rev: 0,
                ended: false,
                place: None,
            });
        for _ in 0..PAGES {
            let after = story.rev.to_string();
            let page = self
                .client
                .deployment_events(&deployment.id, Some(&after))
                .await
                .map_err(Told::Server)?;
            let Some(last) = page.items.last() else { break };
            let more = page.next.is_some() && last.rev > story.rev;
            for entry in page.items.iter().filter(|entry| entry.rev > story.rev) {
                self.moved = Instant::now();
                match manner {
                    Manner::Screen { .. } => {}
                    Manner::Entries => self.session.out.data(entry).map_err(Told::Output)?,
                    Manner::Lines => {
                        for line in story.narrator.lines(entry, &self.session.out.look) {
                            self.session.out.line(&line).map_err(Told::Output)?;
                        }
                    }
                    Manner::Aside => {
                        let lines = story.narrator.lines(entry, &self.session.out.look);
                        lines.iter().for_each(|line| self.session.out.hint(line));
                    }
                }
            }
            story.rev = story.rev.max(last.rev);
            if !more {
                break;
            }
        }
        // Its place is no fact of its own story: it moves when others go.
        if deployment.place.is_some() && deployment.place != story.place {
            story.place.clone_from(&deployment.place);
            self.moved = Instant::now();
            let out = &self.session.out;
            if let Some(line) = story.narrator.place(deployment, clock::now(), &out.look) {
                match manner {
                    Manner::Screen { .. } | Manner::Entries => {}
                    Manner::Lines => out.line(&line).map_err(Told::Output)?,
                    Manner::Aside => out.hint(&line),
                }
            }
        }
        if verdict::is_over(deployment.phase) && !std::mem::replace(&mut story.ended, true) {
            self.say_end(deployment, manner).map_err(Told::Output)?;
        }
        Ok(())
    }

    /// Log of the failing program and the verdict. On a screen they come below the block, at the very end.
    fn say_end(&self, deployment: &Deployment, manner: Manner) -> Result<(), Failure> {
        if matches!(manner, Manner::Screen { .. } | Manner::Entries) {
            return Ok(());
        }
        let out = &self.session.out;
        let at = out
            .look
            .zone
            .clock(deployment.ended_at.unwrap_or_else(clock::now));
        let mut lines = verdict::log_lines(deployment);
        if let Some(first) = lines.first_mut() {
            *first = format!("{at} {first}");
        }
        let out_of_it = verdict::way_out(deployment);
        lines.extend(out_of_it.iter().map(|line| format!("{at} {line}")));
        lines.push(format!(
            "{at} {}",
            verdict::line(deployment, self.client.base(), &out.look)
        ));
        for line in lines {
            match manner {
                Manner::Aside => out.hint(&line),
                _ => out.line(&line)?,
            }
        }
        Ok(())
    }

    fn lines(&self) -> Vec<String> {
        let look = &self.session.out.look;
        let now = clock::now();
        let mut lines = Vec::new();
        if let Some(release) = &self.view.release {
            let to = release
                .wanted
                .as_deref()
                .map(|to| format!(" on its way to {to}"))
                .unwrap_or_default();
            lines.push(format!("{}{to}", release.id));
        }
        for deployment in &self.view.deployments {
            if verdict::is_over(deployment.phase) && self.view.deployments.len() > 1 {
                lines.push(verdict::line(deployment, self.client.base(), look));
            } else {
                lines.extend(screen::block(deployment, now, look));
            }
        }
        lines.push("Ctrl-C detaches; the work goes on".to_owned());
        lines
    }

    /// The result as data, or the verdict as the last line.
    fn finish(&mut self) -> Result<(), Failure> {
        let out = &self.session.out;
        match self.manner() {
            Manner::Screen { .. } => {
                for deployment in &self.view.deployments {
                    let mut above = verdict::log_lines(deployment);
                    above.extend(verdict::way_out(deployment));
                    for line in above {
                        out.line(&line)?;
                    }
                    out.line(&verdict::line(deployment, self.client.base(), &out.look))?;
                }
            }
            Manner::Lines => {}
            Manner::Entries | Manner::Aside => {
                match (out.format, &self.view.release) {
                    (Some(Format::Name), _) => {
                        for deployment in &self.view.deployments {
                            out.line(&deployment.id)?;
                        }
                    }
                    (_, Some(release)) => out.data(release)?,
                    (_, None) => {
                        for deployment in &self.view.deployments {
                            out.data(deployment)?;
                        }
                    }
                }
                return Ok(());
            }
        }
        self.last_word()
    }

    /// What is said when no deployment says it.
    fn last_word(&self) -> Result<(), Failure> {
        let out = &self.session.out;
        let base = self.client.base();
        match (&self.subject, &self.view.release) {
            (Subject::Release { to, .. }, Some(release)) => {
                let arrived = to.as_ref().is_none_or(|to| {
                    release.stages.iter().any(|s| {
                        &s.environment == to && s.state == tidegate_client::wire::StageState::Done
                    })
                });
                let text = match (to, arrived) {
                    (Some(to), true) => format!("DONE {} arrived in {to}", release.id),
                    (Some(to), false) => {
                        format!("NOT ARRIVED {} in {to}{}", release.id, held(release))
                    }
                    (None, _) => {
                        format!("nothing is under way with {}{}", release.id, held(release))
                    }
                };
                out.line(&format!(
                    "{} {text}  {base}/api/v1/releases/{}",
                    out.look.zone.clock(clock::now()),
                    release.id
                ))
            }
            (Subject::Environment { name }, _) => out.line(&format!(
                "{} nothing is under way in {name}  {base}/api/v1/environments/{name}",
                out.look.zone.clock(clock::now())
            )),
            _ => Ok(()),
        }
    }

    fn rejoin(&self) -> String {
        let what = match &self.subject {
            Subject::Deployment { id, .. } | Subject::Release { id, .. } => id,
            Subject::Environment { name } => name,
        };
        let mut text = format!("`tidegate status {what} --watch` to rejoin");
        if let Some(live) = self
            .view
            .deployments
            .iter()
            .find(|d| !verdict::is_over(d.phase))
        {
            text.push_str(&format!(", `tidegate abort {}` to stop it", live.id));
        }
        text
    }

    fn detach(&self) -> Exit {
        self.session
            .out
            .hint(&format!("detached; the rollout goes on: {}", self.rejoin()));
        Exit::Detached
    }

    fn give_up(&self, because: &str) -> Exit {
        self.session.out.hint(&format!(
            "stopped waiting: {because}; the rollout goes on: {}",
            self.rejoin()
        ));
        Exit::TimedOut
    }
}

/// Why telling stopped.
enum Told {
    Server(Error),
    Output(Failure),
}

fn held(release: &tidegate_client::wire::Release) -> String {
    release
        .hold
        .as_ref()
        .map(|hold| format!(": held in {}: {}", hold.environment, hold.because))
        .unwrap_or_default()
}

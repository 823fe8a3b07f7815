//! What one run of a command line has: its options, its output, its server, and a person to ask.

use super::globals::Globals;
use crate::context::{Given, Server};
use crate::exit::Failure;
use crate::output::{Look, Out, Terminal, terminal, when::Zone};
use std::io::Write as _;
use std::path::PathBuf;
use tidegate_client::Client;

/// One run of a command line.
#[derive(Debug)]
pub struct Session {
    /// Options that every command takes.
    pub globals: Globals,
    /// Output.
    pub out: Out,
    /// Working directory.
    pub here: PathBuf,
}

impl Session {
    /// A session in the working directory of this process. A zone that is no IANA name is looked up later, see
    /// [`Session::settle_zone`].
    ///
    /// # Errors
    /// There is no working directory.
    pub fn new(globals: Globals) -> Result<Self, Failure> {
        let here = std::env::current_dir()
            .map_err(|e| Failure::usage(format!("the working directory cannot be used: {e}")))?;
        let wishes = terminal::Wishes::of_environment();
        let terminal = Terminal::of_stdout(&wishes);
        let zone = globals
            .zone
            .as_deref()
            .and_then(|name| Zone::named(name).ok());
        let look = Look {
            color: wishes.color(terminal),
            width: terminal.width(),
            zone: zone.unwrap_or_else(Zone::local),
        };
        let out = Out {
            format: globals.output,
            columns: globals.columns.clone(),
            terminal,
            look,
        };
        Ok(Self { globals, out, here })
    }

    /// The zone of an environment, when `--zone` names one.
    ///
    /// # Errors
    /// The name is neither an IANA zone nor an environment of the server.
    pub async fn settle_zone(&mut self) -> Result<(), Failure> {
        let Some(name) = self
            .globals
            .zone
            .clone()
            .filter(|name| Zone::named(name).is_err())
        else {
            return Ok(());
        };
        let neither = |more: String| {
            Failure::usage(format!(
                "`{name}` is neither an IANA time zone nor an environment"
            ))
            .note(more)
            .help("write for example `--zone Europe/Berlin`, `--zone UTC` or `--zone prod-eu`")
        };
        let client = self.client().map_err(|f| neither(f.message))?;
        let environment = client
            .environment(&name)
            .await
            .map_err(|e| neither(Failure::from(e).message))?;
        self.out.look.zone = Zone::named(&environment.zone).map_err(neither)?;
        Ok(())
    }

    /// The server this session talks to.
    ///
    /// # Errors
    /// None is named, or no token is known for it.
    pub fn server(&self) -> Result<Server, Failure> {
        let given = Given {
            url: self.globals.server.clone(),
            token: self.globals.token.clone(),
            sign_ins: crate::sign_ins::of,
        };
        Server::find(given, &self.here)
    }

    /// The address of the server, for commands that need no token.
    ///
    /// # Errors
    /// None is named.
    pub fn address(&self) -> Result<String, Failure> {
        crate::context::address(self.globals.server.clone(), &self.here)
    }

    /// A client for it.
    ///
    /// # Errors
    /// As [`Session::server`].
    pub fn client(&self) -> Result<Client, Failure> {
        let client = self.server()?.client()?;
        let Some(text) = &self.globals.as_of else {
            return Ok(client);
        };
        if text.parse::<u64>().is_ok() {
            self.out.hint(&format!("as of ledger entry {text}"));
            return Ok(client.as_of(text.clone()));
        }
        let at = self.instant(text)?;
        self.out
            .hint(&format!("as of {}", self.out.look.zone.long(at)));
        Ok(client.as_of(at.to_string()))
    }

    /// An instant as people write it, in the zone that is shown.
    ///
    /// # Errors
    /// It is none.
    pub fn instant(&self, text: &str) -> Result<tidegate_core::time::Timestamp, Failure> {
        self.out.look.zone.read(text).map_err(|why| {
            // The reader's sentence has the way out after a colon.
            match why.split_once(": ") {
                Some((what, way_out)) => Failure::usage(what).help(way_out),
                None => Failure::usage(why),
            }
        })
    }

    /// Whether a person can be asked.
    pub fn can_ask(&self) -> bool {
        !self.globals.no_input && terminal::can_ask()
    }

    /// Ask a person to agree; `yes` agrees beforehand.
    ///
    /// # Errors
    /// Nobody can be asked.
    pub fn confirm(&self, question: &str, yes: bool) -> Result<bool, Failure> {
        if yes {
            return Ok(true);
        }
        if !self.can_ask() {
            return Err(Failure::usage(
                "this needs a person's agreement, and nobody can be asked here",
            )
            .help("add --yes to agree beforehand"));
        }
        let answer = ask(&format!("{question} [y/N] "))?;
        Ok(matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Ask a person to choose; Enter chooses nothing. `instead` are the options that need no question.
    ///
    /// # Errors
    /// Nobody can be asked.
    pub fn choose(&self, question: &str, instead: &str) -> Result<String, Failure> {
        if !self.can_ask() {
            return Err(Failure::usage(
                "this needs a person's agreement, and nobody can be asked here",
            )
            .help(format!("look at it, then add {instead}")));
        }
        ask(&format!("{question} "))
    }

    /// The reason given, or asked for once.
    ///
    /// # Errors
    /// None is given and nobody can be asked.
    pub fn reason(&self, given: Option<&str>) -> Result<String, Failure> {
        let given = given.map(str::trim).filter(|text| !text.is_empty());
        if let Some(reason) = given {
            return Ok(reason.to_owned());
        }
        let answer = if self.can_ask() {
            ask("Reason: ")?
        } else {
            String::new()
        };
        if answer.is_empty() {
            return Err(
                Failure::usage("a reason is needed; it is kept in the audit trail")
                    .help("add --reason \"...\""),
            );
        }
        Ok(answer)
    }

    /// An answer with a default that Enter takes; the default where nobody can be asked.
    ///
    /// # Errors
    /// Stdin or stderr is closed.
    pub fn answer(&self, question: &str, default: &str) -> Result<String, Failure> {
        if !self.can_ask() {
            return Ok(default.to_owned());
        }
        let answer = ask(&format!("{question} [{default}] "))?;
        Ok(if answer.is_empty() {
            default.to_owned()
        } else {
            answer
        })
    }
}

/// Ask on stderr, read a line from stdin.
pub fn ask(question: &str) -> Result<String, Failure> {
    let mut stderr = std::io::stderr().lock();
    stderr.write_all(question.as_bytes())?;
    stderr.flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

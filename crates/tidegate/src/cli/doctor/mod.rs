//! `tidegate doctor`: what could be wrong, from this machine's side and from the server's.

mod here;
mod remote;

use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Look, Mark, Table};
use tidegate_client::wire::{Check, CheckState};

/// Look for what could be wrong
#[derive(Debug, clap::Args)]
#[command(after_help = "Ends with 0 when nothing fails and with 1 when something does.")]
pub struct Args {}

/// Look everywhere and show all of it.
pub async fn run(_: &Args, session: &Session) -> Result<Exit, Failure> {
    let mut checks = here::checks(session);
    match session.server() {
        Ok(server) => {
            checks.push(ok("server", format!("{} is named", server.url)));
            checks.extend(remote::checks(&server).await);
        }
        Err(failure) => checks.push(fail("server", failure.message, failure.help)),
    }
    let mut table = Table::new(&[
        Column::Always("STATE"),
        Column::Always("CHECK"),
        Column::Always("DETAIL"),
        Column::Always("HELP"),
    ]);
    for c in &checks {
        table.row([
            mark(c.state).text().to_owned(),
            c.check.clone(),
            c.detail.clone(),
            c.help.clone().unwrap_or_default(),
        ]);
    }
    let out = &session.out;
    if out.format.is_none() && out.terminal.is_tty() {
        out.line(&text(&checks, &out.look))?;
    } else {
        out.list(&Listing {
            items: &checks,
            name: |c| c.check.clone(),
            table,
            none: "",
        })?;
    }
    let failed = checks.iter().any(|c| c.state == CheckState::Fail);
    Ok(if failed { Exit::Failed } else { Exit::Done })
}

fn text(checks: &[Check], look: &Look) -> String {
    let width = checks
        .iter()
        .map(|c| c.check.chars().count())
        .max()
        .unwrap_or(0);
    let line = |c: &Check| {
        let help = c
            .help
            .as_deref()
            .map(|help| format!(" -> {help}"))
            .unwrap_or_default();
        format!(
            "{} {:width$}  {}{help}\n",
            mark(c.state).padded(look, 6),
            c.check,
            c.detail
        )
    };
    checks.iter().map(line).collect()
}

fn mark(state: CheckState) -> Mark {
    match state {
        CheckState::Ok => Mark::Ok,
        CheckState::Warn => Mark::Warn,
        CheckState::Fail => Mark::No,
    }
}

fn check(name: &str, state: CheckState, detail: impl Into<String>, help: Option<String>) -> Check {
    Check {
        check: name.to_owned(),
        state,
        detail: detail.into(),
        help,
    }
}

fn ok(name: &str, detail: impl Into<String>) -> Check {
    check(name, CheckState::Ok, detail, None)
}

fn warn(name: &str, detail: impl Into<String>, help: &str) -> Check {
    check(name, CheckState::Warn, detail, Some(help.to_owned()))
}

fn fail(name: &str, detail: impl Into<String>, help: Option<String>) -> Check {
    check(name, CheckState::Fail, detail, help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_shows_its_mark_and_the_way_out() {
        let checks = [
            ok("clock", "0.02 s off"),
            warn("agent eu-1", "silent for 12 s", "is it running?"),
            fail("store", "no space", Some("make room".into())),
        ];
        assert_eq!(
            text(&checks, &Look::plain()),
            "[ok]   clock       0.02 s off\n[warn] agent eu-1  silent for 12 s -> is it running?\n[no]   store       no space -> make room\n"
        );
    }
}

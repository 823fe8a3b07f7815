//! `tidegate role`: what you may do, and the policy behind each answer.

use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::table::Column;
use crate::output::{Listing, Table};
use tidegate_client::wire::Permission;

/// Look at what you may do, with the policy behind each answer
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Ask whether you may do something: by role, token and policies
    #[command(
        after_help = "Gates, votes and locks are asked besides: `tidegate why`. With an action it ends with 0 when you may and with 4 when you may not."
    )]
    May {
        /// Action as policies call it, such as `release promote`; all without it
        action: Vec<String>,
        /// About this `service` or `service@version`
        #[arg(long, value_name = "WHAT")]
        on: Option<String>,
        /// In this environment
        #[arg(long, value_name = "ENVIRONMENT")]
        env: Option<String>,
    },
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let Verb::May { action, on, env } = &args.verb;
    let action = action.join(" ");
    let one = (!action.is_empty()).then_some(action.as_str());
    let found = session
        .client()?
        .permissions(one, on.as_deref(), env.as_deref())
        .await?;
    if let ([only], true) = (found.items.as_slice(), one.is_some()) {
        session.out.show(only, &only.action, |_| text(only))?;
        return Ok(if only.allowed {
            Exit::Done
        } else {
            Exit::NotAllowed
        });
    }
    let mut table = Table::new(&[
        Column::Always("ACTION"),
        Column::Always("MAY"),
        Column::Always("BECAUSE"),
        Column::Always("POLICY"),
    ]);
    for item in &found.items {
        table.row([
            item.action.clone(),
            if item.allowed { "yes" } else { "no" }.to_owned(),
            item.because.clone(),
            item.rules.join("; "),
        ]);
    }
    session.out.list(&Listing {
        items: &found.items,
        name: |item| item.action.clone(),
        table,
        none: "no actions",
    })?;
    Ok(Exit::Done)
}

fn text(item: &Permission) -> String {
    let answer = if item.allowed { "yes" } else { "no" };
    let mut text = format!("{answer}: {}   {}\n", item.action, item.because);
    for rule in &item.rules {
        text.push_str(&format!("  by {rule}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_the_policy_behind_it() {
        let item = Permission {
            action: "release promote".to_owned(),
            allowed: false,
            because: "only its owners bring it to production".to_owned(),
            rules: vec!["guardrail money: owners (tidegate.yaml:12)".to_owned()],
            roles: vec!["operator".to_owned(), "admin".to_owned()],
        };
        assert_eq!(
            text(&item),
            "no: release promote   only its owners bring it to production\n  by guardrail money: owners (tidegate.yaml:12)\n"
        );
    }
}

//! `tidegate risk`: how risky a change is, and why.

use super::change::Change;
use super::reference::{Reference, release_of};
use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::Look;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use tidegate_client::wire::{RiskAnswers, RiskInput, RiskScore};

/// Ways out that are shown.
const LEVERS: usize = 3;

/// Look at the risk score of a release
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show every fact behind the score, what is not known, and what would lower it most
    Explain {
        /// `service@version`, or `service@version/environment`
        release: String,
        /// Environment; the first of tier production on its path without it
        environment: Option<String>,
        /// When it would start, instead of now: `2026-11-25 09:00`, or RFC 3339
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Answer questions about the risk of a release; an answer may be given anew
    #[command(
        after_help = "Example: tidegate risk answer payments@3.3.0 rehearsed=done --reason \"drill 12\"\n`tidegate risk explain` shows which questions are open, and what each answer would change."
    )]
    Answer(Answer),
}

#[derive(Debug, clap::Args)]
struct Answer {
    /// `service@version`
    release: String,
    /// `question=answer`, once or several times
    #[arg(required = true, value_name = "QUESTION=ANSWER", value_parser = pair)]
    answers: Vec<(String, String)>,
    #[command(flatten)]
    change: Change,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (question, answer) = text.split_once('=').ok_or("write `question=answer`")?;
    Ok((question.trim().to_owned(), answer.trim().to_owned()))
}

/// Run it.
pub async fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let (release, environment, at) = match &args.verb {
        Verb::Answer(given) => return answer(given, session).await,
        Verb::Explain {
            release,
            environment,
            at,
        } => (release, environment, at),
    };
    let (release, environment) = match Reference::parse(release)? {
        Reference::Placed(release, placed) => (release, Some(placed)),
        _ => (release_of(release)?, environment.clone()),
    };
    let at = at
        .as_deref()
        .map(|text| session.instant(text))
        .transpose()?;
    let score = session
        .client()?
        .risk(&release, environment.as_deref(), at)
        .await?;
    session
        .out
        .show(&score, &score.release, |look| text(&score, look))?;
    Ok(Exit::Done)
}

async fn answer(given: &Answer, session: &Session) -> Result<Exit, Failure> {
    let mut answers = BTreeMap::new();
    for (question, answer) in &given.answers {
        if answers.insert(question.clone(), answer.clone()).is_some() {
            return Err(Failure::usage(format!("{question} is answered twice")));
        }
    }
    let asked = RiskAnswers {
        answers,
        reason: given.change.reason.clone().unwrap_or_default(),
    };
    let client = session.client()?;
    let release = release_of(&given.release)?;
    client
        .answer_risk(&release, &asked, &given.change.key()?)
        .await?;
    let score = client.risk(&release, None, None).await?;
    session
        .out
        .show(&score, &score.release, |look| text(&score, look))?;
    Ok(Exit::Done)
}

/// A score as text.
fn text(score: &RiskScore, look: &Look) -> String {
    let mut out = format!(
        "{} -> {}   risk {} {}   asked {}\n",
        score.release,
        score.environment,
        score.value,
        score.band,
        look.zone.long(score.asked_at)
    );
    for factor in &score.factors {
        let _ = writeln!(
            out,
            "\n{:<11} {:>3} of {:>3} points",
            factor.name, factor.points, factor.weight
        );
        for input in &factor.inputs {
            let _ = writeln!(out, "  {:>3}%  {}", input.level, fact(input));
        }
    }
    let mut levers: Vec<&RiskInput> = score
        .factors
        .iter()
        .flat_map(|factor| &factor.inputs)
        .filter(|input| input.could_save > 0)
        .collect();
    levers.sort_by_key(|input| std::cmp::Reverse(input.could_save));
    if !levers.is_empty() {
        out.push_str("\nWhat would lower it most:\n");
    }
    for input in levers.into_iter().take(LEVERS) {
        let how = input.lower.as_deref().unwrap_or_default();
        let _ = writeln!(out, "  up to {:>2}  {how}", input.could_save);
    }
    let _ = writeln!(
        out,
        "\nmodel {}   {}",
        score.model,
        score.model_digest.chars().take(19).collect::<String>()
    );
    out
}

fn fact(input: &RiskInput) -> String {
    if input.missing {
        format!(
            "{}: not known, counts at its worst   ({})",
            input.text, input.source
        )
    } else {
        format!("{}   ({})", input.text, input.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_score_shows_its_facts_what_is_missing_and_what_would_lower_it() {
        let score: RiskScore = serde_json::from_value(json!({
            "release": "payments@3.3.0", "environment": "prod-eu", "askedAt": "2026-11-21T13:02:00Z",
            "value": 58, "band": "medium", "model": "default", "modelDigest": "sha256:77ab77ab77ab77ab",
            "factors": [
                {"name": "impact", "weight": 70, "level": 50, "points": 35, "inputs": [
                    {"text": "prod-eu is production", "source": "environments.prod-eu.tier", "share": 50, "level": 100},
                    {"text": "public data", "source": "services.payments.data-class", "share": 50, "level": 0},
                ]},
                {"name": "complexity", "weight": 30, "level": 77, "points": 23, "inputs": [
                    {"text": "the number of commits", "source": "change", "share": 60, "level": 100, "missing": true,
                     "lower": "say how many commits are in it", "couldSave": 18},
                    {"text": "12 steps", "source": "plan", "share": 40, "level": 42},
                ]},
            ],
        }))
        .unwrap();
        insta::assert_snapshot!(text(&score, &Look::plain()));
    }
}

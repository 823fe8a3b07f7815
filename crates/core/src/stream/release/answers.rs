//! Answers to questions about the risk of a release. An answer may be given anew; the newest counts.

use super::{Event, Release};
use crate::decider::Ctx;
use crate::id::{Name, ReleaseId};
use crate::refusal::Refusal;
use std::collections::BTreeMap;

/// All of them or none.
pub(super) fn answered(
    state: &Release,
    id: &ReleaseId,
    answers: BTreeMap<Name, Name>,
    reason: &str,
    cx: &Ctx<'_>,
) -> Result<Vec<Event>, Refusal> {
    if answers.is_empty() {
        return Err(Refusal::Invalid {
            because: "no question is answered".to_owned(),
            help: format!("write `tidegate risk answer {id} question=answer`"),
        });
    }
    let by = cx.actor.who().to_owned();
    let mut events = Vec::new();
    for (question, answer) in answers {
        let known = cx.spec.risk_questions.get(&question);
        let known = known.ok_or_else(|| unknown(&question, cx))?;
        let level = *known.answers.get(&answer).ok_or_else(|| {
            let words: Vec<&str> = known.answers.keys().map(Name::as_str).collect();
            Refusal::Invalid {
                because: format!("`{answer}` is no answer to {question}: {}", known.ask),
                help: format!("answer one of: {}", words.join(", ")),
            }
        })?;
        let again = state.told.get(&question);
        if again.is_some_and(|a| a.answer == answer) {
            continue;
        }
        events.push(Event::Answered {
            question,
            answer,
            level,
            by: by.clone(),
            reason: reason.to_owned(),
        });
    }
    Ok(events)
}

fn unknown(question: &Name, cx: &Ctx<'_>) -> Refusal {
    let names: Vec<&str> = cx.spec.risk_questions.keys().map(Name::as_str).collect();
    Refusal::Invalid {
        because: format!("there is no question {question}"),
        help: if names.is_empty() {
            "the configuration has no `risk-question`".to_owned()
        } else {
            format!("questions are: {}", names.join(", "))
        },
    }
}

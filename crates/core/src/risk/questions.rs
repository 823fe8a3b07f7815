//! Questions that people answer about a release, as inputs of the factors they count in.
//!
//! A question takes its share of the factor; what is measured has the rest. An answer that nobody gave counts at its worst, as
//! does one that the question does not know any more.

use super::{Input, Subject};
use crate::spec::{RiskFactor, RiskQuestion};
use crate::stream::release::{Answer, Release};

/// A question that concerns what is scored, with the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    name: String,
    question: RiskQuestion,
    answer: Option<Answer>,
    release: String,
}

/// Questions that concern it. A stored release that cannot be read has answered nothing.
pub(super) fn asked(subject: &Subject<'_>) -> Vec<Asked> {
    let (spec, plan) = (subject.spec, subject.plan);
    let concern = |q: &RiskQuestion| q.scope.concerns(spec, &plan.service, &plan.environment);
    if !spec.risk_questions.values().any(concern) {
        return Vec::new();
    }
    let release = subject.release.to_string();
    let state = subject
        .view
        .shared::<Release>(&release)
        .map(|(_, state)| state);
    let state = state.unwrap_or_default();
    let questions = spec.risk_questions.iter().filter(|(_, q)| concern(q));
    questions
        .map(|(name, question)| Asked {
            name: name.to_string(),
            question: question.clone(),
            answer: state.told.get(name).cloned(),
            release: release.clone(),
        })
        .collect()
}

/// The inputs of a factor with the questions that count in it: their shares are 100 together.
pub(super) fn joined(factor: RiskFactor, measured: Vec<Input>, asked: &[Asked]) -> Vec<Input> {
    let mine: Vec<&Asked> = asked
        .iter()
        .filter(|a| a.question.factor == factor)
        .collect();
    if mine.is_empty() {
        return measured;
    }
    let mut left = 100_u8;
    let mut all: Vec<Input> = Vec::new();
    for asked in mine {
        let share = asked.question.share.min(left);
        left -= share;
        all.push(asked.input(share));
    }
    let mut scaled = scale(measured, left);
    scaled.extend(all);
    scaled
}

/// The same inputs with `whole` percent together: whole shares first, then one more for those that lost most.
fn scale(mut inputs: Vec<Input>, whole: u8) -> Vec<Input> {
    let exact = |share: u8| u32::from(share) * u32::from(whole);
    let rest = |share: u8| exact(share) % 100;
    let given: u32 = inputs.iter().map(|i| exact(i.share) / 100).sum();
    let mut order: Vec<usize> = (0..inputs.len()).collect();
    order.sort_by_key(|n| std::cmp::Reverse(inputs.get(*n).map_or(0, |i| rest(i.share))));
    let missing = usize::try_from(u32::from(whole).saturating_sub(given)).unwrap_or(0);
    let more: Vec<usize> = order.into_iter().take(missing).collect();
    for (n, input) in inputs.iter_mut().enumerate() {
        let share = exact(input.share) / 100 + u32::from(more.contains(&n));
        input.share = u8::try_from(share).unwrap_or(u8::MAX);
    }
    inputs
}

impl Asked {
    fn input(&self, share: u8) -> Input {
        let given = self.answer.as_ref();
        let level = given.and_then(|a| self.question.answers.get(&a.answer));
        let text = match (given, level) {
            (Some(a), Some(_)) => format!("{} {} ({})", self.question.ask, a.answer, a.by),
            (Some(a), None) => format!("{} {} is no answer any more", self.question.ask, a.answer),
            (None, _) => self.question.ask.clone(),
        };
        let words: Vec<&str> = self.question.answers.keys().map(|a| a.as_str()).collect();
        let level = level.copied();
        Input {
            text,
            source: format!("risk-questions.{}", self.name),
            share,
            level: level.unwrap_or(100).min(100),
            missing: level.is_none(),
            lower: match level {
                Some(_) => String::new(),
                None => format!(
                    "answer it: tidegate risk answer {} {}={}",
                    self.release,
                    self.name,
                    words.join("|")
                ),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::factors;
    use crate::risk::known::Known;
    use proptest::prelude::*;

    fn name(text: &str) -> crate::id::Name {
        crate::id::Name::new(text).unwrap()
    }

    fn question(factor: RiskFactor, share: u8, answer: Option<&str>) -> Asked {
        let answers = [("done", 0), ("partly", 50), ("missing", 100)];
        Asked {
            name: "rehearsed".to_owned(),
            question: RiskQuestion {
                ask: "Was the way back rehearsed?".to_owned(),
                factor,
                share,
                answers: answers.into_iter().map(|(a, n)| (name(a), n)).collect(),
                scope: crate::spec::Scope::default(),
            },
            answer: answer.map(|text| Answer {
                answer: name(text),
                by: "ana".to_owned(),
                at: crate::time::Timestamp::UNIX_EPOCH,
            }),
            release: "web@1.0.0".to_owned(),
        }
    }

    fn sum(inputs: &[Input]) -> u32 {
        inputs.iter().map(|i| u32::from(i.share)).sum()
    }

    fn level(inputs: &[Input]) -> u32 {
        inputs
            .iter()
            .map(|i| u32::from(i.share) * u32::from(i.level))
            .sum()
    }

    proptest! {
        #[test]
        fn shares_are_a_hundred_together_and_no_answer_is_the_worst_answer(
            first in 1_u8..=100, second in 0_u8..=100, factor in prop::sample::select(RiskFactor::ALL.to_vec()),
        ) {
            let asked = |answer| {
                let mut all = vec![question(factor, first, answer)];
                if second > 0 {
                    all.push(question(factor, second, Some("partly")));
                }
                joined(factor, factors::inputs(factor, &Known::nothing()), &all)
            };
            let (open, worst, best) = (asked(None), asked(Some("missing")), asked(Some("done")));
            for inputs in [&open, &worst, &best] {
                prop_assert_eq!(sum(inputs), 100);
            }
            prop_assert_eq!(level(&open), level(&worst));
            prop_assert!(level(&best) < level(&open));
        }
    }

    #[test]
    fn an_answer_that_the_question_does_not_know_any_more_is_none() {
        let asked = question(RiskFactor::Rollback, 40, Some("perhaps"));
        let input = asked.input(40);
        assert!(input.missing);
        assert_eq!(input.level, 100);
        assert!(
            input.text.ends_with("perhaps is no answer any more"),
            "{}",
            input.text
        );
        assert_eq!(
            input.lower,
            "answer it: tidegate risk answer web@1.0.0 rehearsed=done|missing|partly"
        );
    }

    #[test]
    fn a_question_of_another_factor_leaves_a_factor_alone() {
        let measured = factors::inputs(RiskFactor::Impact, &Known::nothing());
        let asked = [question(RiskFactor::Rollback, 40, None)];
        assert_eq!(
            joined(RiskFactor::Impact, measured.clone(), &asked),
            measured
        );
    }
}

//! What people write for times that repeat: a phrase, or an RFC 5545 rule as the way out.
//!
//! One place decides which of the two a text is, so that windows, freezes, trains and `calendar explain` read it alike.

use super::phrase::Phrase;
use super::rule::RuleSet;
use super::schedule::{NoAnchor, Schedule, Setting};
use jiff::civil::Date;
use thiserror::Error;

/// A text that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// A phrase.
    Phrase(Phrase),
    /// A rule with its start, and with `DTEND` or `DURATION` when it is one of spans.
    Rules(RuleSet),
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", place(self))]
pub struct Unread {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, of the text without `rrule:`.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// The way out.
    pub help: String,
}

fn place(of: &Unread) -> String {
    let Unread {
        line, column, what, ..
    } = of;
    match line {
        1 => format!("column {column}: {what}"),
        _ => format!("line {line}, column {column}: {what}"),
    }
}

impl Written {
    /// Read a phrase or a rule. A rule may have `rrule:` before it.
    ///
    /// # Errors
    /// What is wrong, where, and the way out.
    pub fn read(text: &str) -> Result<Self, Unread> {
        let Some(rule) = rule_text(text) else {
            return Phrase::read(text).map(Self::Phrase).map_err(|e| Unread {
                line: 1,
                column: e.column,
                what: e.what,
                help: e.help,
            });
        };
        RuleSet::read(rule).map(Self::Rules).map_err(|e| Unread {
            line: e.line,
            column: e.column,
            what: e.what,
            help: e.help,
        })
    }

    /// When it happens. `anchor` is the first day of phrases that name none.
    ///
    /// # Errors
    /// An offset that does not say from what.
    pub fn schedule(&self, setting: &Setting, anchor: Date) -> Result<Schedule, NoAnchor> {
        match self {
            Self::Phrase(phrase) => Schedule::of_phrase(phrase, setting, anchor),
            Self::Rules(rules) => Ok(Schedule::of_rules(rules.clone())),
        }
    }
}

/// The rule in a text, when it is meant to be one.
#[must_use]
pub fn rule_text(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let prefix = text.get(..6).filter(|p| p.eq_ignore_ascii_case("rrule:"));
    // `RRULE:FREQ=...` is a line of a rule, not a prefix.
    let rest = prefix.map(|_| text[6..].trim_start());
    match rest {
        Some(rest) if RuleSet::looks_like(rest) && !is_freq(rest) => Some(rest),
        _ => RuleSet::looks_like(text).then_some(text),
    }
}

fn is_freq(text: &str) -> bool {
    text.get(..5)
        .is_some_and(|t| t.eq_ignore_ascii_case("FREQ="))
}

//! The calendar as people look at it: what is on it, what collides, and when the next whole operation fits.
//!
//! It shows and proposes; it decides nothing. Whether work may start is asked of the gates ([`crate::gate`]), and so is
//! everything here that says "then it may go". Every answer is bounded and says when it was cut.

mod boards;
pub mod conflict;
pub mod departing;
mod departures;
mod deployments;
mod feeds;
mod filter;
mod frozen;
mod item;
mod layers;
mod lent;
pub mod many;
mod probe;
mod question;
pub mod slots;
pub mod standing;
mod taken;
pub mod usage;
mod year;

pub use feeds::Stale;
pub use item::{Effect, Item, Kind, Source, State, Time};
pub use question::{LONGEST_DAYS, MOST_ITEMS, Question};

use crate::id::EnvId;
use crate::spec::{Origins, Spec};
use crate::time::Timestamp;
use crate::view::View;

/// What the calendar is made of.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The present.
    pub now: Timestamp,
    /// Configuration in force.
    pub spec: &'a Spec,
    /// Where it was written.
    pub origins: &'a Origins,
    /// The ledger.
    pub view: &'a dyn View,
}

/// A rule whose time cannot be told. Gates that ask it block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Dotted path of the configuration value.
    pub rule: String,
    /// Why.
    pub because: String,
    /// Environments that it concerns; all when empty.
    pub environments: Vec<EnvId>,
}

/// What is on the calendar between two instants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agenda {
    /// By beginning.
    pub items: Vec<Item>,
    /// How many later ones were left out.
    pub left_out: usize,
    /// Rules that could not be read.
    pub unknown: Vec<Unknown>,
    /// Calendars of others that were not read lately: what they would say is not known.
    pub stale: Vec<Stale>,
}

/// Everything that a question asks for, by beginning.
#[must_use]
pub fn agenda(known: &Known<'_>, question: &Question) -> Agenda {
    let Found {
        mut items,
        unknown,
        stale,
        ..
    } = collect(known, question);
    items.sort_by(|a, b| (a.time.start(), a.kind, &a.id).cmp(&(b.time.start(), b.kind, &b.id)));
    let left_out = items.len().saturating_sub(question.most);
    items.truncate(question.most);
    Agenda {
        items,
        left_out,
        unknown,
        stale,
    }
}

/// Everything that a question asks for, in no order.
fn collect<'a>(known: &Known<'a>, question: &'a Question) -> Found<'a> {
    let mut found = Found {
        known: *known,
        question,
        filter: filter::Filter::of(known.spec, question),
        items: Vec::new(),
        unknown: Vec::new(),
        stale: Vec::new(),
    };
    year::windows(&mut found);
    year::freezes(&mut found);
    frozen::declared_freezes(&mut found);
    year::days(&mut found);
    departures::departures(&mut found);
    deployments::live(&mut found);
    layers::layers(&mut found);
    boards::sittings(&mut found);
    lent::delegations(&mut found);
    feeds::stale(&mut found);
    found
}

/// The calendar while it is put together.
struct Found<'a> {
    known: Known<'a>,
    question: &'a Question,
    filter: filter::Filter<'a>,
    items: Vec<Item>,
    unknown: Vec<Unknown>,
    stale: Vec<Stale>,
}

impl Found<'_> {
    /// Take it if it was asked for.
    fn add(&mut self, item: Item) {
        if self.filter.takes(&item) {
            self.items.push(item);
        }
    }
    fn unknown(&mut self, rule: String, because: impl ToString, environments: &[EnvId]) {
        if self.filter.is_here(environments) {
            self.unknown.push(Unknown {
                rule,
                because: because.to_string(),
                environments: environments.to_vec(),
            });
        }
    }
}

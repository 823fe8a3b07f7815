//! Public holidays of countries and regions, as the laws say them: `import: [DE-BE, US-NY]`.
//!
//! Each list is rules with the years in which they hold, not dates: a law is a fact that anybody may state, a published table of
//! dates is somebody's work. Only days that the law of the whole country or region makes holidays are here; those of single
//! towns, of single trades, and those that are decided anew each year are not. Which zone a list counts in is not known here.

mod america;
mod britain;
mod central;
mod germany;
mod rule;
mod south;

use jiff::civil::Date;
use rule::Rule;
use std::collections::BTreeSet;

/// Years of which days are taken, the last one included; the same as of imported files.
pub const YEARS: std::ops::RangeInclusive<i16> = 2020..=2049;

/// A list that there is.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// `DE-BE`: the country by ISO 3166-1, the region by ISO 3166-2.
    pub code: &'static str,
    /// For people.
    pub name: &'static str,
    rules: &'static [&'static [Rule]],
}

impl List {
    const fn new(
        code: &'static str,
        name: &'static str,
        rules: &'static [&'static [Rule]],
    ) -> Self {
        Self { code, name, rules }
    }

    /// A list by its code.
    #[must_use]
    pub fn named(code: &str) -> Option<&'static Self> {
        Self::all().find(|list| list.code == code)
    }
    /// All lists, by country.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        [
            america::LISTS,
            britain::LISTS,
            central::LISTS,
            germany::LISTS,
            south::LISTS,
        ]
        .into_iter()
        .flatten()
    }
    /// Its days in [`YEARS`], days that stand in for one at a weekend included.
    #[must_use]
    pub fn days(&self) -> BTreeSet<Date> {
        let rules = || self.rules.iter().copied().flatten();
        let mut all: BTreeSet<Date> = BTreeSet::new();
        // A year more at each end: 1 January may be kept on 31 December.
        for year in YEARS.start() - 1..=YEARS.end() + 1 {
            all.extend(rules().filter_map(|rule| rule.day(year)));
            for rule in rules() {
                let moved = rule.day(year).and_then(|day| rule.kept.moved(day, &all));
                all.extend(moved);
            }
        }
        all.retain(|day| YEARS.contains(&day.year()));
        all
    }
}

/// Codes of all lists as one line: `AT, CH-ZH, DE, DE-BB ...`.
#[must_use]
pub fn codes() -> String {
    let mut all: Vec<&str> = List::all().map(|list| list.code).collect();
    all.sort_unstable();
    all.join(", ")
}

/// Whether a text has the form of such a code: two capital letters, perhaps a hyphen and up to three letters or digits. Small
/// letters have it too, for a better answer.
#[must_use]
pub fn looks_like_a_code(text: &str) -> bool {
    let (country, region) = text.split_once('-').unwrap_or((text, "X"));
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_alphabetic())
        && (1..=3).contains(&region.len())
        && region.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_there_once_and_every_list_has_days_in_every_year() {
        let all: Vec<&str> = List::all().map(|list| list.code).collect();
        let distinct: BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(distinct.len(), all.len());
        for list in List::all() {
            assert!(looks_like_a_code(list.code), "{}", list.code);
            let days = list.days();
            for year in YEARS {
                let count = days.iter().filter(|day| day.year() == year).count();
                assert!((8..=17).contains(&count), "{} {year}: {count}", list.code);
            }
        }
    }

    #[test]
    fn codes_are_told_from_paths() {
        for code in ["DE", "DE-BE", "us-ny", "GB-ENG"] {
            assert!(looks_like_a_code(code), "{code}");
        }
        for other in [
            "", "D", "DEU", "DE-", "DE-BERL", "DE_BE", "de.ics", "DE BE", "DÉ",
        ] {
            assert!(!looks_like_a_code(other), "{other}");
        }
    }
}

//! France, Italy, Spain.
//!
//! - France: Code du travail, Article L3133-1. Alsace and Moselle have two days more.
//! - Italy: Legge 260/1949, with Legge 54/1977 and D.P.R. 792/1985; 4 October since 2026 by Legge 151/2025. Patron saints of towns are
//!   left out.
//! - Spain: Real Decreto 2001/1983, Article 45, the days of the whole country. What each region chooses, also instead of a
//!   Sunday, is published every year and left out.

use super::List;
use super::rule::Rule;

pub const LISTS: &[List] = &[
    List::new("ES", "Spain, days of the whole country", &[SPAIN]),
    List::new("FR", "France", &[FRANCE]),
    List::new("IT", "Italy", &[ITALY]),
];

const SPAIN: &[Rule] = &[
    Rule::fixed(1, 1),
    Rule::fixed(1, 6),
    Rule::easter(-2),
    Rule::fixed(5, 1),
    Rule::fixed(8, 15),
    Rule::fixed(10, 12),
    Rule::fixed(11, 1),
    Rule::fixed(12, 6),
    Rule::fixed(12, 8),
    Rule::fixed(12, 25),
];

const FRANCE: &[Rule] = &[
    Rule::fixed(1, 1),
    Rule::easter(1),
    Rule::fixed(5, 1),
    Rule::fixed(5, 8),
    Rule::easter(39),
    Rule::easter(50),
    Rule::fixed(7, 14),
    Rule::fixed(8, 15),
    Rule::fixed(11, 1),
    Rule::fixed(11, 11),
    Rule::fixed(12, 25),
];

const ITALY: &[Rule] = &[
    Rule::fixed(1, 1),
    Rule::fixed(1, 6),
    Rule::easter(1),
    Rule::fixed(4, 25),
    Rule::fixed(5, 1),
    Rule::fixed(6, 2),
    Rule::fixed(8, 15),
    Rule::fixed(10, 4).since(2026),
    Rule::fixed(11, 1),
    Rule::fixed(12, 8),
    Rule::fixed(12, 25),
    Rule::fixed(12, 26),
];

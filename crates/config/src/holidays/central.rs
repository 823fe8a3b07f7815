//! Austria, Zürich, the Netherlands, Poland.
//!
//! - Austria: Arbeitsruhegesetz § 7 (2).
//! - Canton of Zürich: Ruhetags- und Ladenöffnungsgesetz (LS 822.4) § 1.
//! - Netherlands: Algemene termijnenwet, Article 3; Good Friday counts as one by its second paragraph. Liberation Day is one every
//!   year, although many employers give it only every fifth.
//! - Poland: act of 18 January 1951 on days free from work; Christmas Eve since 2025.

use super::List;
use super::rule::{Kept, Rule};

pub const LISTS: &[List] = &[
    List::new("AT", "Austria", &[AUSTRIA]),
    List::new("CH-ZH", "Canton of Zürich", &[ZURICH]),
    List::new("NL", "Netherlands", &[NETHERLANDS]),
    List::new("PL", "Poland", &[POLAND]),
];

const AUSTRIA: &[Rule] = &[
    Rule::fixed(1, 1),
    Rule::fixed(1, 6),
    Rule::easter(1),
    Rule::fixed(5, 1),
    Rule::easter(39),
    Rule::easter(50),
    Rule::easter(60),
    Rule::fixed(8, 15),
    Rule::fixed(10, 26),
    Rule::fixed(11, 1),
    Rule::fixed(12, 8),
    Rule::fixed(12, 25),
    Rule::fixed(12, 26),
];

const ZURICH: &[Rule] = &[
    Rule::fixed(1, 1),
    Rule::easter(-2),
    Rule::easter(1),
    Rule::fixed(5, 1),
    Rule::easter(39),
    Rule::easter(50),
    Rule::fixed(8, 1),
    Rule::fixed(12, 25),
    Rule::fixed(12, 26),
];

const NETHERLANDS: &[Rule] = &[
    Rule::fixed(1, 1),
    Rule::easter(-2),
    Rule::easter(1),
    Rule::fixed(4, 27).kept(Kept::SaturdayBefore),
    Rule::fixed(5, 5),
    Rule::easter(39),
    Rule::easter(50),
    Rule::fixed(12, 25),
    Rule::fixed(12, 26),
];

const POLAND: &[Rule] = &[
    Rule::fixed(1, 1),
    Rule::fixed(1, 6),
    Rule::easter(0),
    Rule::easter(1),
    Rule::fixed(5, 1),
    Rule::fixed(5, 3),
    Rule::easter(49),
    Rule::easter(60),
    Rule::fixed(8, 15),
    Rule::fixed(11, 1),
    Rule::fixed(11, 11),
    Rule::fixed(12, 24).since(2025),
    Rule::fixed(12, 25),
    Rule::fixed(12, 26),
];

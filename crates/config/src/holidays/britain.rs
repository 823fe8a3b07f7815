//! England, and Wales, which has the same days.
//!
//! Banking and Financial Dealings Act 1971, Schedule 1, and its proclamations: New Year's Day and the first Monday of May each
//! year; 2020, 2022 and 2023 as proclaimed. Good Friday and Christmas Day are holidays by common law. One at a weekend is kept on
//! the next day that is none.

use super::List;
use super::rule::{Kept, Rule};
use jiff::civil::Weekday::Monday;

pub const LISTS: &[List] = &[
    List::new("GB-ENG", "England", &[ENGLAND]),
    List::new("GB-WLS", "Wales", &[ENGLAND]),
];

const ENGLAND: &[Rule] = &[
    Rule::fixed(1, 1).kept(Kept::NextFree),
    Rule::easter(-2),
    Rule::easter(1),
    Rule::nth(1, Monday, 5).until(2019),
    Rule::once(2020, 5, 8),
    Rule::nth(1, Monday, 5).since(2021),
    Rule::nth(-1, Monday, 5).until(2021),
    Rule::once(2022, 6, 2),
    Rule::once(2022, 6, 3),
    Rule::nth(-1, Monday, 5).since(2023),
    Rule::nth(-1, Monday, 8),
    Rule::once(2022, 9, 19),
    Rule::once(2023, 5, 8),
    Rule::fixed(12, 25).kept(Kept::NextFree),
    Rule::fixed(12, 26).kept(Kept::NextFree),
];

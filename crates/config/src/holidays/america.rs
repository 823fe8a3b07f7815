//! United States.
//!
//! - Federal: 5 U.S.C. 6103 (a), and (b) for days at a weekend; Juneteenth by Public Law 117-17 (2021). The day of an
//!   inauguration is a holiday only around Washington.
//! - New York: General Construction Law § 24: the federal ones, Lincoln's birthday and each general election day (the Tuesday
//!   after the first Monday of November); one on a Sunday is kept on Monday. Flag Day is a Sunday anyway.

use super::List;
use super::rule::{Kept, On, Rule};
use jiff::civil::Weekday::{Monday, Thursday, Tuesday};

pub const LISTS: &[List] = &[
    List::new("US", "United States, federal", &[FEDERAL]),
    List::new("US-NY", "New York", &[FEDERAL, NEW_YORK]),
];

const FEDERAL: &[Rule] = &[
    Rule::fixed(1, 1).kept(Kept::Nearest),
    Rule::nth(3, Monday, 1),
    Rule::nth(3, Monday, 2),
    Rule::nth(-1, Monday, 5),
    Rule::fixed(6, 19).since(2021).kept(Kept::Nearest),
    Rule::fixed(7, 4).kept(Kept::Nearest),
    Rule::nth(1, Monday, 9),
    Rule::nth(2, Monday, 10),
    Rule::fixed(11, 11).kept(Kept::Nearest),
    Rule::nth(4, Thursday, 11),
    Rule::fixed(12, 25).kept(Kept::Nearest),
];

const NEW_YORK: &[Rule] = &[
    Rule::fixed(2, 12).kept(Kept::Monday),
    Rule::on(On::From(11, 2, Tuesday)),
];

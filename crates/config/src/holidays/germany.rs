//! Germany: the days of all states, and what each adds by its Feiertagsgesetz. Unity Day stands in the Unification Treaty,
//! Article 2 (2).
//!
//! Days that are holidays only in some municipalities are left out: Assumption in Bavaria, Corpus Christi in parts of Saxony
//! and Thuringia, the Peace Festival of Augsburg.

use super::List;
use super::rule::{On, Rule};
use jiff::civil::Weekday::Wednesday;

pub const LISTS: &[List] = &[
    List::new("DE", "Germany, days of all states", &[ALL]),
    List::new("DE-BB", "Brandenburg", &[ALL, SUNDAYS, REFORMATION]),
    List::new("DE-BE", "Berlin", &[ALL, BERLIN]),
    List::new(
        "DE-BW",
        "Baden-Württemberg",
        &[ALL, EPIPHANY, CORPUS_CHRISTI, ALL_SAINTS],
    ),
    List::new(
        "DE-BY",
        "Bavaria",
        &[ALL, EPIPHANY, CORPUS_CHRISTI, ALL_SAINTS],
    ),
    List::new("DE-HB", "Bremen", &[ALL, REFORMATION]),
    List::new("DE-HE", "Hesse", &[ALL, CORPUS_CHRISTI]),
    List::new("DE-HH", "Hamburg", &[ALL, REFORMATION]),
    List::new(
        "DE-MV",
        "Mecklenburg-Vorpommern",
        &[ALL, REFORMATION, MECKLENBURG],
    ),
    List::new("DE-NI", "Lower Saxony", &[ALL, REFORMATION]),
    List::new(
        "DE-NW",
        "North Rhine-Westphalia",
        &[ALL, CORPUS_CHRISTI, ALL_SAINTS],
    ),
    List::new(
        "DE-RP",
        "Rhineland-Palatinate",
        &[ALL, CORPUS_CHRISTI, ALL_SAINTS],
    ),
    List::new("DE-SH", "Schleswig-Holstein", &[ALL, REFORMATION]),
    List::new(
        "DE-SL",
        "Saarland",
        &[ALL, CORPUS_CHRISTI, ASSUMPTION, ALL_SAINTS],
    ),
    List::new("DE-SN", "Saxony", &[ALL, REFORMATION, REPENTANCE]),
    List::new("DE-ST", "Saxony-Anhalt", &[ALL, EPIPHANY, REFORMATION]),
    List::new("DE-TH", "Thuringia", &[ALL, CHILDREN, REFORMATION]),
];

const ALL: &[Rule] = &[
    Rule::fixed(1, 1),
    Rule::easter(-2),
    Rule::easter(1),
    Rule::fixed(5, 1),
    Rule::easter(39),
    Rule::easter(50),
    Rule::fixed(10, 3),
    Rule::fixed(12, 25),
    Rule::fixed(12, 26),
];
const SUNDAYS: &[Rule] = &[Rule::easter(0), Rule::easter(49)];
const EPIPHANY: &[Rule] = &[Rule::fixed(1, 6)];
const CORPUS_CHRISTI: &[Rule] = &[Rule::easter(60)];
const ASSUMPTION: &[Rule] = &[Rule::fixed(8, 15)];
const ALL_SAINTS: &[Rule] = &[Rule::fixed(11, 1)];
/// In the north since 2018, which is before the first year that is taken.
const REFORMATION: &[Rule] = &[Rule::fixed(10, 31)];
const REPENTANCE: &[Rule] = &[Rule::on(On::Before(11, 23, Wednesday))];
const CHILDREN: &[Rule] = &[Rule::fixed(9, 20)];
const MECKLENBURG: &[Rule] = &[Rule::fixed(3, 8).since(2023)];
/// Women's Day since 2019; once each 75 and 80 years after the end of the war, and 75 years after 17 June 1953.
const BERLIN: &[Rule] = &[
    Rule::fixed(3, 8),
    Rule::once(2020, 5, 8),
    Rule::once(2025, 5, 8),
    Rule::once(2028, 6, 17),
];

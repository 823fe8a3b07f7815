//! A year of 1,000 releases that depend on each other, planned at once and checked apart.

use crate::estate::{Estate, Seeded};
use std::hint::black_box;
use tidegate_core::agenda::many::{Job, Place, faults, plan};
use tidegate_core::time::Millis;

const RELEASES: usize = 1_000;

pub fn run(estate: &Estate) {
    let mut random = Seeded(11);
    let mut number = |most: usize| usize::try_from(random.below(most as u64)).unwrap();
    let jobs: Vec<Job> = (0..RELEASES)
        .map(|index| Job {
            place: number(estate.sites.len()),
            length: Millis::minutes(30 + number(150) as u64),
            from: Millis::minutes(number(300 * 1_440) as u64).after(estate.horizon.start()),
            after: (0..number(4).min(index)).map(|_| number(index)).collect(),
            uses: (0..number(2)).map(|_| number(20)).collect(),
        })
        .collect();
    let (mut took, mut planned) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        took.push(crate::timed(|| {
            let merged = estate.build();
            let places: Vec<Place<'_>> = merged
                .iter()
                .map(|merged| Place {
                    open: merged.open(),
                    at_most: 2,
                })
                .collect();
            planned = black_box(plan(&places, &jobs));
        }));
    }
    took.sort_by(f64::total_cmp);
    let merged = estate.build();
    let places: Vec<Place<'_>> = merged
        .iter()
        .map(|merged| Place {
            open: merged.open(),
            at_most: 2,
        })
        .collect();
    let found = faults(&places, &jobs, &planned);
    let placed = planned.iter().filter(|p| p.span().is_some()).count();
    println!(
        "year     {RELEASES} releases, calendars included    {:.1} ms median, {:.1} ms worst of 5; {placed} placed, {} faults",
        took[2] / 1e3,
        took[4] / 1e3,
        found.len()
    );
    assert!(found.is_empty(), "{found:?}");
}

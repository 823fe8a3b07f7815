//! Planning many operations: nothing breaks a rule, and nothing could be earlier by itself.

use super::at;
use proptest::prelude::*;
use tidegate_core::agenda::many::{Job, Place, Placed, faults, plan};
use tidegate_core::calendar::{Intervals, Span};
use tidegate_core::time::{Millis, Timestamp};

const HOUR: Millis = Millis::minutes(60);

fn hours(n: u64) -> Timestamp {
    Millis(n * HOUR.0).after(at("2026-03-02T00:00:00Z"))
}

fn open(spans: &[(u64, u64)]) -> Intervals {
    let spans = spans
        .iter()
        .filter_map(|(a, b)| Span::new(hours(*a), hours(*b)));
    spans.collect()
}

fn job(place: usize, length: u64, after: &[usize]) -> Job {
    Job {
        place,
        length: Millis(length * HOUR.0),
        from: hours(0),
        after: after.to_vec(),
        uses: Vec::new(),
    }
}

/// Start in hours, of those that have one.
fn starts(placed: &[Placed]) -> Vec<Option<u64>> {
    let start = |p: &Placed| Some(Millis::between(hours(0), p.span()?.start()).0 / HOUR.0);
    placed.iter().map(start).collect()
}

#[test]
fn order_windows_capacity_and_resources_are_kept() {
    let (eu, us) = (open(&[(9, 16), (33, 40)]), open(&[(15, 21), (39, 45)]));
    let places = [
        Place {
            open: &eu,
            at_most: 1,
        },
        Place {
            open: &us,
            at_most: 2,
        },
    ];
    let mut jobs = vec![
        job(0, 3, &[]),
        job(0, 3, &[0]),
        // One hour is left of the first window, so this waits for the second one.
        job(0, 2, &[]),
        job(1, 2, &[1]),
        job(1, 2, &[]),
        job(1, 2, &[]),
    ];
    assert_eq!(
        starts(&plan(&places, &jobs)),
        [9, 12, 33, 15, 15, 17].map(Some)
    );
    // The two that ran side by side use one thing.
    jobs[3].uses = vec![0];
    jobs[4].uses = vec![0];
    let placed = plan(&places, &jobs);
    assert_eq!(starts(&placed), [9, 12, 33, 15, 17, 15].map(Some));
    assert_eq!(faults(&places, &jobs, &placed), Vec::<String>::new());
}

#[test]
fn what_has_no_time_says_why_and_so_does_what_depends_on_it() {
    let short = open(&[(9, 11)]);
    let places = [
        Place {
            open: &short,
            at_most: 1,
        },
        Place {
            open: &short,
            at_most: 0,
        },
    ];
    let jobs = [
        job(0, 3, &[]),
        job(0, 1, &[0]),
        job(0, 1, &[3]),
        job(0, 1, &[2]),
        job(7, 1, &[]),
        job(0, 1, &[4]),
        job(1, 1, &[]),
        job(0, 1, &[99]),
    ];
    let placed = plan(&places, &jobs);
    assert_eq!(
        placed,
        [
            Placed::NoRoom { from: hours(0) },
            Placed::Without { job: 0 },
            Placed::Circle,
            Placed::Circle,
            Placed::Unknown,
            Placed::Without { job: 4 },
            Placed::NoRoom { from: hours(0) },
            Placed::Unknown,
        ]
    );
}

#[test]
fn the_checker_finds_every_kind_of_fault() {
    let hours_open = open(&[(9, 16)]);
    let places = [Place {
        open: &hours_open,
        at_most: 1,
    }];
    let mut jobs = vec![job(0, 2, &[]), job(0, 2, &[0])];
    let placed = |a: u64, b: u64, c: u64, d: u64| {
        [(a, b), (c, d)].map(|(s, e)| Placed::At(Span::new(hours(s), hours(e)).unwrap()))
    };
    let says = |jobs: &[Job], plan: &[Placed], what: &str| {
        let found = faults(&places, jobs, plan).join("\n");
        assert!(found.contains(what), "{found}");
    };
    assert!(faults(&places, &jobs, &placed(9, 11, 11, 13)).is_empty());
    says(&jobs, &placed(9, 11, 10, 12), "1 starts before 0 is over");
    says(&jobs, &placed(9, 11, 10, 12), "2 at once in place 0");
    says(&jobs, &placed(8, 10, 11, 13), "0 is not open");
    says(&jobs, &placed(9, 12, 12, 14), "0 lasts 3h, not 2h");
    says(
        &jobs,
        &[Placed::Circle, Placed::Circle][..1],
        "2 jobs, 1 answers",
    );
    jobs.iter_mut().for_each(|job| job.uses = vec![0]);
    says(
        &jobs,
        &placed(9, 11, 10, 12),
        "resource 0 is used by two at once",
    );
    jobs[0].from = hours(10);
    says(&jobs, &placed(9, 11, 11, 13), "0 starts before");
}

prop_compose! {
    fn company()(
        windows in prop::collection::vec(prop::collection::vec((0u64..150, 1u64..12), 1..10), 1..4),
        at_most in prop::collection::vec(1usize..4, 4),
        jobs in prop::collection::vec(
            (0usize..4, 1u64..6, prop::collection::vec(0usize..24, 0..3), prop::option::of(0usize..3), 0u64..100),
            1..24,
        ),
    ) -> (Vec<Intervals>, Vec<usize>, Vec<Job>) {
        let windows: Vec<Intervals> = windows
            .into_iter()
            .map(|all| open(&all.into_iter().map(|(s, l)| (s, s + l)).collect::<Vec<_>>()))
            .collect();
        let jobs = jobs
            .into_iter()
            .enumerate()
            .map(|(index, (place, length, after, uses, from))| Job {
                place: place % windows.len(),
                length: Millis(length * HOUR.0),
                from: hours(from),
                after: after.into_iter().filter(|a| *a < index).collect(),
                uses: uses.into_iter().collect(),
            })
            .collect();
        (windows, at_most, jobs)
    }
}

proptest! {
    #[test]
    fn no_plan_breaks_a_rule_and_no_job_alone_could_be_earlier((windows, at_most, jobs) in company()) {
        let places: Vec<Place<'_>> = windows
            .iter()
            .zip(&at_most)
            .map(|(open, most)| Place { open, at_most: *most })
            .collect();
        let placed = plan(&places, &jobs);
        let found = faults(&places, &jobs, &placed);
        prop_assert!(found.is_empty(), "{:?}", found);
        for index in 0..jobs.len() {
            // Nothing depends on it: moved to any earlier hour, the plan breaks a rule. One without room has none anywhere.
            if jobs.iter().any(|job| job.after.contains(&index)) {
                continue;
            }
            let latest = match &placed[index] {
                Placed::At(span) => span.start(),
                Placed::NoRoom { .. } => hours(170),
                _ => continue,
            };
            let mut other = placed.clone();
            for hour in 0..170 {
                let Some(span) = Span::lasting(hours(hour), jobs[index].length).filter(|s| s.start() < latest) else {
                    break;
                };
                other[index] = Placed::At(span);
                prop_assert!(
                    !faults(&places, &jobs, &other).is_empty(),
                    "{} could start at hour {}", index, hour
                );
            }
        }
    }
}

/// A year of a large company: 1,000 releases in chains of ten over fifty environments.
#[test]
fn a_thousand_releases_over_a_year_are_placed_and_keep_every_rule() {
    let day = |n: u64| n * 24;
    let open: Vec<Intervals> = (0..50)
        .map(|zone| {
            let days = (0..365).filter(|d| d % 7 < 4 && !(250..260).contains(d));
            open(
                &days
                    .map(|d| (day(d) + 8 + zone % 12, day(d) + 15 + zone % 12))
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    let places: Vec<Place<'_>> = open.iter().map(|open| Place { open, at_most: 1 }).collect();
    let jobs: Vec<Job> = (0..1_000)
        .map(|n: usize| Job {
            place: n * 7 % 50,
            length: Millis::minutes(45 + (n as u64 % 5) * 30),
            from: hours(day((n as u64 % 40) * 8)),
            after: if n.is_multiple_of(10) {
                Vec::new()
            } else {
                vec![n - 1]
            },
            uses: if n.is_multiple_of(3) {
                vec![n % 9]
            } else {
                Vec::new()
            },
        })
        .collect();
    let placed = plan(&places, &jobs);
    assert!(placed.iter().all(|p| p.span().is_some()));
    assert_eq!(faults(&places, &jobs, &placed), Vec::<String>::new());
}

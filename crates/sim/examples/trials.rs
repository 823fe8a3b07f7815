//! Runs trials by seed: `cargo xtask sim` builds and calls it. Arguments: first seed, how many, then `all` (the product as it
//! is), `mutations`, or the name of one mutation. It ends with one line of counts.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tidegate_sim::trial::{Counts, Kept, Lasting, Mutation, Report, Setup, run};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize, none| arguments.get(n).map_or(Ok(none), |text| text.parse());
    let (Ok(from), Ok(seeds)) = (number(0, 1_u64), number(1, 100_u64)) else {
        eprintln!("error: seeds are numbers\nhelp: trials FROM SEEDS [all|mutations|NAME]");
        return ExitCode::from(64);
    };
    let what = arguments.get(2).map_or("all", String::as_str);
    match what {
        "all" => all(from, seeds),
        "mutations" => mutations(from, seeds, &Mutation::ALL),
        name => match Mutation::ALL.iter().find(|m| m.as_str() == name) {
            Some(one) => mutations(from, seeds, &[*one]),
            None => {
                eprintln!("error: there is no mutation `{name}`");
                ExitCode::from(64)
            }
        },
    }
}

fn one(seed: u64, mutation: Option<Mutation>) -> Report {
    let blobs = std::env::temp_dir().join("tidegate-trials-without-blobs");
    run(Setup {
        seed,
        lasting: Lasting::Day,
        kept: Kept::Memory,
        mutation,
        blobs,
    })
}

/// The product as it is. Fails when anything happened that must never happen.
fn all(from: u64, seeds: u64) -> ExitCode {
    let begun = Instant::now();
    let (next, sum) = (AtomicU64::new(from), Mutex::new((Counts::default(), 0_u64)));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= from + seeds {
                        return;
                    }
                    let report = one(seed, None);
                    let mut sum = sum.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    sum.0.add(&report.counts);
                    if let Some(violation) = report.violation {
                        sum.1 += 1;
                        println!(
                            "seed {seed}: {} violated: {}\n  replay: cargo xtask sim --seeds 1 --from {seed}",
                            violation.invariant, violation.how
                        );
                    }
                }
            });
        }
    });
    let (counts, violations) = *sum
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let of_people = counts.of_people;
    println!(
        "by people: {} signatures inside a rollout, {} weaker rules by the yes of others, {} emergencies, {} departures, {} ways back \
         decided, {} changes by hand found",
        of_people.signatures,
        of_people.rules,
        of_people.emergencies,
        of_people.departures,
        of_people.decisions,
        of_people.drifts
    );
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{seeds} seeds from {from} in {seconds:.0} s: {violations} violations, {} entries, {} deployments, {} ways back, {} effects at \
         targets, {} answered commands, {} servers killed, {} faults, {} simulated hours",
        counts.entries,
        counts.deployments,
        counts.rollbacks,
        counts.effects,
        counts.answers,
        counts.crashes,
        counts.faults,
        counts.hours
    );
    match violations {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Each defence switched off: fails when the checkers do not notice within this many seeds.
fn mutations(from: u64, seeds: u64, which: &[Mutation]) -> ExitCode {
    let mut missed = 0;
    for mutation in which {
        let caught = (from..from + seeds).find_map(|seed| {
            one(seed, Some(*mutation))
                .violation
                .map(|violation| (seed, violation))
        });
        match caught {
            Some((seed, violation)) => println!(
                "{:<8} caught at seed {seed}, {} seeds: {}: {}",
                mutation.as_str(),
                seed - from + 1,
                violation.invariant,
                violation.how
            ),
            None => {
                missed += 1;
                println!("{:<8} NOT caught in {seeds} seeds", mutation.as_str());
            }
        }
    }
    println!("{} of {} caught", which.len() - missed, which.len());
    match missed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

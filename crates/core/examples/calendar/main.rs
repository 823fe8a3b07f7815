//! How fast the calendar answers: the next slot over 10,000 windows, 5,000 freezes, 50 zones and 100 dependencies, and a year of
//! 1,000 releases that depend on each other. Beside it python-dateutil with the same question, when a Python with it is named.
//!
//! Everything is made from one seed, and both sides must give the same answers: a figure of a wrong answer is worth nothing.
//! Run it with `cargo xtask bench calendar`.
#![expect(clippy::unwrap_used, reason = "a bench ends at the first surprise")]

mod estate;
mod figures;
mod peer;
mod year;

use estate::Estate;
use figures::{Figures, Ratio};
use std::hint::black_box;
use std::time::Instant;
use tidegate_core::calendar::{Intervals, Span};

const ROUNDS: usize = 5;
const WARM: usize = 4_000;
const COLD: usize = 40;

fn main() {
    let python = std::env::args().skip_while(|a| a != "--python").nth(1);
    let estate = Estate::new(7);
    let (windows, freezes) = estate.counts();
    println!(
        "zone data {}: {} zones, {windows} windows, {freezes} freezes, {} dependencies, seed 7",
        tidegate_core::calendar::zone_data_version(),
        estate.sites.len(),
        estate.dependencies()
    );
    let mut peer = peer::Peer::find(python.as_deref(), &estate);
    let (mut all, mut ratios) = (Rows::default(), Ratios::default());
    for round in 0..ROUNDS {
        let probe = merge_probe(&estate);
        let warm = warm(&estate, round);
        let cold = cold(&estate);
        let edit = edit(&estate);
        println!("round {round}: P-merge {probe}, warm {warm}, cold {cold}, edit {edit}");
        ratios.cold_of_probe.add(cold.p50 / probe.p50);
        ratios.edit_of_probe.add(edit.p50 / probe.p50);
        if let Some(there) = peer.as_mut().and_then(|peer| peer.round()) {
            println!(
                "round {round}: dateutil warm {:.0} us, cold {:.0} us",
                there.warm, there.cold
            );
            ratios.warm.add(there.warm / warm.p50);
            ratios.cold.add(there.cold / cold.p50);
            ratios.bisect.add(there.bisect / warm.p50);
        }
        all.probe.extend(probe);
        all.warm.extend(warm);
        all.cold.extend(cold);
        all.edit.extend(edit);
    }
    println!("P-merge  sort and merge 10,000 spans       {}", all.probe);
    println!("warm     next slots in 50 zones            {}", all.warm);
    println!("cold     the same from the texts           {}", all.cold);
    println!("edit     one freeze changed, asked again   {}", all.edit);
    ratios.show(peer.as_ref());
    year::run(&estate);
}

#[derive(Default)]
struct Rows {
    probe: Figures,
    warm: Figures,
    cold: Figures,
    edit: Figures,
}

#[derive(Default)]
struct Ratios {
    warm: Ratio,
    cold: Ratio,
    bisect: Ratio,
    cold_of_probe: Ratio,
    edit_of_probe: Ratio,
}

impl Ratios {
    fn show(&self, peer: Option<&peer::Peer>) {
        println!(
            "ratio cold / P-merge {} (goal 35 at most)",
            self.cold_of_probe
        );
        println!(
            "ratio edit / P-merge {} (goal 3 at most)",
            self.edit_of_probe
        );
        let Some(peer) = peer else {
            println!("ratio beside dateutil: not measured");
            return;
        };
        println!("{}", peer.agreement());
        println!(
            "ratio dateutil / ours, cold {} (goal 100 at least)",
            self.cold
        );
        println!(
            "ratio dateutil / ours, warm {} (goal 100 at least)",
            self.warm
        );
        println!(
            "ratio bisect over merged lists in Python / ours, warm {}",
            self.bisect
        );
    }
}

/// The physical act without a calendar: sort and merge as many spans as there are windows.
fn merge_probe(estate: &Estate) -> Figures {
    let mut spans: Vec<Span> = estate.all_spans();
    spans.truncate(10_000);
    // In an order that has to be sorted.
    let mut shuffled = spans.clone();
    for index in 0..shuffled.len() {
        let other = (index * 7_919 + 13) % shuffled.len();
        shuffled.swap(index, other);
    }
    Figures::of(50, |_| {
        let all: Intervals = black_box(shuffled.clone()).into_iter().collect();
        black_box(all.spans().len());
    })
}

fn warm(estate: &Estate, round: usize) -> Figures {
    let merged = estate.build();
    Figures::of(WARM, |n| {
        black_box(estate.ask(&merged, estate.question(round * WARM + n)));
    })
}

fn cold(estate: &Estate) -> Figures {
    Figures::of(COLD, |n| {
        let merged = estate.build();
        black_box(estate.ask(&merged, estate.question(n)));
    })
}

/// One freeze of one environment changed: its calendar is made again, and the question asked.
fn edit(estate: &Estate) -> Figures {
    let mut merged = estate.build();
    Figures::of(COLD * 5, |n| {
        let site = n % estate.sites.len();
        merged[site] = estate.sites[site].edited(n);
        black_box(estate.ask(&merged, estate.question(n)));
    })
}

/// Microseconds that something takes.
fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e6
}

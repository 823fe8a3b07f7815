//! Planning many operations at once: each as early as its place is open and has room, after what it depends on.
//!
//! Greedy, in the order given: what stands earlier in the list is placed first among those that could be placed, so the same
//! list gives the same plan. An operation that has no room is left out with the reason, and so is all that depends on it.
//! [`faults`] checks a plan without knowing how it was made.

use crate::calendar::{Intervals, Span};
use crate::time::{Millis, Timestamp};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Where operations run.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// When it is open: windows without freezes and denials.
    pub open: &'a Intervals,
    /// Most operations at one instant; nothing ever runs where it is 0.
    pub at_most: usize,
}

/// An operation to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Index of its place.
    pub place: usize,
    /// How long it takes as a whole.
    pub length: Millis,
    /// Not before this instant.
    pub from: Timestamp,
    /// Indexes of jobs that must be over before it starts.
    pub after: Vec<usize>,
    /// Shared resources: of two jobs that use one, the second starts when the first is over, wherever they run.
    pub uses: Vec<usize>,
}

/// Where a job ended up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// Its time.
    At(Span),
    /// Its place is never open for so long after this instant, or has no room any more.
    NoRoom {
        /// From when on it was looked for.
        from: Timestamp,
    },
    /// A job that it depends on has no time.
    Without {
        /// That job.
        job: usize,
    },
    /// It depends on itself, through others.
    Circle,
    /// It names a place or a job that is not there.
    Unknown,
}

impl Placed {
    /// Its time, when it has one.
    #[must_use]
    pub const fn span(&self) -> Option<Span> {
        match self {
            Self::At(span) => Some(*span),
            _ => None,
        }
    }
}

/// The time of each job, in the order of `jobs`.
#[must_use]
pub fn plan(places: &[Place<'_>], jobs: &[Job]) -> Vec<Placed> {
    let mut placed = vec![Placed::Circle; jobs.len()];
    let mut waits: Vec<usize> = jobs.iter().map(|job| job.after.len()).collect();
    let mut then: Vec<Vec<usize>> = vec![Vec::new(); jobs.len()];
    let mut ready = BinaryHeap::new();
    for (index, job) in jobs.iter().enumerate() {
        if job.place >= places.len() || job.after.iter().any(|before| *before >= jobs.len()) {
            // Nothing counts it down; what depends on it has to be told.
            placed[index] = Placed::Unknown;
            waits[index] = 0;
        } else {
            for before in &job.after {
                then[*before].push(index);
            }
        }
        if waits[index] == 0 {
            ready.push(Reverse(index));
        }
    }
    let resources = jobs.iter().flat_map(|job| &job.uses).max();
    let mut busy = Busy {
        places: vec![Taken::default(); places.len()],
        resources: vec![Taken::default(); resources.map_or(0, |most| most + 1)],
    };
    while let Some(Reverse(index)) = ready.pop() {
        if placed[index] != Placed::Unknown {
            placed[index] = busy.place(places, &jobs[index], &placed);
        }
        for next in &then[index] {
            waits[*next] -= 1;
            if waits[*next] == 0 {
                ready.push(Reverse(*next));
            }
        }
    }
    placed
}

/// What is taken already.
struct Busy {
    places: Vec<Taken>,
    resources: Vec<Taken>,
}

impl Busy {
    fn place(&mut self, places: &[Place<'_>], job: &Job, placed: &[Placed]) -> Placed {
        let mut from = job.from;
        for before in &job.after {
            match placed[*before].span() {
                Some(span) => from = from.max(span.end()),
                None => return Placed::Without { job: *before },
            }
        }
        let length = Millis(job.length.0.max(1));
        let Place { open, at_most } = places[job.place];
        let mut at = from;
        while let Some((start, _)) = open.fit(length, at).filter(|_| at_most > 0) {
            let Some(span) = Span::lasting(start, length) else {
                break;
            };
            let of_place = self.places[job.place].full(span, at_most);
            let of_uses = job
                .uses
                .iter()
                .map(|used| self.resources[*used].full(span, 1));
            match of_uses.chain([of_place]).flatten().max() {
                Some(free) => at = free,
                None => {
                    self.places[job.place].add(span);
                    for used in &job.uses {
                        self.resources[*used].add(span);
                    }
                    return Placed::At(span);
                }
            }
        }
        Placed::NoRoom { from }
    }
}

/// Spans by start, which may overlap.
#[derive(Debug, Clone, Default)]
struct Taken {
    spans: Vec<Span>,
    longest: Millis,
}

impl Taken {
    fn add(&mut self, span: Span) {
        self.longest = self.longest.max(span.length());
        let at = self.spans.partition_point(|other| *other <= span);
        self.spans.insert(at, span);
    }

    /// Where in `wanted` `at_most` are taken first, the instant at which one of them ends.
    fn full(&self, wanted: Span, at_most: usize) -> Option<Timestamp> {
        let end = self.spans.partition_point(|s| s.start() < wanted.end());
        // None that began earlier than the longest lasts can still be there.
        let begin =
            self.spans[..end].partition_point(|s| self.longest.after(s.start()) <= wanted.start());
        let mut ends: BinaryHeap<Reverse<Timestamp>> = BinaryHeap::new();
        for span in self.spans[begin..end]
            .iter()
            .filter(|s| s.end() > wanted.start())
        {
            let start = span.start().max(wanted.start());
            while ends.peek().is_some_and(|first| first.0 <= start) {
                ends.pop();
            }
            ends.push(Reverse(span.end()));
            if ends.len() >= at_most {
                return ends.peek().map(|first| first.0);
            }
        }
        None
    }
}

/// What is wrong with a plan, each in a line; nothing when it keeps every rule. Says nothing about how early things are.
#[must_use]
pub fn faults(places: &[Place<'_>], jobs: &[Job], plan: &[Placed]) -> Vec<String> {
    let mut found = Vec::new();
    if jobs.len() != plan.len() {
        return vec![format!("{} jobs, {} answers", jobs.len(), plan.len())];
    }
    let resources = jobs.iter().flat_map(|job| &job.uses).max();
    let mut at_places = vec![Vec::new(); places.len()];
    let mut at_resources = vec![Vec::new(); resources.map_or(0, |most| most + 1)];
    for (index, (job, placed)) in jobs.iter().zip(plan).enumerate() {
        let Some(span) = placed.span() else { continue };
        if span.length().0 != job.length.0.max(1) {
            found.push(format!(
                "{index} lasts {}, not {}",
                span.length(),
                job.length
            ));
        }
        if span.start() < job.from {
            found.push(format!("{index} starts before {}", job.from));
        }
        let open = places.get(job.place).and_then(|p| p.open.at(span.start()));
        if open.is_none_or(|open| open.end() < span.end()) {
            found.push(format!("{index} is not open from {span}"));
        }
        for before in &job.after {
            let over = plan.get(*before).and_then(Placed::span).map(Span::end);
            if over.is_none_or(|over| over > span.start()) {
                found.push(format!("{index} starts before {before} is over"));
            }
        }
        if let Some(all) = at_places.get_mut(job.place) {
            all.push(span);
        }
        for used in &job.uses {
            at_resources[*used].push(span);
        }
    }
    for (index, (place, spans)) in places.iter().zip(at_places).enumerate() {
        let most = most_at_once(&spans);
        if most > place.at_most {
            found.push(format!(
                "{most} at once in place {index}, not {}",
                place.at_most
            ));
        }
    }
    for (index, spans) in at_resources.iter().enumerate() {
        if most_at_once(spans) > 1 {
            found.push(format!("resource {index} is used by two at once"));
        }
    }
    found
}

fn most_at_once(spans: &[Span]) -> usize {
    let mut turns: Vec<(Timestamp, i32)> = spans
        .iter()
        .flat_map(|span| [(span.start(), 1), (span.end(), -1)])
        .collect();
    // What ends at an instant makes room for what starts at it.
    turns.sort_unstable();
    let (mut now, mut most) = (0, 0);
    for (_, turn) in turns {
        now += turn;
        most = most.max(now);
    }
    usize::try_from(most).unwrap_or(0)
}

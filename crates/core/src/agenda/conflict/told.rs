//! What is told of a conflict: both sides and what may be done about it.

use super::{Clash, Conflict, Proposal, Reason, Work};
use crate::agenda::taken::Taken;
use crate::agenda::{Known, slots};
use crate::calendar::Span;
use crate::time::Timestamp;

impl Clash<'_> {
    /// With what may be done about it; times that others have reserved are left to them.
    pub(super) fn told(&self, known: &Known<'_>, taken: &Taken, all: &[Work<'_>]) -> Conflict {
        let work = &all[self.work];
        Conflict {
            reason: self.reason,
            work: work.item.clone(),
            service: work.service.clone(),
            environment: work.environment.clone(),
            with: self.with.cloned(),
            overlap: self.overlap,
            proposals: self.proposals(known, taken, work),
        }
    }

    fn proposals(&self, known: &Known<'_>, taken: &Taken, work: &Work<'_>) -> Vec<Proposal> {
        let fits =
            |from: Timestamp| slots::first_fit(known, taken, &work.probe, from.max(known.now));
        let mut all = Vec::new();
        match self.reason {
            // The gates hold it until then.
            Reason::Freeze | Reason::Window => {
                let until = fits(work.span.start()).map(Span::start);
                all.extend(
                    until
                        .filter(|at| *at > work.span.start())
                        .map(|until| Proposal::Wait { until }),
                );
            }
            _ if self.over < Timestamp::MAX => {
                let free = slots::is_free(known, taken, &work.probe, self.over);
                all.extend(free.then_some(Proposal::After { at: self.over }));
            }
            _ => {}
        }
        if self.over < Timestamp::MAX {
            let to = fits(self.over.max(work.span.start()));
            all.extend(
                to.filter(|to| *to != work.span)
                    .map(|to| Proposal::Move { to }),
            );
        }
        all
    }
}

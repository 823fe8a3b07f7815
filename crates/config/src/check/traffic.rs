//! Expected traffic that leaves no quiet hour, or does not say it of every hour.

use crate::decode::{HOURS, Traffic};
use crate::diagnostic::{Report, codes};
use crate::yaml::{Node, Tree};

/// A day has 24 hours, and the share must leave some of them quiet.
pub fn check(node: &Node, report: &mut Report) {
    let Some(at) = node.get("traffic") else {
        return;
    };
    for key in ["by-hour", "weekend"] {
        let Some(hours) = at.get(key) else { continue };
        let given = hours.items().len();
        if matches!(hours.tree, Tree::List(_)) && given != HOURS {
            report
                .add(
                    codes::TRAFFIC,
                    &hours.spot,
                    format!("`{key}` has {given} hours, a day has {HOURS}"),
                )
                .label("one number for each hour, beginning at 00:00")
                .help("write 24 numbers, also for hours without traffic (`0`)");
            return;
        }
    }
    let Some(traffic) = Traffic::read(node) else {
        return;
    };
    if traffic.quiet().is_empty() {
        let lowest = traffic.days.iter().chain(traffic.weekend.iter().flatten());
        let lowest = lowest.min().copied().unwrap_or(0);
        let peak = traffic.peak();
        report
            .add(
                codes::TRAFFIC,
                &at.spot,
                format!("no hour is under {} of the peak", traffic.under),
            )
            .label(format!("the lowest is {lowest}, the peak is {peak}"))
            .help("raise `quiet-under`, or write the quiet hours as phrases in `quiet`");
    }
}

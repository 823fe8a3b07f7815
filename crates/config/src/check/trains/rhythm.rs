//! A cadence that can recover, and features that departures wait for.

use super::spot;
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use crate::yaml::Node;
use tidegate_core::id::ReleaseId;
use tidegate_core::spec::Train;

/// Steps of a cadence.
const MOST_STEPS: usize = 10;

pub(super) fn cadence(document: &Document, train: &Train, report: &mut Report) {
    let (Some(cadence), Some(node)) = (&train.cadence, document.node.get("cadence")) else {
        return;
    };
    let at = |key: &str| node.get(key).map_or(&node.spot, |n| &n.spot);
    let (slow, quick) = (cadence.slow_after, cadence.recover_after);
    if quick.departures <= slow.departures || quick.share.0 >= slow.share.0.max(1) {
        report
            .add(
                codes::CADENCE,
                at("recover-after"),
                "a train must recover later than it slows down",
            )
            .label("a longer quiet spell, and fewer failures")
            .also(at("slow-after"), "slows down here")
            .help(format!(
                "write for example `recover-after: {}% failed over {} departures`",
                slow.share.0 / 400,
                slow.departures * 2
            ));
    }
    if cadence.steps.len() > MOST_STEPS {
        report
            .add(codes::OUT_OF_RANGE, at("steps"), "too many steps")
            .label(format!("there are {}", cadence.steps.len()))
            .help(format!("write at most {MOST_STEPS}"));
    }
}

pub(super) fn features(document: &Document, train: &Train, report: &mut Report) {
    let entries = document.node.get("features").map_or(&[][..], Node::entries);
    for release in entries.iter().flat_map(|e| e.value.items()) {
        let Some(text) = release.text() else { continue };
        let label = match text.parse::<ReleaseId>() {
            Ok(id) if train.carries.contains(&id.service) => continue,
            Ok(id) => format!("the train does not carry {}", id.service),
            Err(bad) => bad.rule.to_owned(),
        };
        report
            .add(
                codes::FEATURE,
                &release.spot,
                "a feature needs releases that travel with its train",
            )
            .label(label)
            .help("write for example `one-page-checkout: [web@8.14.0, payments@3.3.0]`");
    }
    if train.trigger == tidegate_core::spec::Trigger::Features && entries.is_empty() {
        report
            .add(
                codes::NO_FEATURES,
                &spot(document, "trigger"),
                "the train waits for features, and the configuration promises none",
            )
            .label("without a promise it leaves on its date")
            .help(
                "write `features`, or promise them for each departure with `tidegate train feature`",
            );
    }
}

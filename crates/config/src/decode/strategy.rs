//! `strategy` and `analysis`.

use super::read::{count, duration, map, named, switch, text};
use crate::builtin;
use crate::keys;
use crate::yaml::Node;
use tidegate_core::spec::{
    Analysis, Better, CanaryStep, Metric, NoData, OnRegression, Shape, Share, Source, StepSignOff,
    StickBy, Strategy, Tolerance,
};
use tidegate_core::time::Millis;

/// A strategy; `None` without a shape.
pub fn strategy(node: &Node) -> Option<Strategy> {
    Some(Strategy {
        shape: shape(node)?,
        analysis: named(node, "analysis"),
        regression: match node.get("regression").and_then(Node::text) {
            Some("pause") => OnRegression::Pause,
            Some("tell") => OnRegression::Tell,
            _ => OnRegression::RollBack,
        },
        alert_if_longer_than: duration(node, "alert-if-longer-than"),
        needs_quiet: switch(node, "needs-quiet"),
    })
}

fn shape(node: &Node) -> Option<Shape> {
    if let Some(steps) = node.get("canary") {
        let steps = steps.items().iter().filter_map(step).collect();
        return Some(Shape::Canary {
            steps,
            stick_by: stick_by(node),
        });
    }
    if let Some(rolling) = node.get("rolling") {
        return Some(Shape::Rolling {
            batch: count(rolling, "batch").unwrap_or(1),
            max_unavailable: count(rolling, "max-unavailable").unwrap_or(0),
        });
    }
    if let Some(blue_green) = node.get("blue-green") {
        return Some(Shape::BlueGreen {
            warm: duration(blue_green, "warm").unwrap_or(builtin::WARM),
            sign_off: blue_green.get("sign-off").and_then(sign_off),
        });
    }
    node.get("recreate").map(|_| Shape::Recreate)
}

fn step(node: &Node) -> Option<CanaryStep> {
    let to: Share = keys::share(node.get("to")?.text()?).ok()?;
    Some(CanaryStep {
        to,
        hold: duration(node, "hold").unwrap_or(Millis::ZERO),
        sign_off: node.get("sign-off").and_then(sign_off),
    })
}

fn sign_off(node: &Node) -> Option<StepSignOff> {
    let after = duration(node, "escalate-after");
    Some(StepSignOff {
        sign: named(node, "sign")?,
        from: super::policy::approvers(node)?,
        within: duration(node, "within").unwrap_or(builtin::SIGN_WITHIN),
        signed_in_within: duration(node, "signed-in-within"),
        remind_after: duration(node, "remind-after"),
        escalate: after.zip(named(node, "escalate-to")),
    })
}

fn stick_by(node: &Node) -> Option<StickBy> {
    let by = node.get("stick-by")?;
    match by.text() {
        Some(header) => Some(StickBy::Header(header.to_owned())),
        None => text(by, "header")
            .map(StickBy::Header)
            .or_else(|| text(by, "cookie").map(StickBy::Cookie)),
    }
}

/// An analysis.
pub fn analysis(node: &Node) -> Analysis {
    let at_least = node
        .get("at-least")
        .and_then(Node::text)
        .and_then(|t| keys::requests(t).ok());
    Analysis {
        every: duration(node, "every").unwrap_or(builtin::EVERY),
        at_least: at_least.unwrap_or(builtin::AT_LEAST),
        no_data: match node.get("no-data").and_then(Node::text) {
            Some("roll-back") => NoData::RollBack,
            _ => NoData::Pause,
        },
        metrics: map(node.get("metrics"), metric),
    }
}

fn metric(node: &Node) -> Option<Metric> {
    let source = match node.get("router").and_then(Node::text) {
        Some(router) => keys::metric(router).ok()?,
        None => Source::Prometheus(text(node, "prometheus")?.trim_end().to_owned()),
    };
    let better = match node.get("better").and_then(Node::text) {
        Some("higher") => Better::Higher,
        _ => Better::Lower,
    };
    let tolerate: Tolerance = keys::tolerance(node.get("tolerate")?.text()?).ok()?;
    Some(Metric {
        better,
        tolerate,
        critical: switch(node, "critical"),
        source,
    })
}

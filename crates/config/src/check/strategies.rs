//! Strategies and analyses that contradict themselves.

use super::{Whole, policies};
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use crate::keys;
use crate::yaml::{Entry, Node, Spot};
use tidegate_core::spec::Share;

const SHAPES: [&str; 4] = ["canary", "rolling", "blue-green", "recreate"];

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    for document in whole.documents {
        match document.kind.name {
            "strategy" => {
                strategy(document, report);
                sign_offs(whole, document, report);
            }
            "analysis" => analysis(whole, document, report),
            _ => {}
        }
    }
}

/// Place of a key of a document, or of the document.
fn key_spot(document: &Document, key: &str) -> Spot {
    let entry = document.node.entries().iter().find(|e| e.key == key);
    entry.map_or_else(|| document.spot.clone(), |e| e.spot.clone())
}

fn strategy(document: &Document, report: &mut Report) {
    let node = &document.node;
    one_shape(document, report);
    if let Some(canary) = node.get("canary") {
        steps(canary, report);
        if node.get("analysis").is_none() {
            let spot = key_spot(document, "canary");
            report
                .add(
                    codes::UNJUDGED,
                    &spot,
                    format!("nothing judges the canary `{}`", document.name),
                )
                .label("its holds are only waiting")
                .help("add `analysis: standard`");
        }
    } else if node.get("stick-by").is_some() {
        report
            .add(
                codes::STICK,
                &key_spot(document, "stick-by"),
                "`stick-by` without a canary",
            )
            .label("only a canary splits users between two revisions")
            .help("remove it");
    }
    if let Some(by) = node.get("stick-by")
        && by.text().is_none()
        && by.get("header").is_some() == by.get("cookie").is_some()
    {
        report
            .add(
                codes::STICK,
                &by.spot,
                "`stick-by` takes a header or a cookie",
            )
            .label("found both or neither")
            .help("write `{ header: x-user-id }` or `{ cookie: session }`");
    }
}

/// Who is asked inside a rollout must exist, and be somebody.
fn sign_offs(whole: &Whole<'_>, document: &Document, report: &mut Report) {
    let steps = document.node.get("canary").map_or(&[][..], Node::items);
    let places = steps.iter().chain(document.node.get("blue-green"));
    for asked in places.filter_map(|place| place.get("sign-off")) {
        policies::signers(whole, asked, report);
    }
}

fn one_shape(document: &Document, report: &mut Report) {
    let name = &document.name;
    let shapes: Vec<&str> = SHAPES
        .into_iter()
        .filter(|s| document.node.get(s).is_some())
        .collect();
    match shapes.as_slice() {
        [] => {
            report
                .add(
                    codes::SHAPE,
                    &document.spot,
                    format!("the strategy `{name}` has no shape"),
                )
                .label("how does it replace a revision?")
                .help("add one of `canary`, `rolling`, `blue-green` and `recreate`");
        }
        [_] => {}
        [first, second, ..] => {
            report
                .add(
                    codes::SHAPE,
                    &key_spot(document, second),
                    format!("the strategy `{name}` has two shapes"),
                )
                .label(format!("`{second}` here"))
                .also(&key_spot(document, first), format!("`{first}` here"))
                .help("keep one");
        }
    }
}

fn steps(canary: &Node, report: &mut Report) {
    let shares: Vec<(Share, &Spot)> = canary
        .items()
        .iter()
        .filter_map(|s| s.get("to"))
        .filter_map(|to| Some((keys::share(to.text()?).ok()?, &to.spot)))
        .collect();
    for pair in shares.windows(2) {
        if pair[1].0 <= pair[0].0 {
            report
                .add(codes::NOT_GROWING, pair[1].1, "a canary step does not grow")
                .label(format!("{} after {}", pair[1].0, pair[0].0))
                .also(pair[0].1, "the step before")
                .help("each step moves more traffic than the one before");
        }
    }
    if shares.len() == canary.items().len()
        && let Some((last, spot)) = shares.last()
        && *last != Share::ALL
    {
        report
            .add(codes::NOT_ALL, spot, "the canary does not end at 100%")
            .label(format!("the last step is {last}"))
            .help("add a last step `{ to: 100% }`");
    }
}

fn analysis(whole: &Whole<'_>, document: &Document, report: &mut Report) {
    let metrics = document.node.get("metrics");
    for e in metrics.map_or(&[][..], Node::entries) {
        let (router, prometheus) = (e.value.get("router"), e.value.get("prometheus"));
        if e.value.entries().is_empty() {
            continue;
        }
        if router.is_some() == prometheus.is_some() {
            report
                .add(
                    codes::SOURCE,
                    &e.spot,
                    format!(
                        "the metric `{}` has {} source",
                        e.key,
                        if router.is_some() {
                            "more than one"
                        } else {
                            "no"
                        }
                    ),
                )
                .label("exactly one of `router` and `prometheus`")
                .help("for example `router: errors`");
        }
        if let Some(router) = router {
            fitting(e, router, report);
        }
        let Some(query) = prometheus else { continue };
        report
            .add(
                codes::NOT_ENFORCED,
                &query.spot,
                "queries to Prometheus are not enforced by this version",
            )
            .label("the metric would never have a figure, so nothing would ever be healthy")
            .help("use `router: errors` or `router: latency-p95`, which the router counts itself");
        if e.value.get("better").is_none() {
            report
                .add(
                    codes::MISSING_KEY,
                    &e.spot,
                    format!("the metric `{}` needs `better`", e.key),
                )
                .label("of a query it is not known which direction is good")
                .help("add `better: lower` or `better: higher`");
        }
        if whole.spec.prometheus.is_none() {
            report
                .add(codes::NO_PROMETHEUS, &query.spot, "no Prometheus is named that could answer this query")
                .label("a PromQL query")
                .help("add `connect: { prometheus: { url: \"http://prometheus:9090\" } }` to the `tidegate` document");
        }
    }
}

/// What the router counts is better when it is lower; a latency has no percentage points.
fn fitting(metric: &Entry, router: &Node, report: &mut Report) {
    if let Some(better) = metric.value.get("better")
        && better.text() == Some("higher")
    {
        report
            .add(
                codes::UNFIT,
                &better.spot,
                format!("`{}` is not better when it is higher", metric.key),
            )
            .label("errors and latencies are better when they are lower")
            .help("write `better: lower` or leave it out");
    }
    let latency = router.text().is_some_and(|r| r.starts_with("latency"));
    if latency
        && let Some(tolerate) = metric.value.get("tolerate")
        && tolerate.text().is_some_and(|t| t.trim().ends_with("pp"))
    {
        report
            .add(
                codes::UNFIT,
                &tolerate.spot,
                "a latency has no percentage points",
            )
            .label("how much slower than the running revision is still accepted?")
            .help("write a share, for example `tolerate: +20%`");
    }
}

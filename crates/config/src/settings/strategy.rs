//! Strategies and analyses.

use super::Lines;
use tidegate_core::spec::{
    Analysis, Better, CanaryStep, Metric, NoData, OnRegression, Shape, Share, Source, StepSignOff,
    StickBy, Strategy, Tolerance,
};

/// A strategy.
pub fn strategy_lines(lines: &mut Lines, at: &str, strategy: &Strategy) {
    let Strategy {
        shape,
        analysis,
        regression,
        alert_if_longer_than,
        needs_quiet,
    } = strategy;
    match shape {
        Shape::Recreate => lines.add(format!("{at}.recreate"), "{}"),
        Shape::Rolling {
            batch,
            max_unavailable,
        } => {
            lines.add(format!("{at}.rolling.batch"), batch);
            lines.add(format!("{at}.rolling.max-unavailable"), max_unavailable);
        }
        Shape::BlueGreen { warm, sign_off } => {
            lines.add(format!("{at}.blue-green.warm"), warm);
            sign_off_lines(lines, &format!("{at}.blue-green"), sign_off.as_ref());
        }
        Shape::Canary { steps, stick_by } => {
            for (n, CanaryStep { to, hold, sign_off }) in steps.iter().enumerate() {
                lines.add(format!("{at}.canary[{n}].to"), to);
                lines.add(format!("{at}.canary[{n}].hold"), hold);
                sign_off_lines(lines, &format!("{at}.canary[{n}]"), sign_off.as_ref());
            }
            lines.maybe(
                format!("{at}.stick-by"),
                stick_by.as_ref().map(|by| match by {
                    StickBy::Header(name) => format!("header {name}"),
                    StickBy::Cookie(name) => format!("cookie {name}"),
                }),
            );
        }
    }
    lines.maybe(format!("{at}.analysis"), analysis.as_ref());
    lines.add(format!("{at}.regression"), regression_word(*regression));
    lines.maybe(
        format!("{at}.alert-if-longer-than"),
        alert_if_longer_than.as_ref(),
    );
    lines.maybe(format!("{at}.needs-quiet"), needs_quiet.then_some(true));
}

fn sign_off_lines(lines: &mut Lines, at: &str, asked: Option<&StepSignOff>) {
    let Some(StepSignOff {
        sign,
        from,
        within,
        signed_in_within,
        remind_after,
        escalate,
    }) = asked
    else {
        return;
    };
    let at = format!("{at}.sign-off");
    lines.add(format!("{at}.sign"), sign);
    lines.add(format!("{at}.from"), super::policy::group(from));
    lines.add(format!("{at}.within"), within);
    lines.maybe(format!("{at}.signed-in-within"), signed_in_within.as_ref());
    lines.maybe(format!("{at}.remind-after"), remind_after.as_ref());
    if let Some((after, to)) = escalate {
        lines.add(format!("{at}.escalate-after"), after);
        lines.add(format!("{at}.escalate-to"), to);
    }
}

/// As written.
#[must_use]
pub fn regression_word(regression: OnRegression) -> &'static str {
    match regression {
        OnRegression::RollBack => "roll-back",
        OnRegression::Pause => "pause",
        OnRegression::Tell => "tell",
    }
}

/// An analysis.
pub fn analysis_lines(lines: &mut Lines, at: &str, analysis: &Analysis) {
    let Analysis {
        every,
        at_least,
        no_data,
        metrics,
    } = analysis;
    lines.add(format!("{at}.every"), every);
    lines.add(format!("{at}.at-least"), format!("{at_least} requests"));
    lines.add(
        format!("{at}.no-data"),
        match no_data {
            NoData::Pause => "pause",
            NoData::RollBack => "roll-back",
        },
    );
    for (
        name,
        Metric {
            better,
            tolerate,
            critical,
            source,
        },
    ) in metrics
    {
        let at = format!("{at}.metrics.{name}");
        lines.add(
            format!("{at}.better"),
            match better {
                Better::Lower => "lower",
                Better::Higher => "higher",
            },
        );
        lines.add(format!("{at}.tolerate"), tolerance(*tolerate));
        lines.add(format!("{at}.critical"), critical);
        match source {
            Source::RouterErrors => lines.add(format!("{at}.router"), "errors"),
            Source::RouterLatency(percentile) => lines.add(
                format!("{at}.router"),
                format!("latency-p{}", hundredths(*percentile)),
            ),
            Source::Prometheus(query) => {
                let line = query.split_whitespace().collect::<Vec<_>>().join(" ");
                lines.add(format!("{at}.prometheus"), line);
            }
        }
    }
}

fn tolerance(tolerance: Tolerance) -> String {
    match tolerance {
        Tolerance::Points(n) => format!("+{}pp", hundredths(n)),
        Tolerance::Relative(n) => format!("+{}%", hundredths(n)),
    }
}

/// `9550` as `95.5`.
fn hundredths(n: u32) -> String {
    Share(n).to_string().trim_end_matches('%').to_owned()
}

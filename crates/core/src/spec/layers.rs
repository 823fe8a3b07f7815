//! Layers of the calendar that are neither window nor freeze: work of vendors, runs of systems that cannot be replaced, and
//! environments booked for a team. Phrases are kept as they are written (checked by `tidegate-config`).

use super::recurring::{self, Unreadable};
use crate::calendar::phrase::{OffsetUnit, Phrase, Side};
use crate::calendar::{Intervals, Setting, Span};
use crate::id::{EnvId, ServiceId, TeamId};
use crate::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};

/// A third party whose work concerns services of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vendor {
    /// Team of ours that speaks with it.
    pub owner: TeamId,
    /// Hours in which its contract lets it work, as phrases of spans; at any time when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub maintenance: Vec<String>,
    /// How long before it must say so: `10 days`, `5 working days`, `48 hours`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// IANA zone of these; the company's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Services that depend on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceId>,
    /// How long its calendar counts once it was read. Older, it is no data, and its services wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar_fresh_for: Option<Millis>,
}

impl Vendor {
    /// When its contract lets it work, as far as that has something in common with `time`.
    ///
    /// # Errors
    /// A phrase that cannot be read.
    pub fn hours(&self, setting: &Setting, time: Span) -> Result<Intervals, Unreadable> {
        if self.maintenance.is_empty() {
            return Ok([time].into_iter().collect());
        }
        recurring::spans(&self.maintenance, None, setting, time)
    }

    /// The first instant at which it is too late to announce work that begins at `start`; none when no notice is agreed.
    /// Days are whole: work on the 20th with 10 days' notice may be announced until the end of the 10th.
    ///
    /// # Errors
    /// A notice that cannot be read.
    pub fn late_from(
        &self,
        setting: &Setting,
        start: Timestamp,
    ) -> Result<Option<Timestamp>, Unreadable> {
        let Some(text) = &self.notice else {
            return Ok(None);
        };
        let bad = |because: &str| Unreadable {
            text: text.clone(),
            because: because.to_owned(),
        };
        let offset = notice(text).map_err(|because| bad(&because))?;
        let civil = setting.zone.civil(start);
        let anchor = crate::calendar::Occurrence { at: start, civil };
        let shifted = offset
            .apply(anchor, &setting.working_days, &setting.zone)
            .ok_or_else(|| bad("it leads beyond the calendar"))?;
        if offset.unit == OffsetUnit::Hours {
            // Announced exactly so many hours before is still in time.
            return Ok(shifted
                .at
                .checked_add(jiff::SignedDuration::from_micros(1))
                .ok());
        }
        let next = shifted.civil.date().tomorrow().ok();
        Ok(next.and_then(|day| {
            setting
                .zone
                .instant(day.to_datetime(jiff::civil::Time::midnight()))
        }))
    }
}

/// `10 days`, as an offset before something.
///
/// # Errors
/// What is wrong with it.
pub fn notice(text: &str) -> Result<crate::calendar::phrase::Offset, String> {
    match Phrase::read(&format!("{text} before")) {
        Ok(Phrase::Offset(offset, None)) if offset.side == Side::Before => Ok(offset),
        _ => Err("write for example `10 days`, `5 working days` or `48 hours`".to_owned()),
    }
}

/// Runs of a system that cannot be moved, and that must not meet a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Legacy {
    /// What runs and why it cannot be moved, for people.
    pub why: String,
    /// When it runs: phrases of points, with `lasting`, or of spans.
    pub runs: Vec<String>,
    /// How long a run lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting: Option<Millis>,
    /// Time to restart it after a failure: nothing may lie in it either.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub restart_margin: Millis,
    /// IANA zone; the company's when absent: a run is one run, wherever the environment is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Services it concerns; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceId>,
    /// Environments it concerns; all of tier production when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<EnvId>,
    /// Who owns the constraint.
    pub owner: TeamId,
    /// Until when somebody must have looked whether it is still needed.
    pub review_by: jiff::civil::Date,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(millis: &Millis) -> bool {
    *millis == Millis::ZERO
}

impl Legacy {
    /// What it concerns.
    #[must_use]
    pub fn scope(&self) -> super::Scope {
        super::Scope {
            services: self.services.clone(),
            environments: self.environments.clone(),
            ..super::Scope::default()
        }
    }

    /// How long a run and its margin last together, as far as that is written as a length.
    #[must_use]
    pub fn reach(&self) -> Millis {
        let lasting = self.lasting.unwrap_or(Millis::ZERO);
        Millis(lasting.0.saturating_add(self.restart_margin.0))
    }

    /// Its runs with their margins, as far as they have something in common with `time`.
    ///
    /// # Errors
    /// A phrase that cannot be read or that does not say until when.
    pub fn spans(&self, setting: &Setting, time: Span) -> Result<Intervals, Unreadable> {
        // What began before and lasts into it, margin included.
        let wide = recurring::reaching_back(time, self.reach());
        let runs = recurring::spans(&self.runs, self.lasting, setting, wide)?;
        let with_margin = runs.spans().iter().filter_map(|run| {
            Span::new(run.start(), self.restart_margin.after(run.end()))?.overlap(time)
        });
        Ok(with_margin.collect())
    }
}

/// What a constraint takes from the time in which work might have gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Days on which it takes something, by the clocks of its zone.
    pub days: usize,
    /// How much it takes together.
    pub taken: Millis,
}

impl super::Spec {
    /// What a constraint costs in a time: what its runs and margins take from the windows of the environments it concerns.
    ///
    /// # Errors
    /// A phrase that cannot be read.
    pub fn cost(&self, legacy: &Legacy, time: Span) -> Result<Cost, Unreadable> {
        let setting = self.setting(legacy.zone.as_ref().unwrap_or(&self.zone))?;
        let runs = legacy.spans(&setting, time)?;
        let scope = legacy.scope();
        let here = self.environments.iter();
        let mut taken = Intervals::none();
        for (_, environment) in here.filter(|(env, _)| scope.has_environment(self, env)) {
            let window = environment
                .window
                .as_ref()
                .and_then(|w| self.windows.get(w));
            let open = match window {
                None => [time].into_iter().collect(),
                Some(window) => {
                    let zone = window.zone.as_ref().unwrap_or(&environment.zone);
                    window.spans(&self.setting(zone)?, time)?
                }
            };
            taken = taken.union(&runs.intersection(&open));
        }
        let mut days = std::collections::BTreeSet::new();
        let mut sum = 0;
        for span in taken.spans() {
            sum += span.length().0;
            let last = span
                .end()
                .saturating_sub(jiff::SignedDuration::from_micros(1));
            let last = setting.zone.civil(last.unwrap_or(span.end())).date();
            let mut day = setting.zone.civil(span.start()).date();
            while day <= last && days.insert(day) {
                let Ok(next) = day.tomorrow() else { break };
                day = next;
            }
        }
        let (days, taken) = (days.len(), Millis(sum));
        Ok(Cost { days, taken })
    }
}

/// An environment booked for a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Booking {
    /// What for.
    pub why: String,
    /// Environment.
    pub environment: EnvId,
    /// Team whose services may be deployed there meanwhile.
    pub team: TeamId,
    /// When, as phrases of spans; or `from` and `until`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub times: Vec<String>,
    /// First instant, with `until`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// End, not part of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// IANA zone; the environment's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

impl Booking {
    /// When it holds, as far as that has something in common with `time`.
    ///
    /// # Errors
    /// A phrase that cannot be read, or an end that is not after the beginning.
    pub fn spans(&self, setting: &Setting, time: Span) -> Result<Intervals, Unreadable> {
        let (Some(from), Some(until)) = (&self.from, &self.until) else {
            return recurring::spans(&self.times, None, setting, time);
        };
        let span = Span::new(
            recurring::instant(from, &setting.zone)?,
            recurring::instant(until, &setting.zone)?,
        );
        let span = span.ok_or_else(|| Unreadable {
            text: until.clone(),
            because: format!("it is not after `{from}`"),
        })?;
        Ok(span.overlap(time).into_iter().collect())
    }
}

//! Components: what is nested in what, within limits, and which of it is read.

use super::line::{Line, Lines, short};
use super::property::event;
use super::zone::Zones;
use super::{Broken, EVENTS, Event, Ics, IcsError};
use std::collections::BTreeMap;
use tidegate_core::calendar::Zone;
use tidegate_core::calendar::rule::Moment;

/// Deepest nesting; RFC 5545 needs three.
const DEEPEST: usize = 8;
/// Most components of a file, events and others.
const COMPONENTS: usize = 100_000;
/// Most zones that a file describes.
const ZONES: usize = 1_000;

/// Properties of an event that say something here.
const READ: [&str; 13] = [
    "UID",
    "SUMMARY",
    "DESCRIPTION",
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "RDATE",
    "EXDATE",
    "EXRULE",
    "RECURRENCE-ID",
    "SEQUENCE",
    "STATUS",
];
/// Most of them in one event.
const PROPERTIES: usize = 5_000;

/// An event before it is understood: zones may be described behind it.
pub struct Raw {
    /// Line of its `BEGIN`.
    pub line: usize,
    /// What is read of it.
    pub properties: Vec<Line>,
}

impl Raw {
    /// Its `UID`, as far as that can be told.
    fn uid(&self) -> Option<String> {
        let line = self.properties.iter().find(|line| line.name == "UID")?;
        super::property::uid(line)
    }
}

#[derive(Default)]
struct Reading {
    open: Vec<(String, usize)>,
    components: usize,
    calendars: usize,
    name: Option<String>,
    cancels: bool,
    events: Vec<Raw>,
    zones: Zones,
    skipped: BTreeMap<String, usize>,
}

/// A file. `partly` lets events pass that cannot be read; what is wrong with the file itself is always an error.
pub fn calendar(text: &str, floating: &Zone, partly: bool) -> Result<Ics, IcsError> {
    let mut reading = Reading::default();
    let mut lines = Lines::of(text)?;
    let mut last = 1;
    while let Some(line) = lines.next()? {
        last = line.number;
        reading.take(line)?;
    }
    reading.ended(last)?;
    let Reading {
        name,
        cancels,
        events: raw,
        zones,
        skipped,
        ..
    } = reading;
    let mut events = Vec::with_capacity(raw.len());
    let mut broken = Vec::new();
    let mut trouble = |uid: Option<String>, error: IcsError| match partly {
        true => {
            broken.push(Broken { uid, error });
            Ok(())
        }
        false => Err(error),
    };
    for raw in &raw {
        match event(raw, &zones, floating) {
            Ok(mut event) => {
                event.cancelled |= cancels;
                events.push(event);
            }
            Err(error) => trouble(raw.uid(), error)?,
        }
    }
    let events = newest(events, floating, &mut trouble)?;
    let mut ics = Ics {
        name,
        events,
        skipped,
        broken,
    };
    ics.without_broken()?;
    Ok(ics)
}

impl Reading {
    fn take(&mut self, line: Line) -> Result<(), IcsError> {
        match line.name.as_str() {
            "BEGIN" => self.begin(&line),
            "END" => self.end(&line),
            _ => self.property(line),
        }
    }

    fn begin(&mut self, line: &Line) -> Result<(), IcsError> {
        let name = line.value.trim().to_ascii_uppercase();
        let refuse = |what: String, help: &str| Err(IcsError::new(line.number, what, help));
        self.components += 1;
        if self.open.is_empty() != (name == "VCALENDAR") {
            return match self.open.last() {
                None => refuse(
                    format!("{} is outside of a calendar", short(&name)),
                    "a file begins with BEGIN:VCALENDAR",
                ),
                Some((within, at)) => refuse(
                    format!("a calendar within {within}, which begins in line {at}"),
                    "end one calendar before the next",
                ),
            };
        }
        if self.open.len() >= DEEPEST {
            return refuse(
                format!("components are nested deeper than {DEEPEST}"),
                "a calendar holds events, and an event holds alarms",
            );
        }
        if self.components > COMPONENTS {
            return refuse(
                format!("more than {COMPONENTS} components"),
                "export a shorter time into one file",
            );
        }
        match (name.as_str(), self.open.len()) {
            ("VCALENDAR", _) => self.calendars += 1,
            ("VEVENT", 1) => {
                if self.events.len() >= EVENTS {
                    return refuse(
                        format!("more than {EVENTS} events"),
                        "export a shorter time into one file",
                    );
                }
                self.events.push(Raw {
                    line: line.number,
                    properties: Vec::new(),
                });
            }
            ("VTIMEZONE", 1) if self.zones.begin(line.number) > ZONES => {
                return refuse(
                    format!("more than {ZONES} time zones"),
                    "export a shorter time into one file",
                );
            }
            ("VTIMEZONE", 1) => {}
            ("VEVENT" | "VTIMEZONE", _) => {
                let (within, at) = self.open.last().cloned().unwrap_or_default();
                return refuse(
                    format!("{name} within {within}, which begins in line {at}"),
                    "end one component before the next",
                );
            }
            (_, 1) => *self.skipped.entry(short(&name)).or_default() += 1,
            _ => {}
        }
        self.open.push((name, line.number));
        Ok(())
    }

    fn end(&mut self, line: &Line) -> Result<(), IcsError> {
        let name = line.value.trim().to_ascii_uppercase();
        match self.open.pop() {
            Some((open, _)) if open == name => Ok(()),
            Some((open, at)) => Err(IcsError::new(
                line.number,
                format!(
                    "END:{} ends {open}, which begins in line {at}",
                    short(&name)
                ),
                format!("write END:{open} first"),
            )),
            None => Err(IcsError::new(
                line.number,
                format!("END:{} ends nothing", short(&name)),
                "remove the line",
            )),
        }
    }

    fn property(&mut self, line: Line) -> Result<(), IcsError> {
        // Events and zones begin only directly within a calendar.
        let within = self.open.last().map_or("", |(name, _)| name.as_str());
        match (self.open.len(), within) {
            (0, _) => {
                return Err(IcsError::new(
                    line.number,
                    format!("{} is outside of a calendar", short(&line.name)),
                    "a file begins with BEGIN:VCALENDAR and ends with END:VCALENDAR",
                ));
            }
            (1, _) => self.header(&line)?,
            (2, "VEVENT") if READ.contains(&line.name.as_str()) => {
                if let Some(event) = self.events.last_mut() {
                    if event.properties.len() >= PROPERTIES {
                        return Err(IcsError::new(
                            line.number,
                            format!("more than {PROPERTIES} properties in one event"),
                            "say it with a rule (RRULE)",
                        ));
                    }
                    event.properties.push(line);
                }
            }
            (2, "VTIMEZONE") => self.zones.property(&line),
            _ => {}
        }
        Ok(())
    }

    fn header(&mut self, line: &Line) -> Result<(), IcsError> {
        let value = line.value.trim().to_ascii_uppercase();
        match (line.name.as_str(), value.as_str()) {
            ("NAME" | "X-WR-CALNAME", _) => {
                self.name
                    .get_or_insert_with(|| super::line::unescaped(&line.value));
            }
            ("METHOD", "CANCEL") => self.cancels = true,
            ("METHOD", "PUBLISH" | "REQUEST" | "ADD" | "") => {}
            ("METHOD", other) => {
                return Err(IcsError::new(
                    line.number,
                    format!("METHOD:{} is an answer to an invitation", short(other)),
                    "export the calendar itself (METHOD:PUBLISH, or none)",
                ));
            }
            ("VERSION", "2.0") => {}
            ("VERSION", other) => {
                return Err(IcsError::new(
                    line.number,
                    format!("version {} of the format", short(other)),
                    "export it as iCalendar 2.0 (RFC 5545)",
                ));
            }
            ("CALSCALE", "GREGORIAN") => {}
            ("CALSCALE", other) => {
                return Err(IcsError::new(
                    line.number,
                    format!("the calendar scale {}", short(other)),
                    "export it in the Gregorian calendar",
                ));
            }
            _ => {}
        }
        Ok(())
    }

    fn ended(&self, last: usize) -> Result<(), IcsError> {
        if let Some((open, at)) = self.open.last() {
            return Err(IcsError::new(
                last,
                format!("the file ends within {open}, which begins in line {at}"),
                format!("it may have been cut off: fetch it again; it ends with END:{open}"),
            ));
        }
        if self.calendars == 0 {
            return Err(IcsError::new(
                1,
                "there is no calendar in it",
                "an iCalendar file begins with BEGIN:VCALENDAR",
            ));
        }
        Ok(())
    }
}

/// Of events with the same UID and recurrence the one with the highest sequence counts; two that differ with the same one
/// contradict each other.
fn newest(
    events: Vec<Event>,
    floating: &Zone,
    trouble: &mut impl FnMut(Option<String>, IcsError) -> Result<(), IcsError>,
) -> Result<Vec<Event>, IcsError> {
    let mut seen: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
    let mut kept: Vec<Event> = Vec::with_capacity(events.len());
    for event in events {
        let Some(uid) = event.uid.clone() else {
            kept.push(event);
            continue;
        };
        let instead = event
            .instead_of
            .map(|moment| instant(moment, &event, floating));
        match seen.get(&(uid.clone(), instead.clone())) {
            None => {
                seen.insert((uid, instead), kept.len());
                kept.push(event);
            }
            Some(at) if kept[*at].sequence < event.sequence => kept[*at] = event,
            Some(at) if kept[*at].sequence > event.sequence => {}
            Some(at) => {
                let first = &kept[*at];
                let same = Event {
                    line: first.line,
                    ..event.clone()
                } == *first;
                if !same {
                    let error = IcsError::new(
                        event.line,
                        format!(
                            "{} has the UID of the event in line {}, with the same SEQUENCE and other content",
                            event.called(),
                            first.line
                        ),
                        "give each event a UID of its own",
                    );
                    trouble(event.uid.clone(), error)?;
                }
            }
        }
    }
    Ok(kept)
}

fn instant(moment: Moment, event: &Event, floating: &Zone) -> String {
    match moment {
        Moment::Civil(civil) => {
            let zone = event.times.zone_or(floating);
            let at = zone.instant(civil).map(Moment::Instant);
            at.unwrap_or(moment).to_string()
        }
        other => other.to_string(),
    }
}

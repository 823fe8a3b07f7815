//! From the properties of a `VEVENT` to an event.

use super::component::Raw;
use super::line::{Line, short, unescaped};
use super::times;
use super::zone::Zones;
use super::{Event, IcsError};
use tidegate_core::calendar::Zone;

/// Longest UID, in bytes; it becomes part of the key of what is imported.
const UID: usize = 1_000;
/// Longest title and details kept, in characters; more is cut.
const TITLE: usize = 200;
const DETAILS: usize = 4_000;

/// Understand an event.
///
/// # Errors
/// The first problem, with its line.
pub fn event(raw: &Raw, zones: &Zones, floating: &Zone) -> Result<Event, IcsError> {
    let title: String = text(raw, "SUMMARY")?.chars().take(TITLE).collect();
    let called = if title.trim().is_empty() {
        format!("the event in line {}", raw.line)
    } else {
        format!("the event `{}`", short(title.trim()))
    };
    let uid = single(raw, "UID")?
        .map(|line| (line.number, unescaped(line.value.trim())))
        .filter(|(_, uid)| !uid.is_empty());
    if let Some((number, uid)) = &uid
        && (uid.len() > UID || uid.chars().any(char::is_control))
    {
        return Err(IcsError::new(
            *number,
            format!(
                "{called} has a UID of {} bytes or with line ends",
                uid.len()
            ),
            format!("a UID is one line of at most {UID} bytes"),
        ));
    }
    let times = times::read(raw, zones, floating, &called)?;
    Ok(Event {
        line: raw.line,
        uid: uid.map(|(_, uid)| uid),
        instead_of: times.instead_of,
        sequence: sequence(raw, &called)?,
        cancelled: single(raw, "STATUS")?
            .is_some_and(|line| line.value.trim().eq_ignore_ascii_case("CANCELLED")),
        title,
        details: text(raw, "DESCRIPTION")?.chars().take(DETAILS).collect(),
        times: times.set,
        length: times.length,
    })
}

/// The UID that a line gives, as far as one can be told.
pub fn uid(line: &Line) -> Option<String> {
    Some(unescaped(line.value.trim())).filter(|uid| !uid.is_empty() && uid.len() <= UID)
}

/// The property of this name, of which there may be one.
pub fn single<'a>(raw: &'a Raw, name: &str) -> Result<Option<&'a Line>, IcsError> {
    let mut all = raw.properties.iter().filter(|line| line.name == name);
    let first = all.next();
    match (first, all.next()) {
        (Some(first), Some(second)) => Err(IcsError::new(
            second.number,
            format!("a second {name}, after the one in line {}", first.number),
            format!("an event has one {name}"),
        )),
        _ => Ok(first),
    }
}

fn text(raw: &Raw, name: &str) -> Result<String, IcsError> {
    // Some programs write a text once for each language; the first counts.
    let first = raw.properties.iter().find(|line| line.name == name);
    Ok(first.map(|line| unescaped(&line.value)).unwrap_or_default())
}

fn sequence(raw: &Raw, called: &str) -> Result<u32, IcsError> {
    let Some(line) = single(raw, "SEQUENCE")? else {
        return Ok(0);
    };
    line.value.trim().parse().map_err(|_| {
        IcsError::new(
            line.number,
            format!("{called} has the SEQUENCE `{}`", short(&line.value)),
            "a sequence is a whole number from 0 on",
        )
    })
}

//! Zones that files name: IANA names, names that Windows gives them, and what a `VTIMEZONE` says it stands for.

use super::IcsError;
use super::line::{Line, short, unescaped};
use super::windows;
use std::collections::BTreeMap;
use tidegate_core::calendar::Zone;

/// What a file says about its zones.
#[derive(Default)]
pub struct Zones {
    described: Vec<Described>,
    by_name: BTreeMap<String, usize>,
}

#[derive(Default)]
struct Described {
    line: usize,
    location: Option<String>,
}

impl Zones {
    /// A `VTIMEZONE` begins; how many there are now.
    pub fn begin(&mut self, line: usize) -> usize {
        self.described.push(Described {
            line,
            location: None,
        });
        self.described.len()
    }

    /// A property of the one that began last.
    pub fn property(&mut self, line: &Line) {
        let Some(index) = self.described.len().checked_sub(1) else {
            return;
        };
        match line.name.as_str() {
            "TZID" => {
                self.by_name.insert(unescaped(&line.value), index);
            }
            "X-LIC-LOCATION" => self.described[index].location = Some(line.value.trim().to_owned()),
            _ => {}
        }
    }

    /// The zone behind a `TZID`.
    ///
    /// # Errors
    /// It is none that is known.
    pub fn find(&self, name: &str, line: usize, event: &str) -> Result<Zone, IcsError> {
        let described = self
            .by_name
            .get(name)
            .and_then(|at| self.described.get(*at));
        let location = described.and_then(|d| d.location.as_deref());
        let found = known(name).or_else(|| location.and_then(known));
        found.ok_or_else(|| {
            let what = format!("{event} is in the zone `{}`, which is not known", short(name));
            let help = match described {
                Some(d) => format!(
                    "its description in line {} names no IANA zone: replace the name by one such as Europe/Berlin",
                    d.line
                ),
                None => "replace it by an IANA zone such as Europe/Berlin".to_owned(),
            };
            IcsError::new(line, what, help)
        })
    }
}

/// By its IANA name, also behind a prefix of the program that wrote it (`/example.org/Europe/Berlin`), or by its Windows name.
fn known(name: &str) -> Option<Zone> {
    let name = name.trim();
    if let Ok(zone) = Zone::named(name) {
        return Some(zone);
    }
    if let Some(iana) = windows::zone(name) {
        return Zone::named(iana).ok();
    }
    let parts: Vec<&str> = name.strip_prefix('/')?.split('/').collect();
    let tails = [3, 2].into_iter().filter(|n| *n < parts.len());
    tails
        .map(|n| parts[parts.len() - n..].join("/"))
        .find_map(|tail| Zone::named(&tail).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_the_names_that_programs_write() {
        let name = |text: &str| known(text).map(|zone| zone.name().to_owned());
        assert_eq!(name("Europe/Berlin").as_deref(), Some("Europe/Berlin"));
        assert_eq!(
            name("W. Europe Standard Time").as_deref(),
            Some("Europe/Berlin")
        );
        assert_eq!(
            name("eastern standard time").as_deref(),
            Some("America/New_York")
        );
        assert_eq!(
            name("/freeassociation.sourceforge.net/Europe/Berlin").as_deref(),
            Some("Europe/Berlin")
        );
        assert_eq!(
            name("/example.org/1/America/Argentina/Ushuaia").as_deref(),
            Some("America/Argentina/Ushuaia")
        );
        for unknown in ["", "Customized Time Zone", "Europe/Berln", "/", "/a/b"] {
            assert_eq!(name(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn every_windows_name_stands_for_a_zone_that_there_is() {
        for (windows, iana) in windows::ZONES {
            assert!(Zone::named(iana).is_ok(), "{windows} is {iana}");
        }
        let mut names: Vec<String> = windows::ZONES
            .iter()
            .map(|(name, _)| name.to_lowercase())
            .collect();
        names.dedup();
        assert_eq!(names.len(), windows::ZONES.len());
        assert!(names.is_sorted());
    }
}

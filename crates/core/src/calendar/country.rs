//! The country of a zone.
//!
//! From `zone.tab` and `backward` of the tz database, which jiff's bundle leaves out: its zones by name only. Only countries of which
//! Tidegate has holidays are here; a zone of any other has none. A zone that several countries share belongs to the one whose
//! city names it.

/// Names of zones by country (ISO 3166-1), the best known one first, old names included.
const ZONES: &[(&str, &[&str])] = &[
    ("AT", &["Europe/Vienna"]),
    ("CH", &["Europe/Zurich"]),
    ("DE", &["Europe/Berlin", "Europe/Busingen"]),
    ("ES", &["Europe/Madrid", "Africa/Ceuta", "Atlantic/Canary"]),
    ("FR", &["Europe/Paris"]),
    ("GB", &["Europe/London", "Europe/Belfast", "GB", "GB-Eire"]),
    ("IT", &["Europe/Rome"]),
    ("NL", &["Europe/Amsterdam"]),
    ("PL", &["Europe/Warsaw", "Poland"]),
    (
        "US",
        &[
            "America/New_York",
            "America/Adak",
            "America/Anchorage",
            "America/Atka",
            "America/Boise",
            "America/Chicago",
            "America/Denver",
            "America/Detroit",
            "America/Fort_Wayne",
            "America/Indiana/Indianapolis",
            "America/Indiana/Knox",
            "America/Indiana/Marengo",
            "America/Indiana/Petersburg",
            "America/Indiana/Tell_City",
            "America/Indiana/Vevay",
            "America/Indiana/Vincennes",
            "America/Indiana/Winamac",
            "America/Indianapolis",
            "America/Juneau",
            "America/Kentucky/Louisville",
            "America/Kentucky/Monticello",
            "America/Knox_IN",
            "America/Los_Angeles",
            "America/Louisville",
            "America/Menominee",
            "America/Metlakatla",
            "America/Nome",
            "America/North_Dakota/Beulah",
            "America/North_Dakota/Center",
            "America/North_Dakota/New_Salem",
            "America/Phoenix",
            "America/Shiprock",
            "America/Sitka",
            "America/Yakutat",
            "Navajo",
            "Pacific/Honolulu",
            "US/Alaska",
            "US/Aleutian",
            "US/Arizona",
            "US/Central",
            "US/East-Indiana",
            "US/Eastern",
            "US/Hawaii",
            "US/Indiana-Starke",
            "US/Michigan",
            "US/Mountain",
            "US/Pacific",
        ],
    ),
];

/// The country that a zone belongs to, among those that have holidays here. Names are told apart as in the zone database, whatever
/// the case of their letters.
#[must_use]
pub fn country_of(zone: &str) -> Option<&'static str> {
    let has = |zones: &[&str]| zones.iter().any(|name| name.eq_ignore_ascii_case(zone));
    let found = ZONES.iter().find(|(_, zones)| has(zones));
    found.map(|(country, _)| *country)
}

/// Zones of a country, by name; none when it has no holidays here.
#[must_use]
pub fn zones_of(country: &str) -> &'static [&'static str] {
    let found = ZONES.iter().find(|(code, _)| *code == country);
    found.map_or(&[], |(_, zones)| *zones)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Zone;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn every_zone_of_the_table_is_in_the_bundled_database_and_has_one_country() {
        let mut seen = BTreeSet::new();
        for (country, zones) in ZONES {
            for zone in *zones {
                assert!(Zone::named(zone).is_ok(), "{zone}");
                assert!(seen.insert(zone), "{zone} twice");
                assert_eq!(country_of(&zone.to_lowercase()), Some(*country));
            }
        }
        for nowhere in ["UTC", "Etc/GMT+5", "Asia/Tokyo", "Europe/Dublin"] {
            assert_eq!(country_of(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn the_table_says_what_the_systems_database_says() {
        let Ok(table) = std::fs::read_to_string("/usr/share/zoneinfo/zone.tab") else {
            eprintln!(
                "SKIPPED: there is no zone.tab on this machine (package tzdata) to compare with"
            );
            return;
        };
        let rows = table.lines().filter(|line| !line.starts_with('#'));
        let rows = rows.filter_map(|line| {
            let mut parts = line.split('\t');
            Some((parts.next()?, parts.nth(1)?))
        });
        let theirs: BTreeMap<&str, &str> = rows.map(|(country, zone)| (zone, country)).collect();
        assert!(theirs.len() > 300);
        for (zone, country) in theirs {
            if let Some(ours) = country_of(zone) {
                assert_eq!(ours, country, "{zone}");
            } else {
                assert!(
                    zones_of(country).is_empty(),
                    "{zone} of {country} is missing"
                );
            }
        }
    }
}

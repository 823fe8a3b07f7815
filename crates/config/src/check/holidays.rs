//! Lists of holidays: that there is something in them, that what they import can be read, and that it counts anywhere.

use super::Whole;
use crate::decode::{IMPORTS, Unimported, imported, lists};
use crate::diagnostic::{Diagnostic, Report, codes};
use crate::document::Document;
use crate::files::MAX_FILE;
use crate::holidays::{List, codes as list_codes};
use crate::yaml::Node;
use std::collections::BTreeSet;
use tidegate_core::calendar::country::{country_of, zones_of};
use tidegate_core::spec::{Spec, country_of_list};

/// Look at a list.
pub fn check(whole: &Whole<'_>, document: &Document, report: &mut Report) {
    let node = &document.node;
    if node.get("days").is_none() && node.get("import").is_none() {
        report
            .add(
                codes::MISSING_KEY,
                &document.spot,
                "a list of holidays needs `days` or `import`",
            )
            .label("both are missing")
            .help("add for example `days: [2026-12-25, 2026-12-26]`, or `import: [DE-BE]`");
    }
    let imports = node.get("import").map_or(&[][..], Node::items);
    if let Some(first) = imports.get(IMPORTS) {
        report
            .add(
                codes::OUT_OF_RANGE,
                &first.spot,
                format!("more than {IMPORTS} imports in one list"),
            )
            .label(format!("there are {}", imports.len()))
            .help("write a second list; lists add up");
    }
    for (item, found) in imported(node, whole.files) {
        if let Err(because) = found {
            unimported(item, &because, report);
        }
    }
    let countries = countries(whole.spec);
    for (list, spot) in lists(node) {
        let country = country_of_list(list.code);
        if !countries.contains(country) {
            let zone = zones_of(country).first().copied().unwrap_or_default();
            report
                .add(
                    codes::UNCOUNTED_LIST,
                    spot,
                    format!("the holidays of {} count nowhere", list.name),
                )
                .label(format!("nothing is read in a zone of {country}"))
                .help(format!(
                    "give the company, an environment or a rule such a zone, for example `zone: {zone}`, or remove the list"
                ));
        }
    }
}

/// Countries of the zones in which working days are counted.
fn countries(spec: &Spec) -> BTreeSet<&'static str> {
    let own = [
        spec.freezes
            .values()
            .map(|f| f.zone.as_deref())
            .collect::<Vec<_>>(),
        spec.trains.values().map(|t| t.zone.as_deref()).collect(),
        spec.vendors.values().map(|v| v.zone.as_deref()).collect(),
    ];
    let environments = spec.environments.values().map(|e| e.zone.as_str());
    std::iter::once(spec.zone.as_str())
        .chain(environments)
        .chain(own.into_iter().flatten().flatten())
        .filter_map(country_of)
        .collect()
}

fn unimported(item: &Node, because: &Unimported, report: &mut Report) {
    let text = item.text().unwrap_or_default().trim();
    let problem = report.add(codes::UNIMPORTED, &item.spot, "`import` cannot be read");
    match because {
        Unimported::NoPath => problem
            .label("neither the code of a country or region nor the path of an iCalendar file")
            .help("write for example `import: [DE-BE, holidays/company.ics]`"),
        Unimported::NoList => no_list(problem, text),
        Unimported::Outside => problem
            .label("leads out of the configuration")
            .help("keep the file below the folder of the configuration and write its path relative to this file"),
        Unimported::Missing(path) => problem
            .label(format!("there is no file `{path}` in the configuration"))
            .help("a path is relative to the file that names it; name the folder of the configuration, not this file alone"),
        Unimported::TooLarge(size) => problem
            .label(format!("the file has {size} bytes, more than the {MAX_FILE} that are read"))
            .help("export holidays only, without other calendars"),
        Unimported::Bad(spot, error) => problem
            .label("has an error")
            .also(spot, error.what.clone())
            .help(error.help.clone()),
    };
}

/// A code without a list: another spelling of one that there is, or a file instead.
fn no_list<'a>(problem: &'a mut Diagnostic, text: &str) -> &'a mut Diagnostic {
    let file = format!(
        "save the holidays as iCalendar below the folder of the configuration and write the path: `import: [holidays/{}.ics]`",
        text.to_ascii_lowercase()
    );
    let capitals = text.to_ascii_uppercase();
    let similar = List::named(&capitals).map(|list| format!("write `{}`", list.code));
    problem
        .label("there is no list with this code")
        .note(format!("there are {}", list_codes()))
        .help(similar.unwrap_or(file))
}

//! Lists of holidays: that there is something in them, and that what they import can be read.

use crate::decode::{IMPORTS, Unimported, imported};
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use crate::files::{Files, MAX_FILE};
use crate::yaml::Node;

/// Look at a list.
pub fn check(document: &Document, files: &Files, report: &mut Report) {
    let node = &document.node;
    if node.get("days").is_none() && node.get("import").is_none() {
        report
            .add(
                codes::MISSING_KEY,
                &document.spot,
                "a list of holidays needs `days` or `import`",
            )
            .label("both are missing")
            .help("add for example `days: [2026-12-25, 2026-12-26]`, or `import: [holidays/de-be.ics]`");
    }
    let imports = node.get("import").map_or(&[][..], Node::items);
    if let Some(first) = imports.get(IMPORTS) {
        report
            .add(
                codes::OUT_OF_RANGE,
                &first.spot,
                format!("more than {IMPORTS} files in one list"),
            )
            .label(format!("there are {}", imports.len()))
            .help("write a second list; lists add up");
    }
    for (item, found) in imported(node, files) {
        if let Err(because) = found {
            unimported(item, &because, report);
        }
    }
}

fn unimported(item: &Node, because: &Unimported, report: &mut Report) {
    let text = item.text().unwrap_or_default().trim();
    let problem = report.add(codes::UNIMPORTED, &item.spot, "`import` cannot be read");
    match because {
        Unimported::NoPath => problem
            .label("not the path of an iCalendar file")
            .note("this version has no lists of holidays of countries and regions")
            .help(format!(
                "save the list as iCalendar below the folder of the configuration and write its path, for example `import: [holidays/{}.ics]`",
                plain(text)
            )),
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

fn plain(text: &str) -> String {
    let fine = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fine {
        text.to_ascii_lowercase()
    } else {
        "de-be".to_owned()
    }
}

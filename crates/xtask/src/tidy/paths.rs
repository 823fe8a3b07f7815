//! Files speak of the project only: no path of somebody's machine and no host of a package registry.

use super::finding::Finding;

/// Folders of one machine. Written in two halves so that this file passes its own rule.
const MACHINE: [&str; 4] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/t", "mp/"),
];
const REGISTRIES: [&str; 5] = [
    concat!("pypi", ".org"),
    concat!("files.python", "hosted.org"),
    concat!("registry.npm", "js.org"),
    concat!("static.cr", "ates.io"),
    concat!("deb.deb", "ian.org"),
];

/// Findings in any text file but lock files, which package managers write.
pub fn check(path: &str, text: &str) -> Vec<Finding> {
    if path.ends_with(".lock") || path.ends_with("package-lock.json") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(found) = MACHINE.iter().find(|folder| names_folder(line, folder)) {
            findings.push(Finding::error(
                path,
                index + 1,
                format!("`{found}` is a path of one machine"),
                "use a path relative to the project, a temporary folder of the test, or an invented one below `/srv`",
            ));
        }
        if let Some(found) = REGISTRIES.iter().find(|host| line.contains(**host)) {
            findings.push(Finding::error(
                path,
                index + 1,
                format!("`{found}` is a host of a package registry"),
                "name the package and its client (cargo, pip, npm, apt), which know their registry",
            ));
        }
    }
    findings
}

/// True where the folder begins a path, not where it is inside a longer one (`$DIR/x/`, `docs/x/`, an address).
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|before| before.is_alphanumeric() || "_-./}>*".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_one_machine_is_found_with_its_line() {
        for folder in MACHINE {
            let findings = check("docs/x.md", &format!("fine\nsee `{folder}thing`\n"));
            assert_eq!(
                findings
                    .iter()
                    .map(|finding| finding.line)
                    .collect::<Vec<_>>(),
                [2],
                "{folder}"
            );
        }
    }

    #[test]
    fn a_longer_path_with_the_same_part_is_fine() {
        for folder in MACHINE {
            assert!(
                check(
                    "docs/x.md",
                    &format!("docs{folder}x ${{DIR}}{folder}x http://a.example{folder}x\n")
                )
                .is_empty()
            );
        }
    }

    #[test]
    fn registry_hosts_are_found_outside_lock_files() {
        let text = format!("index = \"https://{}/simple\"\n", REGISTRIES[0]);
        assert_eq!(check("examples/pip.conf", &text).len(), 1);
        assert!(check("Cargo.lock", &text).is_empty());
    }
}

//! What is kept elsewhere.

use super::{Lines, shown};
use tidegate_core::spec::{Checkpoints, Destination, Retention};

/// Where signed states of the log are handed to.
pub fn checkpoint_lines(lines: &mut Lines, checkpoints: &Checkpoints) {
    let Checkpoints { every, to } = checkpoints;
    lines.add("checkpoints.every", every);
    for (n, place) in to.iter().enumerate() {
        let at = format!("checkpoints.to[{n}]");
        match place {
            Destination::File { path } => lines.add(format!("{at}.file"), path),
            Destination::Git { folder, push } => {
                lines.add(format!("{at}.git"), folder);
                lines.add(format!("{at}.push"), push);
            }
            Destination::Webhook { url, key } => {
                lines.add(format!("{at}.webhook"), url);
                lines.maybe(format!("{at}.key"), key.as_deref().map(shown));
            }
        }
    }
}

/// How long bodies beside the log are kept.
pub fn retention_lines(lines: &mut Lines, at: &str, rule: &Retention) {
    let Retention {
        keep,
        of,
        services,
        environments,
        tags,
    } = rule;
    lines.add(format!("{at}.keep"), keep);
    let classes: Vec<&str> = of.iter().map(|class| class.as_str()).collect();
    lines.some(format!("{at}.of"), &classes);
    lines.some(format!("{at}.services"), &Vec::from_iter(services));
    lines.some(format!("{at}.environments"), &Vec::from_iter(environments));
    lines.some(format!("{at}.tags"), &Vec::from_iter(tags));
}

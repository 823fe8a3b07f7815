//! Services.

use super::{Lines, rule_lines};
use tidegate_core::spec::{
    Health, KnownIssue, Override, Rollback, RollbackAuthority, Run, Service,
};

/// A service.
pub fn service_lines(lines: &mut Lines, at: &str, service: &Service) {
    let Service {
        owner,
        tier,
        pipeline,
        strategy,
        artifact,
        provides,
        needs,
        run,
        health,
        values,
        environments,
        rollback,
        known_issues,
        uses,
        expected,
        cover_by,
        needs_quiet,
        data_class,
        audience,
        tags,
        visible_to,
    } = service;
    lines.add(format!("{at}.owner"), owner);
    lines.add(format!("{at}.tier"), tier);
    lines.add(format!("{at}.pipeline"), pipeline);
    rule_lines(lines, &format!("{at}.strategy"), strategy);
    lines.maybe(format!("{at}.artifact"), artifact.as_ref());
    provides
        .iter()
        .for_each(|(name, version)| lines.add(format!("{at}.provides.{name}"), version));
    needs
        .iter()
        .for_each(|(name, need)| lines.add(format!("{at}.needs.{name}"), &need.0));
    if let Some(run) = run {
        run_lines(lines, &format!("{at}.run"), run);
    }
    let Health {
        path,
        every,
        timeout,
        deadline,
    } = health;
    lines.maybe(format!("{at}.health.get"), path.as_ref());
    lines.add(format!("{at}.health.every"), every);
    lines.add(format!("{at}.health.timeout"), timeout);
    lines.add(format!("{at}.health.deadline"), deadline);
    lines.values(&format!("{at}.values"), values);
    environments
        .iter()
        .for_each(|(env, o)| override_lines(lines, &format!("{at}.environments.{env}"), o));
    let Rollback { within, decides } = rollback;
    lines.add(format!("{at}.rollback.within"), within);
    if let Some(decides) = decides {
        authority_lines(lines, &format!("{at}.rollback.decides"), decides);
    }
    lines.some(format!("{at}.cover-by"), cover_by);
    lines.maybe(format!("{at}.needs-quiet"), needs_quiet.then_some(true));
    lines.maybe(
        format!("{at}.data-class"),
        data_class.map(|class| class.as_str()),
    );
    lines.maybe(format!("{at}.audience"), audience.map(|a| a.as_str()));
    let teams = visible_to.as_ref().map(|teams| {
        let teams: Vec<String> = teams.iter().map(ToString::to_string).collect();
        if teams.is_empty() {
            "its owner alone".to_owned()
        } else {
            teams.join(", ")
        }
    });
    lines.maybe(format!("{at}.visible-to"), teams);
    known_issues
        .iter()
        .enumerate()
        .for_each(|(n, issue)| issue_lines(lines, &format!("{at}.known-issues[{n}]"), issue));
    let names: Vec<&str> = tags.iter().map(tidegate_core::id::Name::as_str).collect();
    lines.maybe(
        format!("{at}.tags"),
        (!names.is_empty()).then(|| names.join(", ")),
    );
    let names: Vec<&str> = uses.iter().map(tidegate_core::id::Name::as_str).collect();
    lines.maybe(
        format!("{at}.uses"),
        (!names.is_empty()).then(|| names.join(", ")),
    );
    lines.maybe(format!("{at}.expected"), expected.as_ref());
}

/// A known issue.
fn issue_lines(lines: &mut Lines, at: &str, issue: &KnownIssue) {
    let KnownIssue {
        id,
        text,
        workaround,
        since,
        fixed_in,
        public,
    } = issue;
    if *issue == KnownIssue::of_text(text.clone()) {
        lines.add(at.to_owned(), text);
        return;
    }
    lines.maybe(format!("{at}.id"), id.as_ref());
    lines.add(format!("{at}.text"), text);
    lines.maybe(format!("{at}.workaround"), workaround.as_ref());
    lines.maybe(format!("{at}.since"), since.as_ref());
    lines.maybe(format!("{at}.fixed-in"), fixed_in.as_ref());
    lines.maybe(format!("{at}.public"), public.then_some(true));
}

/// How instances are started.
pub fn run_lines(lines: &mut Lines, at: &str, run: &Run) {
    let Run {
        command,
        prepare,
        port,
        instances,
        grace,
    } = run;
    lines.add(format!("{at}.command"), words(command));
    lines.maybe(format!("{at}.prepare"), prepare.as_ref().map(|p| words(p)));
    lines.maybe(format!("{at}.port"), port.as_ref());
    lines.add(format!("{at}.instances"), instances);
    lines.add(format!("{at}.grace"), grace);
}

/// Differences in one environment.
fn override_lines(lines: &mut Lines, at: &str, difference: &Override) {
    let Override {
        values,
        instances,
        strategy,
        port,
    } = difference;
    lines.values(&format!("{at}.values"), values);
    lines.maybe(format!("{at}.instances"), instances.as_ref());
    lines.maybe(format!("{at}.strategy"), strategy.as_ref());
    lines.maybe(format!("{at}.port"), port.as_ref());
}

/// A command line that reads back as the same words.
fn words(command: &[String]) -> String {
    let quoted: Vec<String> = command
        .iter()
        .map(|w| {
            let plain =
                !w.is_empty() && !w.contains(|c: char| c.is_whitespace() || "'\"\\".contains(c));
            match plain {
                true => w.clone(),
                false if !w.contains('\'') => format!("'{w}'"),
                false => format!("\"{}\"", w.replace('\\', "\\\\").replace('"', "\\\"")),
            }
        })
        .collect();
    quoted.join(" ")
}

fn authority_lines(lines: &mut Lines, at: &str, authority: &RollbackAuthority) {
    let RollbackAuthority {
        owner,
        deputy,
        escalate,
        executive,
        answer_within,
        otherwise,
        criteria,
        confirm,
    } = authority;
    lines.add(format!("{at}.owner"), owner);
    lines.maybe(format!("{at}.deputy"), deputy.as_ref());
    lines.some(format!("{at}.escalate"), escalate);
    lines.maybe(format!("{at}.executive"), executive.as_ref());
    lines.add(format!("{at}.answer-within"), answer_within);
    lines.add(format!("{at}.otherwise"), otherwise.as_str());
    lines.some(format!("{at}.criteria"), criteria);
    lines.maybe(format!("{at}.confirm"), confirm.then_some(true));
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_shown_command_reads_back_as_the_same_words() {
        let command = ["sh", "-c", "echo 'a \"b\" \\ c'", "", "d e"].map(str::to_owned);
        assert_eq!(crate::keys::command(&words(&command)).unwrap(), command);
    }
}

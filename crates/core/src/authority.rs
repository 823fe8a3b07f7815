//! Who may send which command. Everything that is not allowed here is refused.

use crate::actor::{Actor, Role};
use crate::command::Command;
use crate::reach;
use crate::refusal::Refusal;
use crate::stream::{
    artifact, change, decision, delegation, departure, deployment, entry, environment, exception,
    feed, freeze, meeting, person, release, train,
};
use crate::view::View;

/// May `actor` send `command`?
///
/// # Errors
/// `NotAllowed`, naming actor, role and command.
pub fn authorise(actor: &Actor, command: &Command, view: &dyn View) -> Result<(), Refusal> {
    let allowed = match &actor.role {
        Role::System => true,
        Role::Admin => by_person(command),
        Role::Operator => (by_person(command) && !only_admin(command)) || of_keys(command),
        // Reads, and says yes or no where a team of theirs is asked; everything else is for operators.
        Role::Approver => of_keys(command) || by_approver(command),
        Role::Publisher => {
            matches!(
                command,
                Command::Artifact {
                    command: artifact::Command::Register { .. },
                    ..
                } | Command::Release {
                    command: release::Command::Create { .. },
                    ..
                }
            ) || of_keys(command)
        }
        Role::Viewer => of_keys(command),
        Role::Feed(_) => false,
        Role::Agent { environments } => match command {
            Command::Deployment {
                id,
                command: deployment::Command::Report { .. } | deployment::Command::Observe { .. },
            } => view
                .load::<deployment::Deployment>(id.as_str())
                .ok()
                .and_then(|d| d.facts)
                .is_some_and(|f| environments.contains(&f.plan.body.environment)),
            _ => false,
        },
    };
    if allowed {
        return reach::within(actor, command, view);
    }
    Err(Refusal::NotAllowed {
        actor: actor.name.clone(),
        role: actor.role.as_str().to_owned(),
        action: command.name(),
    })
}

/// What is said by those who are asked.
fn by_approver(command: &Command) -> bool {
    matches!(
        command,
        Command::Change {
            command: change::Command::Approve { .. }
                | change::Command::Reject { .. }
                | change::Command::Write { .. }
                | change::Command::Review { .. }
                | change::Command::Raise { .. }
                | change::Command::Lower { .. },
            ..
        } | Command::Exception {
            command: exception::Command::Grant { .. }
                | exception::Command::Refuse { .. }
                | exception::Command::Review { .. },
            ..
        } | Command::Delegation {
            command: delegation::Command::Lend { .. } | delegation::Command::Revoke { .. },
            ..
        } | Command::Meeting {
            command: meeting::Command::Open { .. }
                | meeting::Command::Vote { .. }
                | meeting::Command::Answer { .. }
                | meeting::Command::Attest { .. }
                | meeting::Command::Adopt { .. }
                | meeting::Command::Confirm { .. },
            ..
        } | Command::Decision {
            command: decision::Command::Open { .. } | decision::Command::Order { .. },
            ..
        } | Command::Departure {
            command: departure::Command::Go { .. } | departure::Command::NoGo { .. },
            ..
        }
    )
}

/// Keys, which are their owner's business; whose it is stands in the stream.
fn of_keys(command: &Command) -> bool {
    matches!(
        command,
        Command::Person {
            command: person::Command::RegisterKey { .. } | person::Command::RevokeKey { .. },
            ..
        }
    )
}

/// What an operator may not do: change the rules, decide who people are, and break somebody else's lock.
fn only_admin(command: &Command) -> bool {
    matches!(
        command,
        Command::Config { .. }
            | Command::Person { .. }
            | Command::Environment {
                command: environment::Command::Break { .. } | environment::Command::Fence { .. },
                ..
            }
    )
}

/// Commands people send. The rest are facts that only agents, sensors and other streams may report.
fn by_person(command: &Command) -> bool {
    match command {
        Command::Artifact { command, .. } => !matches!(command, artifact::Command::Verify { .. }),
        Command::Release { command, .. } => !matches!(
            command,
            release::Command::Stop { .. }
                | release::Command::StageStarted { .. }
                | release::Command::StageDone { .. }
                | release::Command::StageFailed { .. }
                | release::Command::StageDropped { .. }
        ),
        Command::Deployment { command, .. } => matches!(
            command,
            deployment::Command::Pause { .. }
                | deployment::Command::Resume
                | deployment::Command::Advance { .. }
                | deployment::Command::Abort { .. }
                | deployment::Command::Settle { .. }
        ),
        Command::Train { command, .. } => matches!(command, train::Command::Keep { .. }),
        Command::Departure { command, .. } => !matches!(
            command,
            departure::Command::Lay { .. }
                | departure::Command::KeepDate { .. }
                | departure::Command::Take { .. }
                | departure::Command::Wake
        ),
        Command::Freeze { command, .. } => !matches!(command, freeze::Command::Wake),
        Command::Exception { command, .. } => !matches!(
            command,
            exception::Command::Use { .. } | exception::Command::Wake
        ),
        Command::Change { command, .. } => command.is_by_person(),
        Command::Meeting { command, .. } => command.is_by_person(),
        Command::Decision { command, .. } => command.is_by_person(),
        Command::Entry { command, .. } => !matches!(command, entry::Command::Wake),
        Command::Delegation { command, .. } => !matches!(command, delegation::Command::Wake),
        Command::Feed { command, .. } => !matches!(command, feed::Command::Wake),
        Command::Person { command, .. } => !matches!(command, person::Command::SignedIn { .. }),
        Command::Environment { command, .. } => !matches!(
            command,
            environment::Command::Wake | environment::Command::Distrust { .. }
        ),
        Command::Propose { .. } | Command::Enter { .. } | Command::Config { .. } => true,
    }
}

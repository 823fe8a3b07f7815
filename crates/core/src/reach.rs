//! What a token for less may touch: the service and the environment of a command must both be within its reach.
//!
//! A command that concerns neither (configuration, freezes, people, the calendar) is outside every narrowed reach.

use crate::actor::{Actor, Reach};
use crate::authority::phrase;
use crate::command::Command;
use crate::id::{EnvId, ServiceId};
use crate::refusal::Refusal;
use crate::stream::{deployment, release};
use crate::view::View;

/// What a command touches.
struct Touched {
    service: Option<ServiceId>,
    environment: Option<EnvId>,
    /// It names no environment because it concerns a version, not a place.
    anywhere: bool,
}

/// Is the command within the reach of the actor?
///
/// # Errors
/// `NotAllowed`, naming what is outside.
pub(crate) fn within(actor: &Actor, command: &Command, view: &dyn View) -> Result<(), Refusal> {
    let Some(reach) = &actor.reach else {
        return Ok(());
    };
    let Some(outside) = outside(reach, command, view) else {
        return Ok(());
    };
    Err(Refusal::NotAllowed {
        actor: actor.name.clone(),
        role: actor.role.as_str().to_owned(),
        action: format!(
            "{}: its token does not reach {outside}",
            phrase(&command.name())
        ),
        needs: String::new(),
    })
}

fn outside(reach: &Reach, command: &Command, view: &dyn View) -> Option<String> {
    let Some(touched) = touched(command, view) else {
        return Some("beyond single services and environments".to_owned());
    };
    if !reach.services.is_empty() {
        match &touched.service {
            Some(service) if reach.services.contains(service) => {}
            Some(service) => return Some(format!("service {service}")),
            None => return Some("all services of an environment".to_owned()),
        }
    }
    if !reach.environments.is_empty() {
        match &touched.environment {
            Some(environment) if reach.environments.contains(environment) => {}
            Some(environment) => return Some(format!("environment {environment}")),
            None if touched.anywhere => {}
            None => return Some("every environment".to_owned()),
        }
    }
    None
}

fn touched(command: &Command, view: &dyn View) -> Option<Touched> {
    let deployed = |facts: &deployment::Facts| Touched {
        service: Some(facts.plan.body.service.clone()),
        environment: Some(facts.plan.body.environment.clone()),
        anywhere: false,
    };
    match command {
        Command::Artifact { id, command } => Some(Touched {
            service: Some(id.service.clone()),
            environment: None,
            anywhere: matches!(command, crate::stream::artifact::Command::Register { .. }),
        }),
        Command::Release { id, command } => {
            let (environment, anywhere) = match command {
                release::Command::Promote { to, .. } => (Some(to.clone()), false),
                release::Command::Create { .. } => (None, true),
                _ => (None, false),
            };
            Some(Touched {
                service: Some(id.service.clone()),
                environment,
                anywhere,
            })
        }
        Command::Environment { id, .. } => Some(Touched {
            service: None,
            environment: Some(id.clone()),
            anywhere: false,
        }),
        Command::Propose {
            command: deployment::Command::Propose { plan, .. },
        } => Some(Touched {
            service: Some(plan.body.service.clone()),
            environment: Some(plan.body.environment.clone()),
            anywhere: false,
        }),
        Command::Deployment { id, .. } => view
            .load::<deployment::Deployment>(id.as_str())
            .ok()
            .and_then(|d| d.facts)
            .map(|facts| deployed(&facts)),
        _ => None,
    }
}

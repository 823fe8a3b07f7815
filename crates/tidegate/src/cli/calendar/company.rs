//! What phrases leave open and the company says: its zone, its fiscal year and its holidays. From the configuration tree that
//! the command runs in, else from the server it is used with. Neither is needed.

use crate::cli::session::Session;
use crate::cli::tree;
use std::path::Path;
use std::time::Duration;
use tidegate_core::calendar::Setting;
use tidegate_core::spec::Spec;

/// File that marks the top of a tree, and that says the zone.
const TOP: [&str; 2] = ["tidegate.yaml", "tidegate.yml"];
/// Longest wait for the server: the answer is only a default.
const PATIENCE: Duration = Duration::from_secs(2);

/// A company's setting.
pub struct Company {
    /// Zone, fiscal year, working days.
    pub setting: Setting,
    /// Where it is from, for data.
    pub from: &'static str,
    /// The same for people.
    pub place: String,
}

/// The company whose calendar counts here. A tree or server that cannot be read is told on stderr, and does not count.
pub async fn find(session: &Session) -> Option<Company> {
    match of_tree(&session.here) {
        Some(Ok(company)) => return Some(company),
        Some(Err(why)) => session.out.hint(&format!("note    {why}")),
        None => {}
    }
    match of_server(session).await {
        Some(Ok(company)) => Some(company),
        Some(Err(why)) => {
            session.out.hint(&format!("note    {why}"));
            None
        }
        None => None,
    }
}

/// The nearest tree around a folder.
fn of_tree(here: &Path) -> Option<Result<Company, String>> {
    let is_top = |folder: &&Path| TOP.iter().any(|name| folder.join(name).is_file());
    let folder = here.ancestors().find(is_top)?;
    let files = match tree::read(folder) {
        Ok(files) => files,
        Err(failure) => return Some(Err(failure.message)),
    };
    let place = folder.display();
    let setting = match tidegate_config::load(&files).spec {
        None => Err(format!(
            "the configuration in {place} has errors and does not count here; see `tidegate validate`"
        )),
        Some(spec) => setting(&spec),
    };
    Some(setting.map(|setting| Company {
        setting,
        from: "configuration",
        place: format!("of the configuration in {place}"),
    }))
}

/// The server, when one is known.
async fn of_server(session: &Session) -> Option<Result<Company, String>> {
    let client = session.client().ok()?;
    let asked = tokio::time::timeout(PATIENCE, client.config()).await;
    let found = match asked {
        Err(_) => Err("the server did not answer in time".to_owned()),
        Ok(Err(error)) => Err(format!("the server's configuration is not known: {error}")),
        Ok(Ok(config)) => serde_json::from_value::<Spec>(config.spec)
            .map_err(|error| format!("the server's configuration cannot be read: {error}"))
            .and_then(|spec| setting(&spec)),
    };
    Some(found.map(|setting| Company {
        setting,
        from: "server",
        place: "of the configuration in force".to_owned(),
    }))
}

fn setting(spec: &Spec) -> Result<Setting, String> {
    spec.setting(&spec.zone).map_err(|error| error.to_string())
}

//! How people name things: `web@1.1.0`, `web@1.1.0/prod-eu`, `prod-eu`, `dep_01J...`.

use crate::exit::Failure;
use tidegate_core::id::{EnvId, ReleaseId};

/// What a word on the command line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// A release.
    Release(String),
    /// A release in one environment.
    Placed(String, String),
    /// A deployment.
    Deployment(String),
    /// An environment.
    Environment(String),
}

impl Reference {
    /// What `word` names.
    ///
    /// # Errors
    /// It is none of the forms.
    pub fn parse(word: &str) -> Result<Self, Failure> {
        if word.starts_with("dep_") {
            return Ok(Self::Deployment(word.to_owned()));
        }
        if let Some((release, environment)) = word
            .split_once('/')
            .filter(|(release, _)| release.contains('@'))
        {
            return Ok(Self::Placed(
                release_of(release)?,
                environment_of(environment)?,
            ));
        }
        if word.contains('@') {
            return Ok(Self::Release(release_of(word)?));
        }
        Ok(Self::Environment(environment_of(word)?))
    }
}

/// A release and an environment, as two words or as `release/environment`.
///
/// # Errors
/// A word is missing, or not of its form.
pub fn placed(first: &str, second: Option<&str>) -> Result<(String, String), Failure> {
    match (Reference::parse(first)?, second) {
        (Reference::Placed(release, environment), None) => Ok((release, environment)),
        (Reference::Release(release), Some(environment)) => Ok((release, environment_of(environment)?)),
        (Reference::Release(release), None) => {
            Err(Failure::usage(format!("into which environment shall {release} go?"))
                .help(format!("write `{release} prod-eu` or `{release}/prod-eu`; `tidegate env list` shows which there are")))
        }
        _ => Err(Failure::usage(format!("`{first}` is not a release")).help("write it as `service@version`, then the environment")),
    }
}

/// A release, checked.
///
/// # Errors
/// Not of the form `service@version`.
pub fn release_of(word: &str) -> Result<String, Failure> {
    let release: ReleaseId = word
        .parse()
        .map_err(|bad: tidegate_core::id::BadName| Failure::usage(bad.to_string()))?;
    Ok(release.to_string())
}

fn environment_of(word: &str) -> Result<String, Failure> {
    EnvId::new(word).map(|env| env.to_string()).map_err(|bad| {
        Failure::usage(format!(
            "`{word}` names no release, deployment or environment: {}",
            bad.rule
        ))
        .help("write `web@1.1.0`, `web@1.1.0/prod-eu`, `prod-eu` or `dep_...`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_named_the_way_people_say_them() {
        assert_eq!(
            Reference::parse("web@1.1.0").unwrap(),
            Reference::Release("web@1.1.0".into())
        );
        assert_eq!(
            Reference::parse("web@1.1.0/prod-eu").unwrap(),
            Reference::Placed("web@1.1.0".into(), "prod-eu".into())
        );
        assert_eq!(
            Reference::parse("dep_01J").unwrap(),
            Reference::Deployment("dep_01J".into())
        );
        assert_eq!(
            Reference::parse("prod-eu").unwrap(),
            Reference::Environment("prod-eu".into())
        );
        assert!(Reference::parse("Prod EU").is_err());
        assert!(
            placed("web@1.1.0", None)
                .unwrap_err()
                .to_string()
                .contains("into which environment")
        );
        assert_eq!(
            placed("web@1/dev", None).unwrap(),
            ("web@1".into(), "dev".into())
        );
    }
}

//! What the CI job that runs a command says about itself, so that nobody has to repeat it.

/// What a CI system says about the job this runs in.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CiBuild {
    /// Commit.
    pub commit: Option<String>,
    /// Repository.
    pub repository: Option<String>,
    /// Branch.
    pub branch: Option<String>,
    /// Page of the build.
    pub url: Option<String>,
}

/// From the environment of GitHub Actions, GitLab CI or Jenkins.
pub fn build_of_environment() -> CiBuild {
    build_of(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

fn build_of(get: impl Fn(&str) -> Option<String>) -> CiBuild {
    if get("GITHUB_ACTIONS").is_some() {
        let (server, repository, run) = (
            get("GITHUB_SERVER_URL"),
            get("GITHUB_REPOSITORY"),
            get("GITHUB_RUN_ID"),
        );
        let url = match (server, &repository, run) {
            (Some(server), Some(repository), Some(run)) => {
                Some(format!("{server}/{repository}/actions/runs/{run}"))
            }
            _ => None,
        };
        return CiBuild {
            commit: get("GITHUB_SHA"),
            repository,
            branch: get("GITHUB_REF_NAME"),
            url,
        };
    }
    if get("GITLAB_CI").is_some() {
        return CiBuild {
            commit: get("CI_COMMIT_SHA"),
            repository: get("CI_PROJECT_PATH"),
            branch: get("CI_COMMIT_REF_NAME"),
            url: get("CI_JOB_URL").or_else(|| get("CI_PIPELINE_URL")),
        };
    }
    if get("JENKINS_URL").is_some() {
        return CiBuild {
            commit: get("GIT_COMMIT"),
            repository: get("GIT_URL").filter(|url| !url.contains('@') || !url.contains("://")),
            branch: get("GIT_BRANCH"),
            url: get("BUILD_URL"),
        };
    }
    CiBuild::default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn of(pairs: &[(&str, &str)]) -> CiBuild {
        let map: BTreeMap<_, _> = pairs.iter().copied().collect();
        build_of(|name| map.get(name).map(|v| (*v).to_owned()))
    }

    #[test]
    fn three_ci_systems_say_what_they_build() {
        let github = of(&[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_SHA", "c0ffee1"),
            ("GITHUB_REPOSITORY", "acme/web"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_RUN_ID", "8841"),
        ]);
        assert_eq!(github.commit.as_deref(), Some("c0ffee1"));
        assert_eq!(
            github.url.as_deref(),
            Some("https://github.com/acme/web/actions/runs/8841")
        );
        let gitlab = of(&[
            ("GITLAB_CI", "true"),
            ("CI_COMMIT_SHA", "c0ffee2"),
            ("CI_PROJECT_PATH", "acme/web"),
        ]);
        assert_eq!(gitlab.repository.as_deref(), Some("acme/web"));
        let jenkins = of(&[
            ("JENKINS_URL", "x"),
            ("GIT_COMMIT", "c0ffee3"),
            ("GIT_URL", "https://me:secret@git.example/web"),
        ]);
        assert_eq!(jenkins.commit.as_deref(), Some("c0ffee3"));
        assert_eq!(
            jenkins.repository, None,
            "credentials in a URL stay where they are"
        );
        assert_eq!(of(&[("GITHUB_SHA", "x")]), CiBuild::default());
    }
}

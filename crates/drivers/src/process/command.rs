//! Command lines and environments: values are filled in here, without a shell.

use super::{error::Error, secrets::Values};
use std::{collections::BTreeMap, path::Path};

/// Fills `$PORT`, `${PORT}` and `${NAME}` of `values` into a command; `$$` is a plain dollar sign. A program named by a
/// relative path with a slash is looked for in `folder`.
///
/// # Errors
/// [`Error::Failed`] for an empty command, a name without a value, or the name of a secret.
pub fn fill(
    command: &[String],
    values: &Values,
    port: Option<u16>,
    folder: &Path,
) -> Result<Vec<String>, Error> {
    let mut argv = command
        .iter()
        .map(|part| fill_part(part, values, port))
        .collect::<Result<Vec<_>, _>>()?;
    let name = argv
        .first_mut()
        .ok_or_else(|| Error::failed("the command is empty"))?;
    if name.contains('/') && !name.starts_with('/') {
        *name = folder
            .join(name.trim_start_matches("./"))
            .to_string_lossy()
            .into_owned();
    }
    Ok(argv)
}

fn fill_part(part: &str, values: &Values, port: Option<u16>) -> Result<String, Error> {
    let port = port.map(|port| port.to_string());
    let mut filled = String::with_capacity(part.len());
    let mut rest = part;
    while let Some((before, after)) = rest.split_once('$') {
        filled.push_str(before);
        let name;
        (name, rest) = match after
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'))
        {
            Some((name, rest)) => (name, rest),
            None => match (after.strip_prefix("PORT"), after.strip_prefix('$')) {
                (Some(rest), _) => ("PORT", rest),
                (None, Some(rest)) => ("$", rest),
                (None, None) => ("", after),
            },
        };
        match name {
            "" | "$" => filled.push('$'),
            "PORT" if port.is_some() => filled.push_str(port.as_deref().unwrap_or_default()),
            name => match values.plain.get(name) {
                Some(value) => filled.push_str(value),
                None if values.secret.contains_key(name) => {
                    return Err(Error::failed(format!(
                        "command part {part:?} names ${{{name}}}, which is a secret: command lines can be read by every \
                         user of the host, so let the program read the variable {name} itself"
                    )));
                }
                None => {
                    return Err(Error::failed(format!(
                        "command part {part:?} names ${{{name}}}, which has no value here"
                    )));
                }
            },
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

/// The environment of a process: a minimal base and the values. `home` is its own folder.
#[must_use]
pub fn environment(
    values: &BTreeMap<String, String>,
    port: Option<u16>,
    home: &Path,
) -> BTreeMap<String, String> {
    let own =
        |name: &str, otherwise: &str| std::env::var(name).unwrap_or_else(|_| otherwise.to_owned());
    let mut env = BTreeMap::from([
        (
            "PATH".to_owned(),
            own("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ),
        ("LANG".to_owned(), own("LANG", "C.UTF-8")),
        ("HOME".to_owned(), home.to_string_lossy().into_owned()),
    ]);
    env.extend(
        values
            .iter()
            .map(|(key, value)| (key.clone(), value.clone())),
    );
    if let Some(port) = port {
        env.insert("PORT".to_owned(), port.to_string());
    }
    env
}

/// Variables of this process whose name is in `names`; a name may end in `*`.
#[must_use]
pub fn passed_on(names: &[String]) -> BTreeMap<String, String> {
    let wanted = |key: &str| {
        names.iter().any(|name| match name.strip_suffix('*') {
            Some(start) => key.starts_with(start),
            None => key == name,
        })
    };
    let readable = std::env::vars_os()
        .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
    readable.filter(|(key, _)| wanted(key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_and_values_are_filled_in_and_nothing_else_is_touched() {
        let values = Values {
            plain: [("NAME".to_owned(), "a b".to_owned())].into(),
            ..Values::default()
        };
        let command = [
            "bin/web",
            "--port=$PORT",
            "${PORT}${NAME}",
            "$HOME $$x",
            "100$",
        ]
        .map(str::to_owned);
        let argv = fill(&command, &values, Some(8080), Path::new("/r")).unwrap();
        assert_eq!(
            argv,
            ["/r/bin/web", "--port=8080", "8080a b", "$HOME $x", "100$"]
        );
    }

    #[test]
    fn a_name_without_a_value_is_an_error_that_names_it() {
        let error = fill(
            &["${NOPE}".to_owned()],
            &Values::default(),
            Some(1),
            Path::new("/"),
        )
        .unwrap_err();
        assert!(error.to_string().contains("${NOPE}"), "{error}");
        assert!(
            fill(
                &["x".to_owned(), "$PORT".to_owned()],
                &Values::default(),
                None,
                Path::new("/")
            )
            .is_err()
        );
        assert!(fill(&[], &Values::default(), None, Path::new("/")).is_err());
    }

    #[test]
    fn a_secret_does_not_go_into_a_command_line() {
        let values = Values {
            secret: [("DB".to_owned(), "hunter22".to_owned())].into(),
            ..Values::default()
        };
        let text = fill(
            &["x".to_owned(), "--db=${DB}".to_owned()],
            &values,
            None,
            Path::new("/"),
        )
        .unwrap_err()
        .to_string();
        assert!(text.contains("names ${DB}, which is a secret"), "{text}");
        assert!(!text.contains("hunter22"), "{text}");
    }
}

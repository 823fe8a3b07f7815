//! "Did you mean ...".

/// The nearest of `known` to `word`, when it is near enough to be a slip of the finger.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(&lower, &k.to_lowercase()), k))
        .filter(|(distance, k)| {
            *distance <= allowed
                || (k.contains(&lower) && lower.len() >= 4)
                || (lower.starts_with(k) && k.len() >= 3)
        })
        .min_by_key(|(distance, k)| (*distance, k.len()))
        .map(|(_, k)| k)
}

/// "did you mean `x`?", or the list of what is known.
#[must_use]
pub fn or_list<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(near) = nearest(word, known.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    list(known)
}

/// "`a`, `b` or `c`" of at most twelve names.
#[must_use]
pub fn list<'a>(known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let names: Vec<String> = known.into_iter().map(|k| format!("`{k}`")).collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("known: {one}")),
        many if many.len() > 12 => Some(format!(
            "known: {} and {} more",
            many[..12].join(", "),
            many.len() - 12
        )),
        [most @ .., last] => Some(format!("known: {} and {last}", most.join(", "))),
    }
}

/// A text for a message: short, on one line, and covered when it looks like a credential.
#[must_use]
pub fn quote(text: &str) -> String {
    if crate::credential::looks_like_one(None, text) {
        return "`***`".to_owned();
    }
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(60)
        .collect();
    if text.chars().count() > 60 {
        format!("`{line}...`")
    } else {
        format!("`{line}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_corrected_and_a_stranger_is_not() {
        assert_eq!(
            nearest("stratergy", ["strategy", "service"]),
            Some("strategy")
        );
        assert_eq!(
            nearest("Europe/Berln", ["Europe/Berlin", "Europe/Bratislava"]),
            Some("Europe/Berlin")
        );
        assert_eq!(nearest("zebra", ["strategy", "service"]), None);
        assert_eq!(
            or_list("q", ["alpha", "beta"]).as_deref(),
            Some("known: `alpha` and `beta`")
        );
    }
}

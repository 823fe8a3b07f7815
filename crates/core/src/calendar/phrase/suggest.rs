//! The nearest known word, for "did you mean".

/// The way out for a word that is not known: the nearest one, else all of them when they are few.
pub fn suggest(word: &str, known: &[&str]) -> String {
    let lower = word.to_lowercase();
    let near = known
        .iter()
        .map(|name| (distance(&lower, &name.to_lowercase()), *name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4);
    match near {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None if known.len() > 24 => "write for example `Europe/Berlin` or `UTC`".to_owned(),
        None => format!("write one of: {}", known.join(", ")),
    }
}

/// Letters to insert, remove, replace or swap with the next one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replace = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replace.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_strange_word_gets_the_list() {
        assert_eq!(
            suggest("weks", &["day", "week", "month"]),
            "did you mean `week`?"
        );
        assert_eq!(
            suggest("Europe/Berln", &["Europe/Berlin"]),
            "did you mean `Europe/Berlin`?"
        );
        assert_eq!(
            suggest("xyzzy", &["day", "week"]),
            "write one of: day, week"
        );
    }
}

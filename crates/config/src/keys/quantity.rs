//! Texts with structure, read the same way by the checker and the decoder.

use tidegate_core::spec::{Quota, Share, Source, Tolerance};

/// Hundredths of `12.5`.
fn hundredths(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    let part = if part.len() == 1 {
        part.parse::<u32>().ok()? * 10
    } else {
        part.parse().ok()?
    };
    whole
        .parse::<u32>()
        .ok()?
        .checked_mul(100)?
        .checked_add(part)
}

/// `10%`.
///
/// # Errors
/// What is wrong with the text.
pub fn share(text: &str) -> Result<Share, String> {
    let number = text
        .strip_suffix('%')
        .ok_or("write it with `%`, for example `10%`")?;
    let share =
        hundredths(number.trim()).ok_or("not a number of at most two decimals before `%`")?;
    match share {
        0 => Err("0% is nothing at all".to_owned()),
        1..=10_000 => Ok(Share(share)),
        _ => Err("more than 100%".to_owned()),
    }
}

/// `+0.5pp` or `+20%`.
///
/// # Errors
/// What is wrong with the text.
pub fn tolerance(text: &str) -> Result<Tolerance, String> {
    let number = text.strip_prefix('+').unwrap_or(text);
    if number.starts_with('-') {
        return Err("how much *worse* is accepted cannot be negative".to_owned());
    }
    let not_a_number = "not a number of at most two decimals before the unit";
    if let Some(points) = number.strip_suffix("pp") {
        return hundredths(points.trim())
            .map(Tolerance::Points)
            .ok_or_else(|| not_a_number.to_owned());
    }
    match number.strip_suffix('%') {
        Some(percent) => hundredths(percent.trim())
            .map(Tolerance::Relative)
            .ok_or_else(|| not_a_number.to_owned()),
        None => Err(
            "write `+0.5pp` for percentage points or `+20%` for a share of the old value"
                .to_owned(),
        ),
    }
}

/// `200 requests`.
///
/// # Errors
/// What is wrong with the text.
pub fn requests(text: &str) -> Result<u64, String> {
    let number = text
        .strip_suffix("requests")
        .or_else(|| text.strip_suffix("request"))
        .unwrap_or(text)
        .trim();
    match number.parse::<u64>() {
        Ok(0) => Err("0 requests would make no data a pass".to_owned()),
        Ok(n) if n <= 1_000_000_000 => Ok(n),
        Ok(_) => Err("more than a thousand million".to_owned()),
        Err(_) => Err("write for example `200 requests`".to_owned()),
    }
}

/// `20% failed over 3 departures`.
///
/// # Errors
/// What is wrong with the text.
pub fn quota(text: &str) -> Result<Quota, String> {
    let how = "write for example `20% failed over 3 departures`";
    let (percent, rest) = text.split_once("% failed over ").ok_or(how)?;
    let count = rest
        .strip_suffix(" departures")
        .or_else(|| rest.strip_suffix(" departure"))
        .ok_or(how)?;
    let share = hundredths(percent.trim()).ok_or(how)?;
    let departures: u32 = count.trim().parse().map_err(|_| how)?;
    match (share, departures) {
        (10_000.., _) => Err("100% or more is never passed".to_owned()),
        (_, 1..=100) => Ok(Quota {
            share: Share(share),
            departures,
        }),
        _ => Err("look at 1 to 100 departures".to_owned()),
    }
}

/// `GET /healthz`.
///
/// # Errors
/// What is wrong with the text.
pub fn health_path(text: &str) -> Result<String, String> {
    let path = text
        .strip_prefix("GET ")
        .ok_or("write `GET` and a path, for example `GET /healthz`")?
        .trim();
    if !path.starts_with('/') {
        return Err("the path begins with `/`".to_owned());
    }
    if path.bytes().any(|b| !(0x21..=0x7e).contains(&b)) {
        return Err("the path has a blank or a character that must be percent-encoded".to_owned());
    }
    Ok(path.to_owned())
}

/// `errors` or `latency-p95`.
///
/// # Errors
/// What is wrong with the text.
pub fn metric(text: &str) -> Result<Source, String> {
    if text == "errors" {
        return Ok(Source::RouterErrors);
    }
    let known = "the router counts `errors` and `latency-p50` to `latency-p99.9`";
    let percentile = text
        .strip_prefix("latency-p")
        .and_then(hundredths)
        .ok_or(known)?;
    if (1..10_000).contains(&percentile) {
        Ok(Source::RouterLatency(percentile))
    } else {
        Err(known.to_owned())
    }
}

/// A command line: split at blanks; single quotes keep everything, double quotes keep all but `\"` and `\\`.
///
/// # Errors
/// What is wrong with the text.
pub fn command(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some('"') | None, '\\') => {
                let next = chars.next().ok_or("it ends with `\\`")?;
                let word = word.get_or_insert_default();
                if quote.is_some() && next != '"' && next != '\\' {
                    word.push('\\');
                }
                word.push(next);
            }
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    if let Some(q) = quote {
        return Err(format!("a {q} is not closed"));
    }
    words.extend(word);
    match words.first() {
        Some(program) if !program.is_empty() => Ok(words),
        _ => Err("no program to start".to_owned()),
    }
}

/// `30-59`: both ends belong to it.
pub fn band(text: &str) -> Result<(u8, u8), String> {
    let ends = text.split_once('-').and_then(|(from, to)| {
        let end = |t: &str| t.trim().parse::<u8>().ok().filter(|n| *n <= 100);
        Some((end(from)?, end(to)?))
    });
    match ends {
        Some((from, to)) if from <= to => Ok((from, to)),
        Some(_) => Err("it ends before it begins".to_owned()),
        None => Err("write the lowest and the highest score, for example `30-59`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_with_their_units_only() {
        assert_eq!(share("12.5%"), Ok(Share(1_250)));
        assert_eq!(share("100%"), Ok(Share::ALL));
        assert!(
            share("101%").is_err()
                && share("0%").is_err()
                && share("10").is_err()
                && share("-1%").is_err()
        );
        assert_eq!(tolerance("+0.5pp"), Ok(Tolerance::Points(50)));
        assert_eq!(tolerance("20%"), Ok(Tolerance::Relative(2_000)));
        assert!(tolerance("-1pp").is_err() && tolerance("1").is_err());
        assert_eq!(requests("200 requests"), Ok(200));
        assert_eq!(requests("200"), Ok(200));
        let slow = quota("20% failed over 3 departures").unwrap();
        assert_eq!((slow.share, slow.departures), (Share(2_000), 3));
        assert_eq!(slow.to_string(), "20% failed over 3 departures");
        assert!(quota("20% over 3").is_err() && quota("100% failed over 3 departures").is_err());
        assert!(requests("0").is_err() && requests("200 rps").is_err());
        assert_eq!(metric("latency-p99.9"), Ok(Source::RouterLatency(9_990)));
        assert!(metric("latency-p100").is_err() && metric("latency").is_err());
    }

    #[test]
    fn a_command_is_split_without_a_shell() {
        assert_eq!(
            command("./web --port $PORT").unwrap(),
            ["./web", "--port", "$PORT"]
        );
        assert_eq!(
            command(r#"sh -c 'echo "a b"' "c \" d" e\ f ''"#).unwrap(),
            ["sh", "-c", "echo \"a b\"", "c \" d", "e f", ""]
        );
        assert!(command("./web 'open").unwrap_err().contains("not closed"));
        assert!(command("  ").is_err());
    }
}

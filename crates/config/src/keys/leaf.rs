//! Scalars: how each is read, what it is called, and its pattern for the JSON Schema.

use super::quantity::{band, command, health_path, metric, quota, requests, share, tolerance};
use super::shape::Shape;
use crate::diagnostic::Code;
use tidegate_core::calendar::phrase::Phrase;
use tidegate_core::id::Name;
use tidegate_core::spec::Keep;
use tidegate_core::time::{Millis, zone};

/// Which YAML types of scalar are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// Text only; a number is told to be put in quotes.
    Text,
    /// Text only; a number is told to need a unit.
    Quantity,
    /// Text or number.
    Number,
    /// Any scalar by its source text.
    Source,
}

/// A kind of scalar.
#[derive(Debug)]
pub struct Leaf {
    /// "takes ...".
    pub takes: &'static str,
    /// Types.
    pub accepts: Accepts,
    /// Code of an unreadable text.
    pub code: &'static Code,
    /// ECMA-262 pattern, for editors; never stricter than `check`.
    pub pattern: Option<&'static str>,
    /// What is wrong with a text.
    pub check: fn(&str) -> Result<(), String>,
}

macro_rules! leaf {
    ($name:ident, $leaf:ident, $takes:literal, $accepts:ident, $code:ident, $pattern:expr, $check:expr) => {
        static $leaf: Leaf = Leaf {
            takes: $takes,
            accepts: Accepts::$accepts,
            code: $crate::diagnostic::codes::$code,
            pattern: $pattern,
            check: $check,
        };
        #[doc = $takes]
        pub static $name: Shape = Shape::Leaf(&$leaf);
    };
}

fn any(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        Err("empty".to_owned())
    } else {
        Ok(())
    }
}

const LABEL: &str = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";

leaf!(TEXT, TEXT_LEAF, "text", Text, WRONG_TYPE, None, any);
leaf!(
    SOURCE,
    SOURCE_LEAF,
    "text",
    Source,
    WRONG_TYPE,
    None,
    |_| Ok(())
);
leaf!(
    NAME,
    NAME_LEAF,
    "a name",
    Text,
    BAD_NAME,
    Some(LABEL),
    |t| { Name::new(t).map(drop).map_err(|e| e.rule.to_owned()) }
);
leaf!(
    DURATION,
    DURATION_LEAF,
    "a duration such as `30s`, `10m`, `2h`",
    Quantity,
    WRONG_UNIT,
    Some("^([0-9]+(ms|s|m|h|d))+$"),
    |t| { Millis::parse(t).map(drop) }
);
leaf!(
    PERIOD,
    PERIOD_LEAF,
    "a duration above zero such as `30s`, `10m`, `2h`",
    Quantity,
    WRONG_UNIT,
    Some("^([0-9]+(ms|s|m|h|d))+$"),
    |t| match Millis::parse(t)? {
        Millis::ZERO => Err("no time at all".to_owned()),
        _ => Ok(()),
    }
);
leaf!(
    KEEP,
    KEEP_LEAF,
    "a length such as `400 days`, `18 months` or `7 years`",
    Quantity,
    BAD_KEEP,
    Some("^[0-9]+ +(day|month|year)s?$"),
    |t| Keep::parse(t).map(drop)
);
leaf!(
    SHARE,
    SHARE_LEAF,
    "a share such as `10%`",
    Quantity,
    WRONG_UNIT,
    Some("^[0-9]+(\\.[0-9]{1,2})?%$"),
    |t| share(t).map(drop)
);
leaf!(
    TOLERANCE,
    TOLERANCE_LEAF,
    "a difference such as `+0.5pp` or `+20%`",
    Quantity,
    WRONG_UNIT,
    Some("^\\+?[0-9]+(\\.[0-9]{1,2})?(pp|%)$"),
    |t| tolerance(t).map(drop)
);
leaf!(
    REQUESTS,
    REQUESTS_LEAF,
    "a number of requests such as `200 requests`",
    Number,
    WRONG_UNIT,
    Some("^[0-9]+( requests?)?$"),
    |t| requests(t).map(drop)
);
leaf!(
    QUOTA,
    QUOTA_LEAF,
    "a share of failures such as `20% failed over 3 departures`",
    Quantity,
    WRONG_UNIT,
    Some("^[0-9]+(\\.[0-9]{1,2})?% failed over [0-9]+ departures?$"),
    |t| quota(t).map(drop)
);
leaf!(
    ZONE,
    ZONE_LEAF,
    "a time zone such as `Europe/Berlin`",
    Text,
    BAD_ZONE,
    Some("^[A-Za-z0-9_+/-]+$"),
    |t| zone(t).map(drop)
);
leaf!(
    DATE,
    DATE_LEAF,
    "a date such as `2026-12-25`",
    Text,
    BAD_DATE,
    Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    date
);
leaf!(
    URL,
    URL_LEAF,
    "an address such as `http://prometheus:9090`",
    Text,
    WRONG_TYPE,
    Some("^https?://"),
    |t| {
        let host = t
            .strip_prefix("http://")
            .or_else(|| t.strip_prefix("https://"));
        match host {
            Some(h) if !h.is_empty() && !h.starts_with('/') && !t.contains(char::is_whitespace) => {
                Ok(())
            }
            _ => Err("begin with `http://` or `https://` and a host".to_owned()),
        }
    }
);
leaf!(
    VERSION,
    VERSION_LEAF,
    "a full version such as `3.2.0`",
    Number,
    BAD_VERSION,
    None,
    |t| {
        semver::Version::parse(t)
            .map(drop)
            .map_err(|e| format!("{e}: write for example `3.2.0`"))
    }
);
leaf!(
    REQUIREMENT,
    REQUIREMENT_LEAF,
    "a version requirement such as `^3`",
    Number,
    BAD_VERSION,
    None,
    |t| {
        semver::VersionReq::parse(t)
            .map(drop)
            .map_err(|e| format!("{e}: write for example `^3` or `>=3.1, <4`"))
    }
);
leaf!(
    COMMAND,
    COMMAND_LEAF,
    "a command such as `./web --port $PORT`",
    Text,
    BAD_COMMAND,
    None,
    |t| command(t).map(drop)
);
leaf!(
    HEALTH,
    HEALTH_LEAF,
    "a check such as `GET /healthz`",
    Text,
    BAD_HEALTH,
    Some("^GET +/"),
    |t| health_path(t).map(drop)
);
leaf!(
    PATH,
    PATH_LEAF,
    "a path such as `/healthz`",
    Text,
    BAD_HEALTH,
    Some("^/"),
    |t| health_path(&format!("GET {t}")).map(drop)
);
leaf!(
    METRIC,
    METRIC_LEAF,
    "`errors` or `latency-p95`",
    Text,
    UNKNOWN_WORD,
    Some("^(errors|latency-p[0-9]{1,2}(\\.[0-9]{1,2})?)$"),
    |t| { metric(t).map(drop) }
);
leaf!(
    HEADER,
    HEADER_LEAF,
    "the name of a request header",
    Text,
    WRONG_TYPE,
    Some("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"),
    token
);
leaf!(
    STICK,
    STICK_LEAF,
    "the name of a request header",
    Text,
    WRONG_TYPE,
    Some("^[A-Za-z0-9!#$%&'*+.^_`|~]*-"),
    |t| {
        token(t)?;
        if t.contains('-') {
            Ok(())
        } else {
            Err(format!(
                "a header or a cookie? Write `{{ header: {t} }}` or `{{ cookie: {t} }}`"
            ))
        }
    }
);
leaf!(
    FORMAT,
    FORMAT_LEAF,
    "the format version `1`",
    Source,
    FORMAT,
    None,
    |t| {
        if t == "1" {
            Ok(())
        } else {
            Err("this version reads format `1`".to_owned())
        }
    }
);

leaf!(
    CONDITION,
    CONDITION_LEAF,
    "a condition such as `risk.score < 30 && !change.migrates`",
    Source,
    BAD_CONDITION,
    None,
    |t| crate::condition::read(t).map(drop)
);
leaf!(
    BAND,
    BAND_LEAF,
    "a band of scores such as `30-59`",
    Text,
    BANDS,
    Some("^[0-9]{1,3}-[0-9]{1,3}$"),
    |t| band(t).map(drop)
);

fn date(text: &str) -> Result<(), String> {
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    if !parts.iter().map(|p| p.len()).eq([4, 2, 2]) || !parts.iter().all(|p| digits(p)) {
        return Err("not year, month and day".to_owned());
    }
    Phrase::read(text).map(drop).map_err(|e| e.what)
}

fn token(text: &str) -> Result<(), String> {
    let ok = !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
    if ok {
        Ok(())
    } else {
        Err("use letters, digits and `-`".to_owned())
    }
}

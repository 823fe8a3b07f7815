//! Conditions: one expression over declared facts that says yes or no, such as `risk.score < 30 && !change.migrates`.
//!
//! People write them in CEL; `tidegate-config` parses the text with the `cel` crate and checks every name and type here, so
//! that a condition in force can only fail for a fact that is missing. A missing fact is an error, never a yes or a no.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A checked condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// As it was written.
    pub text: String,
    /// What it means.
    pub expr: Expr,
}

/// A part of a condition. Conditions have no loops, so each is evaluated in one pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Expr {
    /// A literal.
    Value {
        /// It.
        value: Value,
    },
    /// A declared fact by its dotted name.
    Fact {
        /// Its name.
        name: String,
    },
    /// `!a`
    Not {
        /// `a`
        of: Box<Self>,
    },
    /// `a && b`, `a == b`, `a + b` …
    Pair {
        /// Operator.
        op: Op,
        /// Left.
        left: Box<Self>,
        /// Right.
        right: Box<Self>,
    },
    /// `a in release.tags`: a fact that is a list.
    Among {
        /// `a`
        of: Box<Self>,
        /// Name of the list.
        name: String,
    },
    /// `a in [b, c]`
    In {
        /// `a`
        of: Box<Self>,
        /// `b`, `c`
        list: Vec<Self>,
    },
}

/// Operator with two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Op {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// Whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Texts, in order.
    Texts(Vec<String>),
}

/// Type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Yes or no.
    Bool,
    /// Whole number.
    Int,
    /// Text.
    Text,
    /// Texts; only `in` takes them.
    Texts,
}

/// The facts a condition may name, with type and meaning.
pub const FACTS: [(&str, Type, &str); 21] = [
    (
        "risk.score",
        Type::Int,
        "risk score of the change, 0 to 100",
    ),
    ("risk.band", Type::Text, "band of the risk score"),
    (
        "change.class",
        Type::Text,
        "standard, normal, major or emergency",
    ),
    ("change.migrates", Type::Bool, "it changes a database"),
    (
        "change.operation",
        Type::Text,
        "install, update, configuration, redeploy or rollback",
    ),
    ("change.size", Type::Int, "commits in it"),
    (
        "change.first",
        Type::Bool,
        "the service comes into the environment for the first time",
    ),
    ("service.name", Type::Text, "name of the service"),
    ("service.tier", Type::Int, "importance, 1 (highest) to 4"),
    ("service.team", Type::Text, "owning team"),
    ("service.data", Type::Text, "class of the data it handles"),
    ("service.audience", Type::Text, "customers or staff"),
    (
        "service.successes_90d",
        Type::Int,
        "deployments to production that held in the last 90 days",
    ),
    (
        "service.failures_90d",
        Type::Int,
        "deployments to production that were taken back in the last 90 days",
    ),
    ("environment.name", Type::Text, "name of the environment"),
    ("environment.tier", Type::Text, "dev, test or production"),
    ("environment.region", Type::Text, "region"),
    (
        "release.tags",
        Type::Texts,
        "regulatory tags of the release and of its service, a list",
    ),
    (
        "release.scope.locked",
        Type::Bool,
        "the scope of the release is locked",
    ),
    (
        "release.scope.kinds",
        Type::Texts,
        "kinds of what ships with the release, a list",
    ),
    (
        "release.scope.open",
        Type::Int,
        "items of its scope that are not complete",
    ),
];

/// Known facts by name. What is not in it is missing.
pub type Facts = BTreeMap<&'static str, Value>;

impl Condition {
    /// Does it hold?
    ///
    /// # Errors
    /// What could not be told: a missing fact, a number that does not fit.
    pub fn holds(&self, facts: &Facts) -> Result<bool, String> {
        match value(&self.expr, facts)? {
            Value::Bool(answer) => Ok(answer),
            other => Err(format!("`{}` is {other}, neither yes nor no", self.text)),
        }
    }
}

impl Expr {
    /// Names of the facts in it.
    pub fn facts(&self, found: &mut Vec<String>) {
        match self {
            Self::Value { .. } => {}
            Self::Fact { name } => found.push(name.clone()),
            Self::Not { of } => of.facts(found),
            Self::Pair { left, right, .. } => {
                left.facts(found);
                right.facts(found);
            }
            Self::Among { of, name } => {
                of.facts(found);
                found.push(name.clone());
            }
            Self::In { of, list } => {
                of.facts(found);
                list.iter().for_each(|item| item.facts(found));
            }
        }
    }

    /// Type of its value.
    ///
    /// # Errors
    /// An unknown fact, or two sides that do not go together.
    pub fn type_of(&self) -> Result<Type, String> {
        match self {
            Self::Value { value } => Ok(value.type_of()),
            Self::Fact { name } => type_of(name),
            Self::Not { of } => of.must_be(Type::Bool, "`!`"),
            Self::Pair { op, left, right } => {
                let sign = format!("`{op}`");
                match op {
                    Op::And | Op::Or => {
                        left.must_be(Type::Bool, &sign)?;
                        right.must_be(Type::Bool, &sign)
                    }
                    Op::Eq | Op::Ne if left.type_of()? == Type::Texts => Err(format!(
                        "{sign} compares single values; a list is asked with `in`"
                    )),
                    Op::Eq | Op::Ne => right.must_be(left.type_of()?, &sign).map(|_| Type::Bool),
                    Op::Lt | Op::Le | Op::Gt | Op::Ge => {
                        left.must_be(Type::Int, &sign)?;
                        right.must_be(Type::Int, &sign).map(|_| Type::Bool)
                    }
                    Op::Add | Op::Sub | Op::Mul => {
                        left.must_be(Type::Int, &sign)?;
                        right.must_be(Type::Int, &sign)
                    }
                }
            }
            Self::Among { of, name } => match type_of(name)? {
                Type::Texts => of.must_be(Type::Text, "`in`").map(|_| Type::Bool),
                other => Err(format!("`{name}` is {other}, and `in` takes a list")),
            },
            Self::In { of, list } => {
                let wanted = of.type_of()?;
                for item in list {
                    item.must_be(wanted, "`in`")?;
                }
                Ok(Type::Bool)
            }
        }
    }

    fn must_be(&self, wanted: Type, sign: &str) -> Result<Type, String> {
        let got = self.type_of()?;
        if got == wanted {
            return Ok(got);
        }
        Err(format!("{sign} takes {wanted} here, not {got}"))
    }
}

fn type_of(fact: &str) -> Result<Type, String> {
    FACTS
        .iter()
        .find(|(known, ..)| *known == fact)
        .map(|(_, of, _)| *of)
        .ok_or_else(|| format!("`{fact}` is no fact"))
}

impl Value {
    fn type_of(&self) -> Type {
        match self {
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Text(_) => Type::Text,
            Self::Texts(_) => Type::Texts,
        }
    }
}

/// Both sides of `&&` and `||` are evaluated: whether an answer is known must not depend on their order.
fn value(expr: &Expr, facts: &Facts) -> Result<Value, String> {
    match expr {
        Expr::Value { value } => Ok(value.clone()),
        Expr::Fact { name } => facts
            .get(name.as_str())
            .cloned()
            .ok_or_else(|| format!("{name} is not known")),
        Expr::Not { of } => match value(of, facts)? {
            Value::Bool(answer) => Ok(Value::Bool(!answer)),
            other => Err(format!("`!` takes a yes or no, not {other}")),
        },
        Expr::Pair { op, left, right } => pair(*op, value(left, facts)?, value(right, facts)?),
        Expr::Among { of, name } => {
            let all = facts.get(name.as_str());
            match (value(of, facts)?, all) {
                (Value::Text(one), Some(Value::Texts(all))) => Ok(Value::Bool(all.contains(&one))),
                (_, None) => Err(format!("{name} is not known")),
                (one, Some(all)) => Err(format!("{one} in {all} means nothing")),
            }
        }
        Expr::In { of, list } => {
            let of = value(of, facts)?;
            let mut found = false;
            for item in list {
                found |= value(item, facts)? == of;
            }
            Ok(Value::Bool(found))
        }
    }
}

fn pair(op: Op, left: Value, right: Value) -> Result<Value, String> {
    let unfit = |left: &Value, right: &Value| Err(format!("{left} {op} {right} means nothing"));
    match (op, left, right) {
        (Op::And, Value::Bool(a), Value::Bool(b)) => Ok(Value::Bool(a && b)),
        (Op::Or, Value::Bool(a), Value::Bool(b)) => Ok(Value::Bool(a || b)),
        (Op::Eq, a, b) if a.type_of() == b.type_of() => Ok(Value::Bool(a == b)),
        (Op::Ne, a, b) if a.type_of() == b.type_of() => Ok(Value::Bool(a != b)),
        (Op::Lt, Value::Int(a), Value::Int(b)) => Ok(Value::Bool(a < b)),
        (Op::Le, Value::Int(a), Value::Int(b)) => Ok(Value::Bool(a <= b)),
        (Op::Gt, Value::Int(a), Value::Int(b)) => Ok(Value::Bool(a > b)),
        (Op::Ge, Value::Int(a), Value::Int(b)) => Ok(Value::Bool(a >= b)),
        (Op::Add, Value::Int(a), Value::Int(b)) => within(a.checked_add(b)),
        (Op::Sub, Value::Int(a), Value::Int(b)) => within(a.checked_sub(b)),
        (Op::Mul, Value::Int(a), Value::Int(b)) => within(a.checked_mul(b)),
        (_, a, b) => unfit(&a, &b),
    }
}

fn within(number: Option<i64>) -> Result<Value, String> {
    number
        .map(Value::Int)
        .ok_or_else(|| "a number is too large".to_owned())
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::And => "&&",
            Self::Or => "||",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
        })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Text(value) => write!(f, "\"{value}\""),
            Self::Texts(values) => write!(f, "[{}]", values.join(", ")),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "a yes or no",
            Self::Int => "a number",
            Self::Text => "a text",
            Self::Texts => "a list of texts",
        })
    }
}

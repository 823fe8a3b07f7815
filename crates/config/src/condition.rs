//! Conditions in CEL to checked expressions of core.
//!
//! The `cel` crate reads the syntax; of what it reads, only operators over declared facts and literals are taken. Functions,
//! macros, indexes and conversions are refused, so that a condition ends, fits on a line and can be explained.

use crate::suggest::nearest;
use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr as Cel, LiteralValue, SelectExpr, operators as cel_op};
use cel::parser::Parser;
use tidegate_core::spec::condition::{Condition, Expr, FACTS, Op, Type, Value};

/// Longest condition, in characters.
pub const LONGEST: usize = 500;
/// Deepest nesting.
const DEPTH: u16 = 24;

const OPERATORS: [(&str, Op); 11] = [
    (cel_op::LOGICAL_AND, Op::And),
    (cel_op::LOGICAL_OR, Op::Or),
    (cel_op::EQUALS, Op::Eq),
    (cel_op::NOT_EQUALS, Op::Ne),
    (cel_op::LESS, Op::Lt),
    (cel_op::LESS_EQUALS, Op::Le),
    (cel_op::GREATER, Op::Gt),
    (cel_op::GREATER_EQUALS, Op::Ge),
    (cel_op::ADD, Op::Add),
    (cel_op::SUBSTRACT, Op::Sub),
    (cel_op::MULTIPLY, Op::Mul),
];

/// A condition with every name and type checked.
///
/// # Errors
/// What is wrong with it, for people.
pub fn read(text: &str) -> Result<Condition, String> {
    let length = text.chars().count();
    if length > LONGEST {
        return Err(format!(
            "it has {length} characters; at most {LONGEST} are read"
        ));
    }
    bounded(text)?;
    let parsed = Parser::new()
        .max_recursion_depth(DEPTH)
        .parse(text)
        .map_err(|errors| match errors.errors.first() {
            Some(first) => {
                // What the grammar would have taken instead is of no use to people.
                let told = first.msg.split(" expecting ").next().unwrap_or(&first.msg);
                let told = told
                    .trim_start_matches("Syntax error: ")
                    .replace("'<EOF>'", "the end");
                format!("not CEL at column {}: {told}", first.pos.1.max(1))
            }
            None => "not CEL".to_owned(),
        })?;
    let expr = expr(&parsed)?;
    match expr.type_of()? {
        Type::Bool => Ok(Condition {
            text: text.to_owned(),
            expr,
        }),
        other => Err(format!("it says {other}, and must say yes or no")),
    }
}

/// Nesting is counted before it is parsed, so that no text can exhaust the stack.
fn bounded(text: &str) -> Result<(), String> {
    let (mut depth, mut run) = (0_u16, 0_u16);
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        run = match c {
            '!' | '-' => run + 1,
            ' ' => run,
            _ => 0,
        };
        if depth.max(run) > DEPTH {
            return Err(format!("it is nested more than {DEPTH} deep"));
        }
    }
    Ok(())
}

fn expr(node: &IdedExpr) -> Result<Expr, String> {
    match &node.expr {
        Cel::Literal(value) => literal(value),
        Cel::Ident(name) => fact(name),
        Cel::Select(select) => fact(&dotted(select)?),
        Cel::Call(call) => operator(call),
        Cel::List(_) => Err("a list stands only after `in`".to_owned()),
        Cel::Comprehension(_) => {
            Err("`all`, `exists`, `map` and `filter` are not taken: no loops".to_owned())
        }
        Cel::Map(_) | Cel::Struct(_) | Cel::Unspecified => {
            Err("only facts, numbers, texts and operators are taken".to_owned())
        }
    }
}

fn literal(value: &LiteralValue) -> Result<Expr, String> {
    let value = match value {
        LiteralValue::Boolean(b) => Value::Bool(*b.inner()),
        LiteralValue::Int(i) => Value::Int(*i.inner()),
        LiteralValue::String(s) => Value::Text(s.inner().to_owned()),
        LiteralValue::UInt(_) => return Err("write a number without `u`".to_owned()),
        LiteralValue::Double(_) => {
            return Err("numbers are whole: no fraction is taken".to_owned());
        }
        LiteralValue::Bytes(_) | LiteralValue::Null => {
            return Err("only numbers, texts, `true` and `false` are taken".to_owned());
        }
    };
    Ok(Expr::Value { value })
}

fn dotted(select: &SelectExpr) -> Result<String, String> {
    if select.test {
        return Err("`has` is not taken: a fact that is missing holds the change back".to_owned());
    }
    let before = match &select.operand.expr {
        Cel::Ident(name) => name.clone(),
        Cel::Select(inner) => dotted(inner)?,
        _ => {
            return Err(format!(
                "`.{}` stands after something that is no fact",
                select.field
            ));
        }
    };
    Ok(format!("{before}.{}", select.field))
}

fn fact(name: &str) -> Result<Expr, String> {
    let known = || FACTS.iter().map(|(known, ..)| *known);
    if known().any(|k| k == name) {
        let name = name.to_owned();
        return Ok(Expr::Fact { name });
    }
    let group = name.split('.').next().unwrap_or(name);
    let of_group: Vec<String> = known()
        .filter(|k| k.split('.').next() == Some(group))
        .map(|k| format!("`{k}`"))
        .collect();
    let way_out = match nearest(name, known()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if of_group.is_empty() => {
            "facts begin with `risk.`, `change.`, `service.`, `environment.` or `release.`"
                .to_owned()
        }
        None => format!("known: {}", of_group.join(", ")),
    };
    Err(format!("`{name}` is no fact: {way_out}"))
}

fn operator(call: &CallExpr) -> Result<Expr, String> {
    let name = call.func_name.as_str();
    let args = call.args.as_slice();
    if call.target.is_some() {
        return Err(format!("the function `{name}` is not taken"));
    }
    if let (Some((_, op)), [left, right]) = (OPERATORS.iter().find(|(n, _)| *n == name), args) {
        return Ok(Expr::Pair {
            op: *op,
            left: Box::new(expr(left)?),
            right: Box::new(expr(right)?),
        });
    }
    match (name, args) {
        (cel_op::LOGICAL_NOT, [one]) => Ok(Expr::Not {
            of: Box::new(expr(one)?),
        }),
        (cel_op::NEGATE, [one]) => Ok(Expr::Pair {
            op: Op::Sub,
            left: Box::new(Expr::Value {
                value: Value::Int(0),
            }),
            right: Box::new(expr(one)?),
        }),
        (cel_op::IN, [of, list]) => {
            let Cel::List(list) = &list.expr else {
                return match expr(list) {
                    Ok(Expr::Fact { name }) => Ok(Expr::Among {
                        of: Box::new(expr(of)?),
                        name,
                    }),
                    Ok(_) => Err(
                        "after `in` stands a list, such as `[\"web\", \"api\"]` or `release.tags`"
                            .to_owned(),
                    ),
                    Err(unread) => Err(unread),
                };
            };
            Ok(Expr::In {
                of: Box::new(expr(of)?),
                list: list.elements.iter().map(expr).collect::<Result<_, _>>()?,
            })
        }
        (cel_op::CONDITIONAL, _) => {
            Err("`? :` is not taken: write it with `&&` and `||`".to_owned())
        }
        (cel_op::DIVIDE | cel_op::MODULO, _) => {
            Err("`/` and `%` are not taken: multiply the other side".to_owned())
        }
        (cel_op::INDEX, _) => Err("`[ ]` after a fact is not taken".to_owned()),
        _ => Err(format!("the function `{name}` is not taken")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::spec::condition::Facts;

    fn holds(text: &str) -> Result<bool, String> {
        let facts = Facts::from([
            ("risk.score", Value::Int(28)),
            ("change.migrates", Value::Bool(false)),
            ("service.successes_90d", Value::Int(12)),
            ("service.name", Value::Text("web".to_owned())),
            ("release.tags", Value::Texts(vec!["mas-trm".to_owned()])),
        ]);
        read(text)?.holds(&facts)
    }

    #[test]
    fn what_is_read_means_what_it_says() {
        let standard = "risk.score < 30 && !change.migrates && service.successes_90d >= 10";
        for (text, answer) in [
            (standard, true),
            ("\"mas-trm\" in release.tags", true),
            ("\"pci\" in release.tags || risk.score > 90", false),
            ("risk.score >= 30 || change.migrates", false),
            ("service.name in [\"web\", 'api']", true),
            ("service.name != \"web\"", false),
            ("risk.score + 2 * 10 - 1 == 47", true),
            ("risk.score > -1", true),
            ("true", true),
        ] {
            assert_eq!(holds(text), Ok(answer), "{text}");
        }
        assert_eq!(read(standard).map(|c| c.text), Ok(standard.to_owned()));
        assert_eq!(
            holds("change.size < 10").unwrap_err(),
            "change.size is not known"
        );
    }

    #[test]
    fn what_is_not_taken_is_refused_in_words() {
        let long = format!("risk.score < {}1", "1 + ".repeat(200));
        let deep = format!("{}risk.score < 3{}", "(".repeat(60), ")".repeat(60));
        let nots = format!("{}change.migrates", "!".repeat(400));
        let texts = [
            "risk.scor < 30",
            "risk.colour == \"red\"",
            "weather.today == 1",
            "risk.score < \"30\"",
            "risk.score",
            "change.migrates && risk.score",
            "service.name in [1, 2]",
            "service.name in service.team",
            "size(service.name) > 2",
            "service.name.startsWith(\"w\")",
            "[1, 2].exists(x, x == 1)",
            "has(risk.score)",
            "risk.score < 3.5",
            "risk.score < 30u",
            "risk.score / 2 < 4",
            "risk.score < 30 ? true : false",
            "{\"a\": 1}",
            "risk.score <",
            "risk.score < 99999999999999999999",
            "",
            &long,
            &deep,
            &nots,
        ];
        let told: Vec<String> = texts
            .iter()
            .map(|text| {
                let short: String = text.chars().take(40).collect();
                format!("{short}\n    {}", read(text).unwrap_err())
            })
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-z0-9_.!&|<>=+*/()\\[\\]{}\"', ?:-]{0,120}") {
            let _ = read(&text);
        }
    }
}

//! Output formats.

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Aligned columns.
    Table,
    /// Aligned columns, all there are.
    Wide,
    /// The API object, indented.
    Json,
    /// The API object as YAML.
    Yaml,
    /// One JSON value a line; the first line says the format version.
    Jsonl,
    /// Names only, one a line.
    Name,
    /// Problems as SARIF 2.1.0 (`validate` only).
    Sarif,
}

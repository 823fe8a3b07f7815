//! Names of records that are counted, such as `CHG-1`: one text for all of them. Each stands with the stream that it names.

/// A name of records that are counted: a prefix and a number, the next one by the highest number that a read model keeps.
macro_rules! numbered {
    ($name:ident, $prefix:literal, $what:literal, $list:literal, $last:path, $doc:literal) => {
        #[doc = $doc]
        #[derive(
            Debug,
            Clone,
            PartialEq,
            Eq,
            PartialOrd,
            Ord,
            Hash,
            serde::Serialize,
            serde::Deserialize,
        )]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// From its text.
            ///
            /// # Errors
            /// It does not look like one.
            pub fn new(text: &str) -> Result<Self, $crate::id::BadName> {
                let number = text.strip_prefix($prefix).and_then(|n| n.parse().ok());
                number
                    .filter(|n: &u64| format!("{}{n}", $prefix) == text)
                    .map(|_| Self(text.to_owned()))
                    .ok_or_else(|| $crate::id::BadName {
                        what: $what,
                        text: text.to_owned(),
                        rule: concat!(
                            "it looks like `",
                            $prefix,
                            "1`; `",
                            $list,
                            "` shows those there are"
                        ),
                    })
            }

            /// The next one.
            #[must_use]
            pub fn next(view: &dyn $crate::view::View) -> Self {
                let taken = view.model($last, "");
                let last: u64 = taken.and_then(|n| n.parse().ok()).unwrap_or(0);
                Self(format!("{}{}", $prefix, last + 1))
            }

            /// Its number.
            #[must_use]
            pub fn number(&self) -> Option<u64> {
                self.0.strip_prefix($prefix)?.parse().ok()
            }

            /// The whole of it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::id::BadName;
            fn try_from(text: String) -> Result<Self, $crate::id::BadName> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}
pub(crate) use numbered;

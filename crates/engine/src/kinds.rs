//! One place that knows which type folds which kind of stream.

/// Runs an expression with `$d` as the type of a kind of stream; the other one for streams that are not folded.
macro_rules! of_kind {
    ($kind:expr, $d:ident => $run:expr, else $other:expr) => {{
        use tidegate_core::id::StreamKind as K;
        use tidegate_core::stream as s;
        match $kind {
            Some(K::Artifact) => {
                type $d = s::artifact::Artifact;
                $run
            }
            Some(K::Release) => {
                type $d = s::release::Release;
                $run
            }
            Some(K::Environment) => {
                type $d = s::environment::Environment;
                $run
            }
            Some(K::Deployment) => {
                type $d = s::deployment::Deployment;
                $run
            }
            Some(K::Config) => {
                type $d = s::config::Config;
                $run
            }
            Some(K::Freeze) => {
                type $d = s::freeze::Freeze;
                $run
            }
            Some(K::Exception) => {
                type $d = s::exception::Exception;
                $run
            }
            Some(K::Entry) => {
                type $d = s::entry::Entry;
                $run
            }
            Some(K::Feed) => {
                type $d = s::feed::Feed;
                $run
            }
            Some(K::Train) => {
                type $d = s::train::Train;
                $run
            }
            Some(K::Departure) => {
                type $d = s::departure::Departure;
                $run
            }
            Some(K::Change) => {
                type $d = s::change::Change;
                $run
            }
            Some(K::Person) => {
                type $d = s::person::Person;
                $run
            }
            Some(K::Delegation) => {
                type $d = s::delegation::Delegation;
                $run
            }
            Some(K::Meeting) => {
                type $d = s::meeting::Meeting;
                $run
            }
            Some(K::Decision) => {
                type $d = s::decision::Decision;
                $run
            }
            Some(K::Archive) => {
                type $d = s::archive::Archive;
                $run
            }
            Some(K::Erasure) => {
                type $d = s::erasure::Erasure;
                $run
            }
            Some(K::Access) | None => $other,
        }
    }};
}

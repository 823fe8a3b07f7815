//! One file for each row.

pub mod decision;
pub mod deployments;
pub mod forecast;
pub mod held;
pub mod history;
pub mod idle;
pub mod orchestration;
pub mod resume;
pub mod rollback;
pub mod step;

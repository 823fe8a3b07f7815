//! The calendar as people look at it: what is on it, what collides, and when the next whole operation fits.
//!
//! It shows and proposes; it decides nothing. Whether work may start is asked of the gates ([`crate::gate`]), and so is
//! everything here that says "then it may go". Every answer is bounded and says when it was cut.

pub mod many;

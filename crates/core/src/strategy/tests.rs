//! Strategies as people see them: the steps, there and back.

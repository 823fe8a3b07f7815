//! Stories about configuration trees; the trees themselves stand in `good/` and `bad/` beside this folder.

#[cfg(test)]
mod bad;
#[cfg(test)]
mod common;
#[cfg(test)]
mod ics;
#[cfg(test)]
mod load;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod robust;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod times;

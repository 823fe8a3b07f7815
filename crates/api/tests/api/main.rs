//! The API over real HTTP, on a real engine and the memory store.

#[cfg(test)]
mod access;
#[cfg(test)]
mod agents;
#[cfg(test)]
mod artifacts;
#[cfg(test)]
mod builds;
#[cfg(test)]
mod calendar;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod deployments;
#[cfg(test)]
mod door;
#[cfg(test)]
mod enrolment;
#[cfg(test)]
mod events;
#[cfg(test)]
mod feeds;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod past;
#[cfg(test)]
mod provider;
#[cfg(test)]
mod server;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod users;
#[cfg(test)]
mod visible;
#[cfg(test)]
mod votes;

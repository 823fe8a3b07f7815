//! How the business behaves, told as stories over a ledger in memory.

#[cfg(test)]
mod agenda;
#[cfg(test)]
mod agenda_layers;
#[cfg(test)]
mod agenda_slots;
#[cfg(test)]
mod archive;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod conflicts;
#[cfg(test)]
mod decisions;
#[cfg(test)]
mod departures;
#[cfg(test)]
mod deployments;
#[cfg(test)]
mod drift;
mod erasures;
#[cfg(test)]
mod freezes;
#[cfg(test)]
mod frozen;
#[cfg(test)]
mod gates;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod hands;
#[cfg(test)]
mod in_time;
#[cfg(test)]
mod invariants;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod line;
mod locks;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod people;
#[cfg(test)]
mod phases;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod proposals;
#[cfg(test)]
mod queue;
#[cfg(test)]
mod replanned;
#[cfg(test)]
mod risk;
#[cfg(test)]
mod scope;
#[cfg(test)]
mod trains;
#[cfg(test)]
mod usage;
#[cfg(test)]
mod windows;
#[cfg(test)]
mod world;
#[cfg(test)]
mod zone_data;

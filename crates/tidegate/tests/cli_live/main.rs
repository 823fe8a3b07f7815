//! Stories of the command line against a real server, agent, router and service: `tidegate up` on a folder, then the commands
//! people type, with their texts, their data and their exit codes.

#[cfg(test)]
mod access;
#[cfg(test)]
mod agenda;
#[cfg(test)]
mod artifacts;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod boards;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod criteria;
#[cfg(test)]
mod decisions;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod drift;
#[cfg(test)]
mod emergencies;
#[cfg(test)]
mod enrolled;
#[cfg(test)]
mod erased;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod feeds;
#[cfg(test)]
mod forecast;
#[cfg(test)]
mod freezes;
#[cfg(test)]
mod frozen_time;
#[cfg(test)]
mod guardrails;
#[cfg(test)]
mod handed;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod line;
#[cfg(test)]
mod locks;
#[cfg(test)]
mod looking;
#[cfg(test)]
mod moved_clock;
#[cfg(test)]
mod owners;
#[cfg(test)]
mod past;
#[cfg(test)]
mod paths;
#[cfg(test)]
mod people;
#[cfg(test)]
mod persons;
#[cfg(test)]
mod prompts;
#[cfg(test)]
mod published;
#[cfg(test)]
mod queue;
#[cfg(test)]
mod releases;
#[cfg(test)]
mod replanning;
#[cfg(test)]
mod replicas;
#[cfg(test)]
mod reserved;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod retries;
#[cfg(test)]
mod scope;
#[cfg(test)]
mod sign_offs;
#[cfg(test)]
mod signed;
#[cfg(test)]
mod signed_in;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod support;
#[cfg(test)]
mod trains;
#[cfg(test)]
mod units;
#[cfg(test)]
mod votes;
#[cfg(test)]
mod world;
#[cfg(test)]
mod year;

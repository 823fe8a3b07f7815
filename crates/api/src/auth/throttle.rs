//! How often somebody may try to sign in: at most 5 failures of one account and 50 from one address within 15 minutes. Tries
//! beyond that are refused without looking at the password, so that they take no time and tell nothing.
//!
//! Kept in memory: names and instants, nothing secret. A restart forgets them; it cannot be caused from outside.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use tidegate_core::time::{Millis, Timestamp};

/// Failures of one account.
pub(crate) const ACCOUNT: usize = 5;
/// Failures from one address.
pub(crate) const ADDRESS: usize = 50;
/// Within this time.
pub(crate) const WITHIN: Millis = Millis::minutes(15);
/// Accounts and addresses remembered; when more try at once, those whose failures are oldest are forgotten.
const KEPT: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Account(String),
    Address(IpAddr),
}

impl Who {
    fn most(&self) -> usize {
        match self {
            Self::Account(_) => ACCOUNT,
            Self::Address(_) => ADDRESS,
        }
    }
}

/// Failures of late.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<BTreeMap<Who, VecDeque<Timestamp>>>);

impl Throttle {
    /// May this account be tried from this address? Otherwise: when again. A try counts as failed until
    /// [`Throttle::succeeded`] says otherwise, so that tries at the same time cannot pass together.
    pub(crate) fn try_now(
        &self,
        account: &str,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let both = [
            Some(Who::Account(account.to_owned())),
            address.map(Who::Address),
        ];
        for who in both.iter().flatten() {
            let Some(times) = failures.get_mut(who) else {
                continue;
            };
            times.retain(|at| now < WITHIN.after(*at));
            if times.len() >= who.most()
                && let Some(first) = times.front()
            {
                return Err(WITHIN.after(*first));
            }
        }
        for who in both.into_iter().flatten() {
            failures.entry(who).or_default().push_back(now);
        }
        if failures.len() > KEPT {
            failures.retain(|_, times| times.back().is_some_and(|at| now < WITHIN.after(*at)));
            let oldest = failures
                .iter()
                .min_by_key(|(_, times)| times.back().copied())
                .map(|(who, _)| who.clone());
            if let Some(oldest) = oldest.filter(|_| failures.len() > KEPT) {
                failures.remove(&oldest);
            }
        }
        Ok(())
    }

    /// It was the right password: the account starts anew, and the address has one failure less.
    pub(crate) fn succeeded(&self, account: &str, address: Option<IpAddr>) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.remove(&Who::Account(account.to_owned()));
        if let Some(times) = address.and_then(|a| failures.get_mut(&Who::Address(a))) {
            times.pop_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u64) -> Timestamp {
        Millis::minutes(minute).after(Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn the_sixth_try_of_an_account_waits_until_the_first_is_fifteen_minutes_old() {
        let throttle = Throttle::default();
        let address = Some(IpAddr::from([127, 0, 0, 1]));
        for minute in 0..5 {
            throttle.try_now("ana", address, at(minute)).unwrap();
        }
        assert_eq!(throttle.try_now("ana", address, at(5)), Err(at(15)));
        throttle.try_now("hugo", address, at(5)).unwrap();
        throttle.try_now("ana", address, at(15)).unwrap();
        assert_eq!(throttle.try_now("ana", None, at(15)), Err(at(16)));
    }

    #[test]
    fn an_address_that_tries_many_accounts_waits_too_and_a_success_forgives() {
        let throttle = Throttle::default();
        let address = Some(IpAddr::from([127, 0, 0, 1]));
        for n in 0..50 {
            throttle.try_now(&format!("a{n}"), address, at(0)).unwrap();
        }
        assert_eq!(throttle.try_now("ana", address, at(1)), Err(at(15)));
        throttle.try_now("ana", None, at(1)).unwrap();
        throttle.succeeded("a1", address);
        throttle.try_now("ana", address, at(1)).unwrap();
    }
}

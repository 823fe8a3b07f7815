//! Trains and their departures. A departure is named by its number, or `next`.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{
    BoardRequest, CancelDepartureRequest, Departure, FeatureRequest, GoRequest, Page,
    PassengerRequest, PostponeRequest, Reason, Train,
};
use serde::Serialize;

impl Client {
    /// All trains.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn trains(&self) -> Result<Page<Train>, Error> {
        self.get("/api/v1/trains").await
    }

    /// One train with what is ahead of it, and so many of its departures that arrived or were cancelled.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn train(&self, name: &str, past: usize) -> Result<Train, Error> {
        let path = Path::new("trains").segment(name);
        let past = (past > 0).then_some(past);
        self.get(&path.query("past", past).end()).await
    }

    /// One departure.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn departure(&self, train: &str, number: &str) -> Result<Departure, Error> {
        let path = Path::new("trains").segment(train).segment("departures");
        self.get(&path.segment(number).end()).await
    }

    /// Puts a release aboard.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn board(
        &self,
        (train, number): (&str, &str),
        request: &BoardRequest,
        key: &str,
    ) -> Result<Departure, Error> {
        self.tell((train, number), "boardings", request, key).await
    }

    /// Takes a release off.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn leave(
        &self,
        (train, number): (&str, &str),
        request: &PassengerRequest,
        key: &str,
    ) -> Result<Departure, Error> {
        self.tell((train, number), "leavings", request, key).await
    }

    /// Lets aboard who asked too late.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn admit(
        &self,
        (train, number): (&str, &str),
        request: &PassengerRequest,
        key: &str,
    ) -> Result<Departure, Error> {
        self.tell((train, number), "admissions", request, key).await
    }

    /// Promises a feature.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn promise_feature(
        &self,
        (train, number): (&str, &str),
        request: &FeatureRequest,
        key: &str,
    ) -> Result<Departure, Error> {
        self.tell((train, number), "features", request, key).await
    }

    /// Says go or no-go.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn decide_departure(
        &self,
        (train, number): (&str, &str),
        request: &GoRequest,
        key: &str,
    ) -> Result<Departure, Error> {
        self.tell((train, number), "decisions", request, key).await
    }

    /// Gives a departure another date.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn postpone_departure(
        &self,
        (train, number): (&str, &str),
        request: &PostponeRequest,
        key: &str,
    ) -> Result<Departure, Error> {
        self.tell((train, number), "postponements", request, key)
            .await
    }

    /// Gives a departure up.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn cancel_departure(
        &self,
        (train, number): (&str, &str),
        request: &CancelDepartureRequest,
        key: &str,
    ) -> Result<Departure, Error> {
        self.tell((train, number), "cancellations", request, key)
            .await
    }

    /// Lets a departure leave now.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn depart(
        &self,
        (train, number): (&str, &str),
        reason: &Reason,
        key: &str,
    ) -> Result<Departure, Error> {
        self.tell((train, number), "departures", reason, key).await
    }

    /// Refuses the proposed rhythm of a train.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn keep_pace(&self, train: &str, reason: &Reason, key: &str) -> Result<Train, Error> {
        let path = Path::new("trains").segment(train).segment("refusals");
        self.post(&path.end(), reason, Some(key)).await
    }

    async fn tell<T: Serialize>(
        &self,
        (train, number): (&str, &str),
        what: &str,
        request: &T,
        key: &str,
    ) -> Result<Departure, Error> {
        let path = Path::new("trains").segment(train).segment("departures");
        let path = path.segment(number).segment(what);
        self.post(&path.end(), request, Some(key)).await
    }
}

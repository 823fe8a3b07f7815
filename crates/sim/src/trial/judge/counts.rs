//! How much happened in trials: a bound on what was never seen is worth as much as what was looked at.

/// What a trial was about, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries of ledgers.
    pub entries: u64,
    /// Changes at targets.
    pub effects: u64,
    /// Deployments that were proposed.
    pub deployments: u64,
    /// Ways back.
    pub rollbacks: u64,
    /// Servers that died.
    pub crashes: u64,
    /// Other faults.
    pub faults: u64,
    /// Answered commands.
    pub answers: u64,
    /// Simulated hours.
    pub hours: u64,
    /// What people did beside releasing.
    pub of_people: OfPeople,
}

/// What people did beside releasing, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OfPeople {
    /// Signatures inside a rollout.
    pub signatures: u64,
    /// Weaker rules that came into force by the yes of others.
    pub rules: u64,
    /// Emergencies that started and owed their review.
    pub emergencies: u64,
    /// Departures of trains.
    pub departures: u64,
    /// Decisions that took something back.
    pub decisions: u64,
    /// Changes by hand that were found.
    pub drifts: u64,
}

impl Counts {
    /// Those of another trial as well.
    pub fn add(&mut self, other: &Self) {
        self.entries += other.entries;
        self.effects += other.effects;
        self.deployments += other.deployments;
        self.rollbacks += other.rollbacks;
        self.crashes += other.crashes;
        self.faults += other.faults;
        self.answers += other.answers;
        self.hours += other.hours;
        let (of_people, others) = (&mut self.of_people, &other.of_people);
        of_people.signatures += others.signatures;
        of_people.rules += others.rules;
        of_people.emergencies += others.emergencies;
        of_people.departures += others.departures;
        of_people.decisions += others.decisions;
        of_people.drifts += others.drifts;
    }
}

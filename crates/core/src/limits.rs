//! Everything has a limit. Over it is a clear refusal, never a slow death.

/// Services in one environment.
pub const SERVICES: usize = 10_000;
/// Follow-up commands of one command, all levels together: enough for an entry of the calendar that postpones every departure laid
/// ahead by twenty trains, each of which tells its train.
pub const FOLLOW_UPS: usize = 2_048;
/// Events of one command, enough for as many follow-ups.
pub const EVENTS: usize = 2_048;
/// Steps of one plan, forward and back.
pub const STEPS: usize = 200;
/// Bytes of one entry's body.
pub const BODY: usize = 256 * 1024;
/// Characters of a reason or note people write.
pub const TEXT: usize = 2_000;
/// Verdicts kept in the state of a deployment (all are in the ledger).
pub const VERDICTS: usize = 8;
/// Earlier revisions kept per service and environment for the way back.
pub const HISTORY: usize = 10;
/// Declared freezes that hold at once, and exceptions of one release.
pub const FREEZES: usize = 1_000;
/// Instances of one service in one environment.
pub const INSTANCES: u32 = 1_000;
/// Passengers of one departure: each needs a command of its own when it leaves.
pub const PASSENGERS: usize = 50;
/// Departures of a train that are laid ahead.
pub const DEPARTURES: usize = 50;
/// Departures that have left and whose passengers have not all arrived.
pub const UNDER_WAY: usize = 10_000;
/// People of one team that a departure may need.
pub const HANDS: u32 = 50;
/// Deployments that wait in one environment.
pub const QUEUE: usize = 5_000;
/// Longest time from asking for a deployment to its start, whatever holds it.
pub const PATIENCE: crate::time::Millis = crate::time::Millis::minutes(400 * 24 * 60);
/// People known by name.
pub const PEOPLE: usize = 10_000;
/// Registered versions of one service among which those that a plan brings are looked for.
pub const CARRIED: usize = 2_000;

//! What travels over the API, as types: the same for the server that answers and for every program that asks.
//!
//! JSON in camelCase, times in UTC, optional members left out when absent. Requests refuse members they do not know;
//! answers ignore them, so that an older program understands a newer server. Nothing here decides or computes. With the
//! feature `schema` every type describes itself for the OpenAPI document.

mod agent;
mod archive;
mod artifact;
mod audit;
mod board;
mod calendar;
mod calendar_feed;
mod calendar_import;
mod change;
mod config;
mod criteria;
mod decision;
mod delegation;
mod deployment;
mod entry;
mod environment;
mod erasure;
mod event;
mod forecast;
mod freeze;
mod notice;
mod overrides;
mod page;
mod path;
mod permission;
mod plan;
mod problem;
mod proposal;
mod queue;
mod readiness;
mod release;
mod risk;
mod rollback_decision;
mod scope;
mod server;
mod service;
mod sign_off;
mod simulation;
mod token;
mod train;
mod usage;
mod user;
mod verdict;
mod whereabouts;

pub use agent::{
    Agent, AgentEnrolment, EnrolmentRequest, EnrolmentState, JoinRequest, NewCredential,
    NewEnrolment, RefusedJoin,
};
pub use archive::{KeptBody, LegalHold, LegalHoldReleased, LegalHoldRequest};
pub use artifact::{Artifact, ArtifactPhase, ArtifactRequest, Build, BuiltBy, Source};
pub use audit::{
    Checkpoint, Entry, EntryProof, ExactEntry, FirstBad, GrowthProof, Verification,
    VerificationLine,
};
pub use board::{
    BoardAnswerRequest, BoardChoice, BoardCondition, BoardConfirmationRequest, BoardContext,
    BoardFailed, BoardItem, BoardLate, BoardMeeting, BoardMove, BoardSeats, BoardVote,
    BoardVoteRequest, ChangeBoard,
};
pub use calendar::{
    Calendar, CalendarEffect, CalendarItem, CalendarLane, CalendarState, CalendarUnknown, Conflict,
    ConflictProposal, Conflicts, NextSlots, PlannedSlot, ProposalKind, SlotObstacle, SlotStage,
    StaleCalendar, Standing, TimeSpan, Window,
};
pub use calendar_feed::{CalendarFeed, CalendarFeedRequest, NewCalendarFeed};
pub use calendar_import::{
    BrokenEvent, CalendarImport, CalendarImportRequest, ImportAction, ImportedCalendar,
    ImportedItem,
};
pub use change::{
    ApprovalRequest, Approvals, Ballot, Barred, Change, ChangeDocument, ChangePlan, ChangeVote,
    Demand, DocumentDraft, DocumentRequest, Emergency, EmergencyRequest, RaiseRequest,
    ReviewRequest, RollbackOwner, TeamWait, VoidVotes, VoteSignature, VoteStatement, Yours,
};
pub use config::{
    Applied, ApplyRequest, Config, Diagnostic, Effective, Place, PlanAnswer, PlanRequest, Revision,
    Secondary, Severity, Span,
};
pub use criteria::{BoardAttestationRequest, BoardCriteria, BoardCriterion, CriterionReading};
pub use decision::{Condition, ConditionState, Decision, Preview, Rule};
pub use delegation::{Delegation, DelegationRequest};
pub use deployment::{
    DeployRequest, Deployment, DeploymentPhase, Purpose, RollbackRequest, Step, StepState, Verb,
    Way,
};
pub use entry::{
    CalendarEntry, Consent, ConsentRequest, EntryMove, EntryProposal, EntryProposalItem,
    EntryRequest, EntryTime, Legacy, Stretch, Vendor, VendorClash,
};
pub use environment::{
    Drift, DriftAnswer, Environment, EnvironmentPhase, Lane, Live, LiveStage, LockRequest,
    Observed, Posture, Running,
};
pub use erasure::{Erasure, ErasureDecided, ErasureRequest};
pub use event::{Event, EventData};
pub use forecast::{
    CalendarSimulation, CalendarSimulationRequest, SimulatedCourse, SimulatedDemandBefore,
    SimulatedDeparture, SimulatedEnd, SimulatedHold, SimulatedJourney, SimulatedJourneyWait,
    SimulatedRefusal, SimulatedShift, SimulatedWait, SimulatedWeek,
};
pub use freeze::{
    Exception, ExceptionRequest, ExceptionUse, ExtendRequest, Freeze, FreezeEffect, FreezePolicy,
    FreezePreview, FreezeRequest, FreezeSpan, GrantRequest, Scope,
};
pub use notice::Notice;
pub use overrides::Override;
pub use page::{Nothing, Page, Reason};
pub use path::{ClassGate, ClassPath};
pub use permission::Permission;
pub use plan::PlanSummary;
pub use problem::ProblemDocument;
pub use proposal::{Proposal, ProposalAnswer, ProposalNeed, ProposalRequest};
pub use queue::{InLine, Limit, LinePlace, Priority, Queue, Slot, UnderWay};
pub use readiness::{Readiness, ReadyBoard, ReadyPlace, RiskSummary, Supply};
pub use release::{Hold, PromoteRequest, Release, ReleasePhase, ReleaseRequest, Stage, StageState};
pub use risk::{RiskAnswers, RiskFactor, RiskInput, RiskScore};
pub use rollback_decision::{
    RollbackAsked, RollbackChoice, RollbackDecision, RollbackDecisionRequest, RollbackOrder,
    RollbackOrderRequest,
};
pub use scope::{
    ReleaseScope, ScopeDrag, ScopeEdit, ScopeExclusion, ScopeItem, ScopeLock, ScopeRequest,
};
pub use server::{
    Check, CheckState, CheckpointPlace, ConfigHead, DueLag, Health, LedgerHead, Quarantine, Status,
    StoreSpace, Sweep, Writer,
};
pub use service::{KnownIssue, NotedVersion, PublicIssue, ReleaseNotes, Service, ServicePlace};
pub use sign_off::{SignOff, SignatureRequest};
pub use simulation::{
    PolicySimulation, PolicySimulationRequest, SimulatedBand, SimulatedChange, SimulatedDemand,
    SimulatedRules,
};
pub use token::{NewToken, Role, Token, TokenRequest};
pub use train::{
    BoardRequest, CancelDepartureRequest, Departure, DepartureDecision, DepartureHands,
    DepartureWait, Feature, FeatureRequest, GoRequest, GonePassenger, NearDate, PaceProposal,
    Passenger, PassengerRequest, PostponeRequest, Postponement, Train,
};
pub use usage::{EnvironmentUsage, TeamUsage, UsageReport};
pub use user::{
    AccountRequest, AddressesRequest, KeyRequest, KeyRevocation, Left, NewPassword, NewSession,
    NewUser, PasswordRequest, ProviderAddress, ProviderSignIn, RoleRequest, SignInCompletion,
    SignInRequest, SignedOut, User, UserKey, UserRequest, WayIn, WhoAmI,
};
pub use verdict::{
    Base, Counts, Figures, Judgement, MetricVerdict, Sample, Tail, Unclear, Verdict,
};
pub use whereabouts::{Found, Stop};

/// An instant; RFC 3339 in UTC on the wire.
pub use jiff::Timestamp;

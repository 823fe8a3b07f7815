//! What can have happened to a meeting.

use super::{Cast, Context, Decision, MeetingId, Topic};
use crate::change::ChangeId;
use crate::change::criteria::{Answer, Criteria};
use crate::decider::{EventBody, Trigger};
use crate::id::{Name, StreamId};
use crate::spec::Sitting;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened to a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Something is to be decided, so it is held.
    #[serde(rename = "meeting.called/1")]
    Called {
        /// Board and day.
        id: MeetingId,
        /// When it is.
        sitting: Sitting,
    },
    /// The rules of the board changed: the same day, at other times.
    #[serde(rename = "meeting.relaid/1")]
    Relaid {
        /// When it is now.
        sitting: Sitting,
    },
    /// A change came onto the agenda, or came again with another plan.
    #[serde(rename = "meeting.item_put/1")]
    ItemPut {
        /// What is decided.
        topic: Box<Topic>,
        /// Votes that an earlier sitting did not decide with.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        votes: Vec<Cast>,
        /// What an expert was asked there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        context: Option<Context>,
        /// Persons whose votes were for another plan and count no more.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        void: Vec<String>,
        /// What people said of the criteria at an earlier sitting.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        answers: BTreeMap<Name, Answer>,
    },
    /// Its criteria stay as they are from now on.
    #[serde(rename = "meeting.criteria_frozen/1")]
    CriteriaFrozen {
        /// They.
        criteria: Criteria,
    },
    /// Somebody took over other criteria after that. Votes were for those before.
    #[serde(rename = "meeting.criteria_changed/1")]
    CriteriaChanged {
        /// They are now.
        criteria: Criteria,
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// What differs, one line each.
        differs: Vec<String>,
        /// Items whose votes are void.
        void: Vec<ChangeId>,
    },
    /// Somebody said whether a criterion holds.
    #[serde(rename = "meeting.criterion_answered/1")]
    CriterionAnswered {
        /// About which item.
        change: ChangeId,
        /// Which criterion.
        criterion: Name,
        /// What.
        answer: Answer,
    },
    /// A change came after the agenda had closed and was not taken.
    #[serde(rename = "meeting.came_late/1")]
    CameLate {
        /// Which.
        change: ChangeId,
        /// Since when the agenda is closed.
        closed: Timestamp,
        /// The next sitting.
        to: MeetingId,
    },
    /// A change needs the board no longer.
    #[serde(rename = "meeting.item_dropped/1")]
    ItemDropped {
        /// Which.
        change: ChangeId,
        /// Why.
        because: String,
    },
    /// The agenda takes no more.
    #[serde(rename = "meeting.agenda_closed/1")]
    AgendaClosed {
        /// What is on it, the riskiest first.
        order: Vec<ChangeId>,
    },
    /// It is held.
    #[serde(rename = "meeting.opened/1")]
    Opened {
        /// Who opened it before its time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// Its end at the latest.
        until: Timestamp,
        /// Why, when somebody said.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// Somebody voted.
    #[serde(rename = "meeting.voted/1")]
    Voted {
        /// On which item.
        change: ChangeId,
        /// Who and what.
        cast: Box<Cast>,
    },
    /// An expert is asked before the board decides.
    #[serde(rename = "meeting.context_asked/1")]
    ContextAsked {
        /// About which item.
        change: ChangeId,
        /// Who, by whom, until when.
        context: Context,
    },
    /// The expert answered.
    #[serde(rename = "meeting.context_given/1")]
    ContextGiven {
        /// About which item.
        change: ChangeId,
        /// Who.
        by: String,
        /// What.
        text: String,
    },
    /// The expert did not answer in time.
    #[serde(rename = "meeting.context_overdue/1")]
    ContextOverdue {
        /// About which item.
        change: ChangeId,
        /// Who did not.
        expert: String,
        /// Who may answer as well now.
        whom: Vec<String>,
    },
    /// It was decided.
    #[serde(rename = "meeting.decided/1")]
    Decided {
        /// About which item.
        change: ChangeId,
        /// What, with the votes.
        decision: Box<Decision>,
    },
    /// Another sitting decides it.
    #[serde(rename = "meeting.item_moved/1")]
    ItemMoved {
        /// Which.
        change: ChangeId,
        /// Where to.
        to: MeetingId,
        /// Why.
        because: String,
    },
    /// Somebody saw that a condition is met.
    #[serde(rename = "meeting.condition_met/1")]
    ConditionMet {
        /// Of which item.
        change: ChangeId,
        /// Its number.
        condition: u32,
        /// Who.
        by: String,
        /// What shows it.
        evidence: String,
    },
    /// A condition was not met in time: the decision is void.
    #[serde(rename = "meeting.condition_lapsed/1")]
    ConditionLapsed {
        /// Of which item.
        change: ChangeId,
        /// Its number.
        condition: u32,
        /// Who should have done it.
        owner: String,
    },
    /// It is over.
    #[serde(rename = "meeting.closed/1")]
    Closed {
        /// Items decided.
        decided: u32,
        /// Items that another sitting decides.
        moved: u32,
    },
}

impl Event {
    /// The change it is about.
    #[must_use]
    pub fn change(&self) -> Option<&ChangeId> {
        match self {
            Self::ItemPut { topic, .. } => Some(&topic.change),
            Self::CameLate { change, .. }
            | Self::ItemDropped { change, .. }
            | Self::Voted { change, .. }
            | Self::ContextAsked { change, .. }
            | Self::ContextGiven { change, .. }
            | Self::ContextOverdue { change, .. }
            | Self::Decided { change, .. }
            | Self::ItemMoved { change, .. }
            | Self::ConditionMet { change, .. }
            | Self::ConditionLapsed { change, .. }
            | Self::CriterionAnswered { change, .. } => Some(change),
            Self::Called { .. }
            | Self::CriteriaFrozen { .. }
            | Self::CriteriaChanged { .. }
            | Self::Relaid { .. }
            | Self::AgendaClosed { .. }
            | Self::Opened { .. }
            | Self::Closed { .. } => None,
        }
    }
}

impl EventBody for Event {
    /// Whoever waits for the decision about an item is woken by the read model, which knows its release and environment.
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string()]
    }
}

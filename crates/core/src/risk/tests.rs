//! Whatever is known, the points add up; and knowing less never lowers the score.

use super::known::{Known, WayBack};
use super::moment::{Hours, Near, Week};
use super::{Score, factors};
use crate::spec::{Audience, DataClass, RiskFactor, RiskModel, Tier};
use crate::time::Millis;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;

fn near() -> impl Strategy<Value = Near> {
    let name = || "peak".to_owned();
    prop_oneof![
        Just(Near::Clear),
        (0_u32..72).prop_map(move |hours| Near::In {
            hours,
            name: name()
        }),
        Just(Near::Inside { name: name() }),
    ]
}

fn hours() -> impl Strategy<Value = Hours> {
    let told = || "Mon 2 Mar 2026 09:00 UTC".to_owned();
    select(vec![
        Hours::Office(told()),
        Hours::Quiet(told()),
        Hours::Outside(told()),
    ])
}

type First = (
    Option<u8>,
    Option<DataClass>,
    Option<Audience>,
    Option<u32>,
    Option<Tier>,
    Option<bool>,
    Option<bool>,
    Option<u32>,
    Option<u32>,
    Option<u32>,
);

fn service() -> impl Strategy<Value = First> {
    (
        of(1_u8..=4),
        of(select(DataClass::ALL.to_vec())),
        of(select(Audience::ALL.to_vec())),
        of(0_u32..9),
        of(select(vec![Tier::Dev, Tier::Test, Tier::Production])),
        of(any::<bool>()),
        of(any::<bool>()),
        of(0_u32..60),
        of(0_u32..20),
        of(0_u32..40),
    )
}

prop_compose! {
    fn known()(
        (tier, data, audience, dependents, environment_tier, public, interrupts, commits, settings, instances) in service(),
        (steps, first, days_since, runs, earlier) in
            (of(0_u32..60), of(any::<bool>()), of(of(0_u32..400)), of(0_u32..30), of(any::<bool>())),
        (way_back, within, migrates, held, outcomes) in (
            of(select(vec![WayBack::Warm, WayBack::Restart, WayBack::None])),
            of(0_u64..7_200_000), of(any::<bool>()), of(0_u32..40), of((0_u32..50, 0_u32..50)),
        ),
        (freeze, hours, week, others) in (
            of(near()), of(hours()),
            of(select(vec![Week::Early, Week::LastMorning, Week::LastAfternoon, Week::Off])), of(0_u32..9),
        ),
    ) -> Known {
        Known {
            service: "web".to_owned(),
            environment: "prod".to_owned(),
            runs: runs.map(|n| (n, "canary".to_owned())),
            team_held: held.map(|n| (n, "platform".to_owned())),
            back_within: within.map(Millis),
            tier, data, audience, dependents, environment_tier, public, interrupts, commits, settings, instances,
            steps, first, days_since, earlier, way_back, migrates, outcomes, freeze, hours, week, others,
            // Questions have properties of their own.
            asked: Vec::new(),
        }
    }
}

/// The same with one fact taken away, for each fact. A new field does not compile until it is here.
fn without_one(known: &Known) -> Vec<Known> {
    let mut all = Vec::new();
    macro_rules! each {
        ($($field:ident),+) => {
            let Known { service: _, environment: _, asked: _, $($field: _),+ } = known;
            $(all.push(Known { $field: None, ..known.clone() });)+
        };
    }
    each!(
        tier,
        data,
        audience,
        dependents,
        environment_tier,
        public,
        interrupts,
        commits,
        settings,
        instances,
        steps,
        first,
        days_since,
        runs,
        earlier,
        way_back,
        back_within,
        migrates,
        team_held,
        outcomes,
        freeze,
        hours,
        week,
        others
    );
    all
}

fn model() -> impl Strategy<Value = RiskModel> {
    prop::collection::vec(0_u8..=100, 7).prop_map(|cuts| {
        let mut cuts: Vec<u8> = cuts.into_iter().chain([0, 100]).collect();
        cuts.sort_unstable();
        let weights = cuts.windows(2).map(|pair| pair[1] - pair[0]);
        RiskModel {
            weights: RiskFactor::ALL.into_iter().zip(weights).collect(),
            ..RiskModel::default()
        }
    })
}

proptest! {
    #[test]
    fn the_points_of_the_factors_are_the_score(known in known(), model in model()) {
        let score = Score::of(&known, &model);
        let points: u32 = score.factors.iter().map(|f| u32::from(f.points)).sum();
        prop_assert_eq!(points, u32::from(score.value));
        prop_assert!(score.value <= 100);
        for factor in &score.factors {
            prop_assert!(factor.points <= factor.weight, "{:?}", factor);
        }
        prop_assert_eq!(&score, &Score::of(&known, &model), "the same facts give the same score");
    }

    #[test]
    fn a_fact_that_is_taken_away_never_lowers_the_score(known in known(), model in model()) {
        let before = Score::of(&known, &model);
        for less in without_one(&known) {
            let after = Score::of(&less, &model);
            prop_assert!(after.value >= before.value, "{:?} became {:?}", before, after);
            prop_assert!(after.missing().count() >= before.missing().count());
        }
    }

    #[test]
    fn counted_again_with_its_own_model_it_is_the_same(known in known()) {
        let model = RiskModel::default();
        let score = Score::of(&known, &model);
        prop_assert_eq!(score.again(&model), score);
    }

    #[test]
    fn shares_of_every_factor_are_a_hundred_together(known in known()) {
        for factor in RiskFactor::ALL {
            let shares: u32 = factors::inputs(factor, &known).iter().map(|i| u32::from(i.share)).sum();
            prop_assert_eq!(shares, 100, "{:?}", factor);
        }
    }
}

#[test]
fn nothing_known_is_the_worst_and_says_so() {
    let score = Score::of(&Known::nothing(), &RiskModel::default());
    assert_eq!((score.value, score.band.as_str()), (100, "extreme"));
    assert_eq!(score.missing().count(), 24);
}

#[test]
fn a_model_is_known_by_what_it_counts_and_not_by_its_name() {
    let built_in = RiskModel::default();
    let mut named = built_in.clone();
    named.name = crate::id::Name::new("acme").ok();
    assert_eq!(built_in.digest(), named.digest());
    named.bands[0].to = 30;
    named.bands[1].from = 31;
    assert_ne!(built_in.digest(), named.digest());
    let weights = BTreeMap::from([(RiskFactor::Impact, 100)]);
    named = RiskModel {
        weights,
        ..built_in.clone()
    };
    assert_ne!(built_in.digest(), named.digest());
    let sum: u32 = built_in.weights.values().map(|w| u32::from(*w)).sum();
    assert_eq!(sum, 100);
}

#[test]
fn ten_that_held_say_more_than_two() {
    let level = |held, back| {
        let known = Known {
            outcomes: Some((held, back)),
            ..Known::nothing()
        };
        factors::inputs(RiskFactor::History, &known)[0].level
    };
    assert_eq!(
        [level(0, 0), level(2, 0), level(10, 0), level(30, 0)],
        [100, 100, 33, 12]
    );
    assert_eq!([level(10, 1), level(10, 4)], [61, 100]);
}

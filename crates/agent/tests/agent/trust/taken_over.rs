//! Everything that a server that was taken over can bring: no plan without its people, and no votes made out of others.

use super::*;

#[test]
fn a_server_that_was_taken_over_starts_no_plan_that_people_did_not_sign() {
    let taken = Taken::over();
    let (good, evil) = (unit("1.0.0", &[]), unit("6.6.6", &[("EVIL", "yes")]));
    let allowed = plan(None, &good);
    let both = |plan: &PlanBody| taken.people.both(plan, "CHG-1");
    // A digest that nobody allowed: without votes, with votes for another plan, hidden in an allowed plan.
    let wicked = plan(None, &evil);
    refused(
        &taken.brings(&evil, &wicked, Vec::new()),
        "lacks the yes of 1 of web and 1 of risk",
    );
    refused(
        &taken.brings(&evil, &wicked, both(&allowed)),
        "allowed something else",
    );
    refused(
        &taken.brings(&evil, &allowed, both(&allowed)),
        "no step of the plan",
    );
    let mut same_bits = allowed.clone();
    same_bits
        .to
        .values
        .insert("DEBUG".to_owned(), "yes".to_owned());
    let debug = unit("1.0.0", &[("DEBUG", "yes")]);
    refused(
        &taken.brings(&debug, &same_bits, both(&allowed)),
        "grace allowed another plan",
    );
    taken.ends(&good, &allowed);
}

#[test]
fn a_server_that_was_taken_over_makes_no_votes_out_of_others() {
    let taken = Taken::over();
    let (good, evil) = (unit("1.0.0", &[]), unit("6.6.6", &[("EVIL", "yes")]));
    let (allowed, wicked) = (plan(None, &good), plan(None, &evil));
    let both = |plan: &PlanBody| taken.people.both(plan, "CHG-1");
    // One vote of two, one person with two keys, one person twice.
    refused(
        &taken.brings(&good, &allowed, vec![taken.grace().to(&allowed)]),
        "lacks the yes of",
    );
    let twice = vec![
        taken.grace().to(&allowed),
        Says::yes("grace", &taken.people.grace_home).to(&allowed),
    ];
    refused(&taken.brings(&good, &allowed, twice), "lacks the yes of");
    // A key of somebody else, of nobody in the file, a text that was changed after it was signed.
    let forged = vec![
        taken.grace().to(&allowed),
        Says::yes("farah", &taken.people.grace).to(&allowed),
    ];
    refused(
        &taken.brings(&good, &allowed, forged),
        "no key of farah in the file signed",
    );
    let stranger = vec![
        taken.grace().to(&allowed),
        Says::yes("rita", &taken.people.rita).to(&allowed),
    ];
    refused(
        &taken.brings(&good, &allowed, stranger),
        "rita is not in the file",
    );
    let mut changed = both(&wicked);
    for vote in &mut changed {
        let (from, to) = (wicked.digest().unwrap(), allowed.digest().unwrap());
        vote.statement = vote.statement.replace(&from.to_string(), &to.to_string());
    }
    refused(
        &taken.brings(&good, &allowed, changed),
        "no key of grace in the file signed",
    );
    let own = Says {
        requester: "farah",
        ..taken.farah()
    };
    let votes = vec![taken.grace().to(&allowed), own.to(&allowed)];
    refused(
        &taken.brings(&good, &allowed, votes),
        "farah has a part in it",
    );
    let author = Says {
        author: "grace",
        ..taken.farah()
    };
    let votes = vec![taken.grace().to(&allowed), author.to(&allowed)];
    refused(
        &taken.brings(&good, &allowed, votes),
        "grace has a part in it",
    );
    let ended = Says {
        hours: 1,
        ..taken.grace()
    };
    let votes = vec![ended.to(&allowed), taken.farah().to(&allowed)];
    refused(
        &taken.brings(&good, &allowed, votes),
        "the yes of grace is not good now",
    );
    taken.ends(&good, &allowed);
}

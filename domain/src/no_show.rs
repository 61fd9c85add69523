//! What follows from talks to which nobody came: gently, for a while, and never for good.
//!
//! Counselling is not a hotel. One missed appointment has no consequence whatever the rule says;
//! after several, what the visitor books needs approval until the while is over. Nobody is refused,
//! who gave nothing of themselves is not known, and staff can forgive at any time.

use chrono::{DateTime, TimeDelta, Utc};

use crate::calendar::Calendar;
use crate::minutes::Minutes;

/// After how many missed talks, within how many days, what is booked needs approval for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoShowRule {
    after: u8,
    within_days: u8,
    approval_days: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoShowRuleError {
    #[error("is 2 to 10: one missed appointment is no reason for anything")]
    After,
    #[error("is 1 to 180 days")]
    Within,
    #[error("is 1 to 90 days: nothing follows for good")]
    Approval,
}

impl NoShowRule {
    pub fn new(after: i64, within_days: i64, approval_days: i64) -> Result<Self, NoShowRuleError> {
        use NoShowRuleError::{After, Approval, Within};
        let between = |count: i64, least: u8, most: u8| {
            let count = u8::try_from(count).ok();
            count.filter(|count| (least..=most).contains(count))
        };
        Ok(Self {
            after: between(after, 2, 10).ok_or(After)?,
            within_days: between(within_days, 1, 180).ok_or(Within)?,
            approval_days: between(approval_days, 1, 90).ok_or(Approval)?,
        })
    }

    #[must_use]
    pub const fn after(self) -> u8 {
        self.after
    }

    #[must_use]
    pub const fn within_days(self) -> u8 {
        self.within_days
    }

    #[must_use]
    pub const fn approval_days(self) -> u8 {
        self.approval_days
    }

    /// Until when what this visitor books needs approval, if it does now.
    #[must_use]
    pub fn needs_approval_until(
        self,
        missed: &[DateTime<Utc>],
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let mut missed = missed.to_vec();
        missed.sort_unstable();
        let within = TimeDelta::days(self.within_days.into());
        let lasts = TimeDelta::days(self.approval_days.into());
        let in_a_row = missed.windows(self.after.into());
        let last_of_enough = in_a_row.filter_map(|row| match row {
            [first, .., last] if *last - *first <= within => Some(*last),
            _ => None,
        });
        let until = last_of_enough.map(|last| last + lasts).max();
        until.filter(|until| now < *until)
    }
}

impl Calendar {
    /// Lets what a visitor books of these services need approval, also where nobody asks for it.
    pub fn ask_for_approval(&mut self) {
        for service in self.services.values_mut() {
            service.approval_within.get_or_insert(Minutes::TWO_DAYS);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::proptest;

    use super::*;

    fn day(number: i64) -> DateTime<Utc> {
        let first: DateTime<Utc> = "2026-03-01T09:00:00Z".parse().expect("an instant");
        first + TimeDelta::days(number)
    }

    #[test]
    fn a_rule_is_gentle() {
        for (after, within, approval, error) in [
            (1, 30, 30, NoShowRuleError::After),
            (11, 30, 30, NoShowRuleError::After),
            (2, 0, 30, NoShowRuleError::Within),
            (2, 181, 30, NoShowRuleError::Within),
            (2, 30, 0, NoShowRuleError::Approval),
            (2, 30, 91, NoShowRuleError::Approval),
            (-1, 30, 30, NoShowRuleError::After),
        ] {
            assert_eq!(NoShowRule::new(after, within, approval), Err(error));
        }
    }

    #[test]
    fn it_ends_by_itself_and_at_its_edge() {
        let rule = NoShowRule::new(2, 10, 30).expect("a rule");
        let missed = [day(10), day(0)];
        let until = Some(day(40));
        assert_eq!(rule.needs_approval_until(&missed, day(10)), until);
        let last = day(40) - TimeDelta::microseconds(1);
        assert_eq!(rule.needs_approval_until(&missed, last), until);
        assert_eq!(rule.needs_approval_until(&missed, day(40)), None);
        assert_eq!(rule.needs_approval_until(&[day(0), day(11)], day(11)), None);
        assert_eq!(rule.needs_approval_until(&[day(0)], day(0)), None);
    }

    proptest! {
        #[test]
        fn it_holds_as_brute_force_says(
            days in vec(0..200_i64, 0..8),
            (after, within, approval) in (2..5_i64, 1..60_i64, 1..90_i64),
            now in 0..400_i64,
        ) {
            let rule = NoShowRule::new(after, within, approval).expect("a rule");
            let missed: Vec<_> = days.iter().map(|number| day(*number)).collect();
            // Every missed talk that is one too many, with those of the days before it.
            let is_enough = |last: i64| {
                let near = days.iter().filter(|it| last - within <= **it && **it <= last);
                i64::try_from(near.count()).expect("few") >= after
            };
            let until = days.iter().filter(|last| is_enough(**last)).map(|last| last + approval);
            let until = until.max().filter(|until| now < *until).map(day);
            assert_eq!(rule.needs_approval_until(&missed, day(now)), until);
            assert!(until.is_none_or(|until| until <= day(200 + 90)), "never for good");
        }
    }
}

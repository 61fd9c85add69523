use api::spans::window;
use chrono::{DateTime, TimeDelta, Utc};
use domain::minutes::WholeMinute;
use domain::span::Span;

/// Lines: from, before, and what time it is.
pub fn run(bytes: &[u8]) {
    let lines = super::lines(bytes);
    let given = |line: usize| lines.get(line).map(String::as_str);
    let now = given(2).and_then(|text| text.parse::<DateTime<Utc>>().ok());
    let now = now
        .filter(|now| (1970..9990).contains(&chrono::Datelike::year(now)))
        .unwrap_or(DateTime::UNIX_EPOCH);
    match window(given(0), given(1), now) {
        Ok(span) => {
            assert!(span.from() < span.before());
            assert!(span.length() <= TimeDelta::days(62));
        }
        Err(problem) => super::requests::is_refusal(&problem),
    }
    let [from, before] = [0, 1].map(|line| given(line)?.parse::<DateTime<Utc>>().ok());
    if let Some(instant) = from
        && let Ok(minute) = WholeMinute::new(instant)
    {
        assert_eq!(minute.instant(), instant);
    }
    if let (Some(from), Some(before)) = (from, before)
        && let Ok(span) = Span::written(from, before)
    {
        let widened = span.widened(TimeDelta::days(366), TimeDelta::days(366));
        assert!(widened.encloses(span) && span.overlaps(widened));
    }
}

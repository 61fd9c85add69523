use chrono::NaiveDate;
use domain::recurrence::Recurrence;

/// Lines: a rule, and the dates `anchor`, `from`, `before`.
pub fn run(bytes: &[u8]) {
    let lines = super::lines(bytes);
    let Ok(rule) = lines[0].parse::<Recurrence>() else {
        return;
    };
    let written = rule.to_string();
    assert_eq!(written.parse(), Ok(rule), "{written} is another rule");
    let date = |line: usize| lines.get(line).and_then(|text| text.parse().ok());
    let anchor: NaiveDate = date(1).unwrap_or(NaiveDate::MIN);
    let from = date(2).unwrap_or(anchor);
    let before = date(3).unwrap_or(NaiveDate::MAX);
    let dates: Vec<_> = rule.dates(anchor, from, before).take(500).collect();
    assert!(dates.is_sorted_by(|one, next| one < next));
    for date in dates {
        assert!(anchor <= date && from <= date && date < before, "{date}");
        let alone = rule.dates(anchor, date, date.succ_opt().unwrap_or(date));
        assert!(alone.eq([date]), "{date} is no date by itself");
    }
}

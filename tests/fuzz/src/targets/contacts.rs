use domain::contact::{Email, Phone};
use domain::line::Line;

/// What people write of themselves: what is taken has no control characters, fits its column, and
/// is taken again unchanged.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(email) = text.parse::<Email>() {
        let kept = email.as_str();
        assert!(kept.parse() == Ok(email.clone()), "{kept}");
        assert!(kept.len() <= 254 && is_clean(kept), "{kept}");
    }
    if let Ok(phone) = text.parse::<Phone>() {
        let kept = phone.as_str();
        assert!(kept.parse() == Ok(phone.clone()), "{kept}");
        assert!(kept.len() <= 40 && is_clean(kept), "{kept}");
    }
    if let Ok(line) = Line::new(&text) {
        let kept = line.as_str();
        assert_eq!(Line::new(kept).as_ref(), Ok(&line));
        assert!(is_clean(kept), "{kept}");
    }
}

fn is_clean(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

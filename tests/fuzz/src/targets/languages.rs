use std::collections::BTreeMap;

use domain::texts::{LanguageTag, Texts};

/// Lines: language tags. The first ones have texts, and the last one is wished for.
pub fn run(bytes: &[u8]) {
    let lines = super::lines(bytes);
    let tags: Vec<LanguageTag> = lines.iter().filter_map(|line| line.parse().ok()).collect();
    for tag in &tags {
        assert_eq!(tag.as_str().parse().as_ref(), Ok(tag));
    }
    let texts: BTreeMap<_, _> = tags
        .iter()
        .map(|tag| (tag.clone(), tag.to_string()))
        .collect();
    let Ok(texts) = Texts::new(texts) else {
        return;
    };
    assert!(!texts.in_language(&[]).is_empty());
    for tag in &tags {
        let found = texts.in_language(std::slice::from_ref(tag));
        assert_eq!(found, tag.as_str(), "a text in the very language");
    }
}

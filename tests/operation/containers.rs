//! The files for containers name nothing that does not exist.

use std::path::Path;

use api::config::Config;

const FILES: [&str; 2] = [
    include_str!("../../Dockerfile"),
    include_str!("../../docker-compose.yml"),
];

#[test]
fn every_setting_that_they_name_exists() {
    let words = FILES
        .iter()
        .flat_map(|file| file.split(|char: char| !(char.is_ascii_uppercase() || char == '_')));
    let settings: Vec<&str> = words
        .filter(|word| word.starts_with("SPRECHSTUNDE_") || *word == "DATABASE_URL")
        .collect();
    assert!(settings.len() >= 5, "{settings:?}");
    for setting in settings {
        let value = match setting {
            "SPRECHSTUNDE_LISTEN" => "0.0.0.0:8080",
            "SPRECHSTUNDE_TRUSTED_PROXIES" => "",
            _ => "http://localhost",
        };
        let environment = [(setting.to_owned(), value.to_owned())].into_iter();
        Config::load(environment).unwrap_or_else(|error| panic!("{setting}: {error}"));
    }
}

#[test]
fn every_file_that_is_copied_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let copied = FILES[0]
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "));
    let copied: Vec<&str> = copied.filter(|line| !line.starts_with("--from")).collect();
    assert!(!copied.is_empty());
    for line in copied {
        let words: Vec<&str> = line.split_whitespace().collect();
        for source in &words[..words.len() - 1] {
            assert!(root.join(source).exists(), "{source}");
        }
    }
}

#[test]
fn no_secret_stands_in_them() {
    for file in FILES {
        for line in file
            .lines()
            .filter(|line| line.contains("PASSWORD") || line.contains("MASTER_KEY"))
        {
            let is_comment = line.trim_start().starts_with('#');
            assert!(is_comment || line.contains("${"), "{line}");
        }
    }
}

use super::*;

fn load(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(
        pairs
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned())),
    )
}

#[test]
fn the_environment_wins_over_the_defaults() {
    let config =
        load(&[("SPRECHSTUNDE_LISTEN", "0.0.0.0:9"), ("HOME", "/")]).expect("a configuration");
    assert_eq!(config.listen().map(|address| address.port()), Ok(9));
    assert_eq!(config.base_url().as_deref(), Ok("http://0.0.0.0:9"));
}

#[test]
fn unknown_and_malformed_settings_are_refused_by_name() {
    let error = load(&[("SPRECHSTUNDE_LISTN", "x")]).expect_err("a refusal");
    assert!(error.to_string().contains("SPRECHSTUNDE_LISTN"));
    let error = load(&[("SPRECHSTUNDE_LISTEN", "x")]).expect_err("a refusal");
    assert!(error.to_string().contains("listen"));
    let error = load(&[("DATABASE_URL", "a"), ("DATABASE_URL_FILE", "b")]).expect_err("a refusal");
    assert_eq!(error, ConfigError::SetTwice("DATABASE_URL".to_owned()));
}

#[test]
fn secrets_are_never_printed() {
    let config = load(&[("DATABASE_URL", "postgres://u:geheim@h/d")]).expect("a configuration");
    assert!(!config.to_string().contains("geheim"));
}

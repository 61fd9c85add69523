use api::specification::specification;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.yaml");

/// `make openapi` writes it anew.
#[test]
fn the_file_in_the_repository_is_what_the_program_prints() {
    let printed = specification().to_yaml().expect("YAML");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(PATH, printed).expect("openapi.yaml");
        return;
    }
    let kept = std::fs::read_to_string(PATH).expect("openapi.yaml");
    let differing = kept
        .lines()
        .zip(printed.lines())
        .position(|(kept, printed)| kept != printed);
    let line = differing.unwrap_or_else(|| kept.lines().count().min(printed.lines().count()));
    assert!(
        kept == printed,
        "openapi.yaml is out of date from line {} on: run `make openapi`",
        line + 1
    );
}

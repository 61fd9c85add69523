//! The permission table as a person reads it: `permissions.txt`. After a change that is meant,
//! `UPDATE=1 cargo test -p domain --test permissions` writes it anew.

use domain::permission::table;

const READ: &str = include_str!("../permissions.txt");

#[test]
fn the_table_is_the_one_that_people_read() {
    let table = table() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/permissions.txt");
        std::fs::write(path, table).expect("the table");
    } else {
        assert_eq!(
            table, READ,
            "the table in src/permission.rs and permissions.txt differ"
        );
    }
}

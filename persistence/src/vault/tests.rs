use super::*;

fn vault(byte: u8) -> Vault {
    Vault::new(&MasterKey([byte; 32]))
}

#[test]
fn what_is_sealed_opens_again_in_its_row_only() {
    let sealed = vault(1)
        .seal(Purpose::Contact, b"row", b"Ada")
        .expect("sealed");
    assert_eq!(
        vault(1).open(Purpose::Contact, b"row", &sealed),
        Ok(b"Ada".to_vec())
    );
    assert_eq!(
        vault(1).open(Purpose::Contact, b"other", &sealed),
        Err(VaultError::Broken)
    );
    assert_eq!(
        vault(1).open(Purpose::SigningKey, b"row", &sealed),
        Err(VaultError::Broken)
    );
    assert_eq!(
        vault(2).open(Purpose::Contact, b"row", &sealed),
        Err(VaultError::OtherKey)
    );
    assert_eq!(
        vault(1).open(Purpose::Contact, b"row", &sealed[..9]),
        Err(VaultError::Broken)
    );
}

#[test]
fn an_answer_opens_with_its_own_word_only() {
    let sealed = vault(1)
        .seal_under(b"key", b"row", b"answer")
        .expect("sealed");
    assert_eq!(
        vault(1).open_under(b"key", b"row", &sealed),
        Ok(b"answer".to_vec())
    );
    assert_eq!(
        vault(1).open_under(b"yek", b"row", &sealed),
        Err(VaultError::Broken)
    );
}

#[test]
fn parts_of_a_hash_do_not_run_into_each_other() {
    assert_ne!(
        vault(1).hash("a", &[b"bc", b"d"]),
        vault(1).hash("a", &[b"b", b"cd"])
    );
    assert_ne!(vault(1).hash("a", &[b"b"]), vault(2).hash("a", &[b"b"]));
}

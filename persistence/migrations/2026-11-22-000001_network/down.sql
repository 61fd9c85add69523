DROP TABLE outbox_events, audit_entries, idempotency_keys, installation, refresh_tokens, signing_keys,
    invitations, memberships, accounts, organisations CASCADE;
DROP PROCEDURE raise_wall(regclass);
DROP FUNCTION acting_organisations(), acting_account(), acting_for_network(), acting_at(), shown_key(),
    shown_secret();
DROP EXTENSION btree_gist;

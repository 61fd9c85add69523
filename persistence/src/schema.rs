//! The tables as diesel's typed queries see them.

diesel::table! {
    absences (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        counsellor_id -> Uuid,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        archived_at -> Nullable<Timestamptz>,
        version -> BigInt,
    }
}

diesel::table! {
    accounts (id) {
        id -> Uuid,
        email -> Text,
        display_name -> Text,
        password_hash -> Text,
        network_coordinator -> Bool,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    allocations (organisation_id, claim_id, resource_id) {
        organisation_id -> Uuid,
        resource_id -> Uuid,
        claim_id -> Uuid,
        claimed_by_organisation_id -> Uuid,
        kind -> Text,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    appointments (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        code -> Text,
        secret_hash -> Binary,
        session_id -> Uuid,
        service_id -> Uuid,
        site_id -> Uuid,
        counsellor_id -> Uuid,
        room_id -> Nullable<Uuid>,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        time_zone -> Text,
        cancellation_deadline_minutes -> Integer,
        modality -> Text,
        language -> Nullable<Text>,
        interpreter_needed -> Bool,
        interpreter_id -> Nullable<Uuid>,
        second_counsellor_id -> Nullable<Uuid>,
        status -> Text,
        booked_at -> Timestamptz,
        checked_in_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
        cancelled_by -> Nullable<Text>,
        version -> BigInt,
        called_at -> Nullable<Timestamptz>,
        started_at -> Nullable<Timestamptz>,
        series_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    audit_entries (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        occurred_at -> Timestamptz,
        account_id -> Nullable<Uuid>,
        action -> Text,
        subject_kind -> Text,
        subject_id -> Uuid,
        fields -> Array<Text>,
    }
}

diesel::table! {
    closures (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        site_id -> Nullable<Uuid>,
        room_id -> Nullable<Uuid>,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        reason -> Nullable<Jsonb>,
        archived_at -> Nullable<Timestamptz>,
        version -> BigInt,
    }
}

diesel::table! {
    contacts (organisation_id, appointment_id) {
        organisation_id -> Uuid,
        appointment_id -> Uuid,
        sealed -> Nullable<Binary>,
        sealed_reason -> Nullable<Binary>,
        delete_after -> Timestamptz,
    }
}

diesel::table! {
    counsellors (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        account_id -> Nullable<Uuid>,
        display_name -> Text,
        public_name -> Nullable<Text>,
        languages -> Array<Text>,
        skills -> Array<Text>,
        max_per_day -> Nullable<Integer>,
        pause_after -> Nullable<Integer>,
        pause_minutes -> Nullable<Integer>,
        interprets -> Array<Text>,
        gender -> Nullable<Text>,
        visits_from_latitude -> Nullable<Double>,
        visits_from_longitude -> Nullable<Double>,
        visits_within_km -> Nullable<Double>,
        published -> Bool,
        archived_at -> Nullable<Timestamptz>,
        version -> BigInt,
        organisation_listed -> Bool,
    }
}

diesel::table! {
    courses (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        service_id -> Uuid,
        title -> Jsonb,
        description -> Nullable<Jsonb>,
        capacity -> Nullable<Integer>,
        opens_at -> Nullable<Timestamptz>,
        closes_at -> Nullable<Timestamptz>,
        joins_late -> Bool,
        takes_place -> Bool,
        published -> Bool,
        archived_at -> Nullable<Timestamptz>,
        version -> BigInt,
    }
}

diesel::table! {
    equipment (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        site_id -> Nullable<Uuid>,
        name -> Text,
        pieces -> Integer,
        archived_at -> Nullable<Timestamptz>,
        version -> BigInt,
    }
}

diesel::table! {
    holds (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        session_id -> Uuid,
        service_id -> Uuid,
        starts_at -> Timestamptz,
        token_hash -> Binary,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_keys (key_hash) {
        key_hash -> Binary,
        request_hash -> Binary,
        status -> SmallInt,
        sealed_answer -> Binary,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    installation (only_row) {
        only_row -> Bool,
        key_check -> Binary,
        setup_seed -> Nullable<Binary>,
        demo -> Bool,
    }
}

diesel::table! {
    invitations (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        email -> Text,
        roles -> Array<Text>,
        token_hash -> Binary,
        invited_by -> Uuid,
        expires_at -> Timestamptz,
        accepted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    kept_places (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        service_id -> Uuid,
        session_id -> Nullable<Uuid>,
        course_id -> Nullable<Uuid>,
        partner_id -> Uuid,
        places -> Integer,
        release_minutes -> Nullable<Integer>,
        archived_at -> Nullable<Timestamptz>,
        version -> BigInt,
    }
}

diesel::table! {
    memberships (organisation_id, account_id, role) {
        organisation_id -> Uuid,
        account_id -> Uuid,
        role -> Text,
    }
}

diesel::table! {
    loans (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        room_id -> Uuid,
        borrower_id -> Uuid,
        time_zone -> Text,
        hours -> Array<Text>,
        valid_from -> Date,
        valid_until -> Nullable<Date>,
        quota -> Nullable<Integer>,
        quota_unit -> Nullable<Text>,
        quota_per -> Nullable<Text>,
        archived_at -> Nullable<Timestamptz>,
        version -> BigInt,
    }
}

diesel::table! {
    modality_switches (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        counsellor_id -> Nullable<Uuid>,
        site_id -> Nullable<Uuid>,
        service_id -> Nullable<Uuid>,
        modality -> Text,
        starts_at -> Timestamptz,
        ends_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    organisations (id) {
        id -> Uuid,
        slug -> Text,
        name -> Jsonb,
        description -> Nullable<Jsonb>,
        website -> Nullable<Text>,
        retention_days -> Integer,
        reasons -> Jsonb,
        no_show_after -> Nullable<Integer>,
        no_show_within_days -> Nullable<Integer>,
        no_show_approval_days -> Nullable<Integer>,
        published -> Bool,
        archived_at -> Nullable<Timestamptz>,
        version -> BigInt,
        listed -> Bool,
    }
}

diesel::table! {
    outbox_events (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        subject_id -> Uuid,
        occurred_at -> Timestamptz,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Binary,
        family_id -> Uuid,
        account_id -> Uuid,
        issued_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    resources (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        kind -> Text,
    }
}

diesel::table! {
    rooms (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        site_id -> Uuid,
        name -> Text,
        seats -> Nullable<Integer>,
        features -> Array<Text>,
        lent_by -> Nullable<Uuid>,
        loan_id -> Nullable<Uuid>,
        lent_room_id -> Nullable<Uuid>,
        archived_at -> Nullable<Timestamptz>,
        version -> BigInt,
    }
}

diesel::table! {
    schedules (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        counsellor_id -> Uuid,
        site_id -> Uuid,
        room_id -> Nullable<Uuid>,
        service_ids -> Array<Uuid>,
        modalities -> Array<Text>,
        rule -> Text,
        starts -> Time,
        ends -> Time,
        valid_from -> Date,
        valid_until -> Nullable<Date>,
        exceptions -> Array<Date>,
        opens_on_holidays -> Bool,
        audience -> Text,
        opens_to_all_minutes -> Nullable<Integer>,
        desk_places -> Integer,
        published_before -> Date,
        archived_at -> Nullable<Timestamptz>,
        version -> BigInt,
    }
}

diesel::table! {
    series (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        service_id -> Uuid,
        code -> Text,
        secret_hash -> Binary,
        rule -> Nullable<Text>,
        time_zone -> Text,
        booked_at -> Timestamptz,
    }
}

diesel::table! {
    services (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        name -> Jsonb,
        description -> Nullable<Jsonb>,
        topic -> Text,
        format -> Text,
        modalities -> Array<Text>,
        languages -> Array<Text>,
        contact_rule -> Text,
        approval -> Text,
        approval_within_minutes -> Integer,
        length_minutes -> Integer,
        start_every_minutes -> Integer,
        buffer_before_minutes -> Integer,
        buffer_after_minutes -> Integer,
        minimum_notice_minutes -> Integer,
        horizon_days -> Integer,
        cancellation_deadline_minutes -> Integer,
        reschedule_deadline_minutes -> Nullable<Integer>,
        max_per_week -> Nullable<Integer>,
        needs_room -> Bool,
        room_features -> Array<Text>,
        books_interpreters -> Bool,
        allows_gender_wish -> Bool,
        equipment_ids -> Array<Uuid>,
        equipment_pieces -> Array<Integer>,
        travel_minutes_per_km -> Integer,
        travel_minimum_minutes -> Integer,
        volunteers -> Integer,
        draws_online -> Bool,
        published -> Bool,
        archived_at -> Nullable<Timestamptz>,
        version -> BigInt,
        organisation_listed -> Bool,
        capacity -> Nullable<Integer>,
        minimum_participants -> Nullable<Integer>,
        minimum_deadline_minutes -> Nullable<Integer>,
        waitlist_offer_minutes -> Nullable<Integer>,
    }
}

diesel::table! {
    session_services (organisation_id, session_id, service_id) {
        organisation_id -> Uuid,
        session_id -> Uuid,
        service_id -> Uuid,
        starts_at -> Timestamptz,
        topic -> Nullable<Text>,
        ends_at -> Nullable<Timestamptz>,
        counsellor_id -> Nullable<Uuid>,
        site_id -> Nullable<Uuid>,
        room_id -> Nullable<Uuid>,
        modalities -> Nullable<Array<Text>>,
        opens_on_holidays -> Nullable<Bool>,
        status -> Nullable<Text>,
        languages -> Nullable<Array<Text>>,
    }
}

diesel::table! {
    sessions (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        schedule_id -> Nullable<Uuid>,
        original_start -> Nullable<Timestamp>,
        counsellor_id -> Uuid,
        site_id -> Uuid,
        room_id -> Nullable<Uuid>,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        modalities -> Array<Text>,
        opens_on_holidays -> Bool,
        status -> Text,
        edited_by_hand -> Bool,
        version -> BigInt,
        capacity -> Nullable<Integer>,
        capacity_by_hand -> Bool,
        takes_place -> Bool,
    }
}

diesel::table! {
    signing_keys (id) {
        id -> Uuid,
        public_key -> Binary,
        sealed_private_key -> Binary,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    sites (organisation_id, id) {
        organisation_id -> Uuid,
        id -> Uuid,
        name -> Jsonb,
        street -> Text,
        postal_code -> Text,
        city -> Text,
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
        regional_key -> Nullable<Text>,
        federal_state -> Text,
        time_zone -> Text,
        published -> Bool,
        archived_at -> Nullable<Timestamptz>,
        version -> BigInt,
        organisation_listed -> Bool,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    absences,
    accounts,
    allocations,
    appointments,
    audit_entries,
    closures,
    contacts,
    counsellors,
    holds,
    idempotency_keys,
    installation,
    invitations,
    memberships,
    modality_switches,
    organisations,
    outbox_events,
    refresh_tokens,
    resources,
    rooms,
    schedules,
    series,
    services,
    session_services,
    sessions,
    signing_keys,
    sites
);

//! Every kind of problem that the API knows.

use actix_web::http::StatusCode;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $status:ident, $title:literal;)+) => {
        /// A kind of problem. The text is permanent: programs depend on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),+ }
            }

            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// What happened and what a caller can do.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+)),+ }
            }
        }
    };
}

codes! {
    /// Somebody else got the slot first. Ask for the slots again and offer another one.
    SlotTaken = "slot-taken", CONFLICT, "the slot has been taken";
    /// The slot is not offered any more: its session changed, it lies in the past or too far ahead, or somebody is away.
    SlotGone = "slot-gone", CONFLICT, "the slot is not offered any more";
    /// So much as is given in a day, a week or a row has been given. Another time may be free: ask for the slots again.
    CapReached = "cap-reached", CONFLICT, "no more appointments are given around this time";
    /// Some of the dates of a series cannot be booked, so none was. `errors` lists them with their reasons; a dry run tells what else is free.
    DatesUnbookable = "dates-unbookable", CONFLICT, "some of the dates cannot be booked";
    /// The hold ran out before it was redeemed. The slot may still be free: hold or book it anew.
    HoldExpired = "hold-expired", CONFLICT, "the hold has expired";
    /// The token does not belong to the hold, or there is no such hold.
    HoldMismatch = "hold-mismatch", CONFLICT, "the hold and its token do not match";
    /// The answer came after it was due, and the slot is not held any more. It may still be free: look at the slots.
    ProposalExpired = "proposal-expired", CONFLICT, "the proposal has expired";
    /// The proposal was accepted, declined or withdrawn before. Look at the proposals of the appointment again.
    ProposalAnswered = "proposal-answered", CONFLICT, "the proposal is not open any more";
    /// The service keeps no waiting list. Look at its slots, or ask the organisation.
    WaitlistNotKept = "waitlist-not-kept", CONFLICT, "the service keeps no waiting list";
    /// The entry was booked, left or has expired: nobody waits by it any more. Join the waiting list anew.
    WaitlistEntryEnded = "waitlist-entry-ended", CONFLICT, "the waiting-list entry has ended";
    /// This slot is not offered to the entry any more: the answer came after it was due, or another one is offered now. Look at the entry again.
    OfferGone = "offer-gone", CONFLICT, "the offer is gone";
    /// Send the header `Idempotency-Key` with a fresh UUID, and the same one again when you repeat the request.
    IdempotencyKeyRequired = "idempotency-key-required", BAD_REQUEST, "an idempotency key is required";
    /// The key was used for another request. Use a fresh one for each request that you mean.
    IdempotencyKeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY, "the idempotency key was used for another request";
    /// A request with this key is under way. Repeat it in a moment to get its answer.
    IdempotencyInProgress = "idempotency-in-progress", CONFLICT, "a request with this idempotency key is under way";
    /// The deadline for this change has passed. Staff can still do it.
    TooLate = "too-late", CONFLICT, "it is too late for this change";
    /// This can be recorded only later.
    TooEarly = "too-early", CONFLICT, "it is too early for this change";
    /// The appointment is in a state from which this change does not lead on.
    WrongStatus = "wrong-status", CONFLICT, "the status does not allow this change";
    /// Somebody else was faster: this person has been called, or their talk has begun. Take the next one.
    AlreadyCalled = "already-called", CONFLICT, "this person has been called already";
    /// The service needs an e-mail address or a telephone number.
    ContactRequired = "contact-required", UNPROCESSABLE_ENTITY, "contact details are required";
    /// The appointment is cancelled already; nothing was changed.
    AlreadyCancelled = "already-cancelled", CONFLICT, "the appointment is already cancelled";
    /// There is nothing here, or nothing that you may see.
    NotFound = "not-found", NOT_FOUND, "not found";
    /// The header `Allow` names the methods that this path knows.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "the method is not allowed here";
    /// Sign in and send the access token as `Authorization: Bearer …`; if you did, it is expired or not ours.
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "sign in first";
    /// You are signed in, and your roles do not allow this.
    Forbidden = "forbidden", FORBIDDEN, "your roles do not allow this";
    /// The request cannot be read: its syntax, a type, an unknown or a missing field, parameter or header. `errors` says where.
    InvalidRequest = "invalid-request", BAD_REQUEST, "the request cannot be read";
    /// The request can be read and breaks a rule. `errors` says which.
    RuleViolated = "rule-violated", UNPROCESSABLE_ENTITY, "the request breaks a rule";
    /// Another record has this name, or the record is still in use.
    Conflict = "conflict", CONFLICT, "the change conflicts with what is there";
    /// More people have booked than would have a place. Ask some to come another time, or leave the capacity as it is.
    CapacityTaken = "capacity-taken", CONFLICT, "more places are taken than would be left";
    /// Somebody changed it since you read it. Read it again, and apply your change to what it is now.
    VersionConflict = "version-conflict", PRECONDITION_FAILED, "it was changed meanwhile";
    /// Send `If-Match` with the `etag` that you read.
    PreconditionRequired = "precondition-required", PRECONDITION_REQUIRED, "a precondition is required";
    /// The body is larger than this operation reads.
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, "the body is too large";
    /// The body did not arrive in time.
    TooSlow = "too-slow", REQUEST_TIMEOUT, "the body did not arrive in time";
    /// Send `Content-Type: application/json`.
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "the media type is not supported";
    /// Too many wrong attempts came from your address. `Retry-After` says when to go on.
    RateLimited = "rate-limited", TOO_MANY_REQUESTS, "too many wrong attempts";
    /// The connection to the data base broke while it was saving. Repeat the request with the same `Idempotency-Key` to learn what came of it.
    OutcomeUnknown = "outcome-unknown", SERVICE_UNAVAILABLE, "it is unknown whether the change was made";
    /// The service cannot answer for the moment. Nothing was changed; come again after `Retry-After` seconds.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "temporarily unavailable";
    /// Something broke on our side. `instance` names this occurrence for those who run the service.
    Internal = "internal", INTERNAL_SERVER_ERROR, "something broke";
}

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use persistence::installation::prepare;
use persistence::signing_keys::SigningKey;
use reqwest::Method;
use serde_json::{Value, json};
use tests::Server;
use tests::fixtures::People;
use uuid::Uuid;

use super::call;

/// A server, its real key, and whom to impersonate.
struct Forge {
    server: Server,
    key: SigningKey,
    account: Uuid,
}

impl Forge {
    async fn new() -> Self {
        let server = Server::start().await;
        let app = &server.app;
        let installation = prepare(&app.database, &app.vault, app.clock.now()).await;
        let key = installation.expect("an installation").signing_key;
        let people = People::arrange(&server, "poliklinik").await;
        Self {
            server,
            key,
            account: people.administrator,
        }
    }

    fn header(&self) -> Header {
        Header {
            typ: Some("at+jwt".to_owned()),
            kid: Some(self.key.id.to_string()),
            ..Header::new(Algorithm::EdDSA)
        }
    }

    fn claims(&self) -> Value {
        let now = self.server.app.clock.now().timestamp();
        json!({
            "iss": self.server.base_url, "aud": self.server.base_url, "sub": self.account,
            "iat": now, "nbf": now, "exp": now + 600, "jti": Uuid::now_v7()
        })
    }

    fn signed(&self, header: &Header, claims: &Value) -> String {
        let key = EncodingKey::from_ed_der(&self.key.pkcs8);
        encode(header, claims, &key).expect("a token")
    }

    async fn status(&self, token: &str) -> u16 {
        let answer = call(&self.server, Method::GET, "/v1/me", token, None, None).await;
        answer.status.as_u16()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_with_one_wrong_or_missing_claim_is_refused() {
    let forge = Forge::new().await;
    let good = forge.signed(&forge.header(), &forge.claims());
    assert_eq!(forge.status(&good).await, 200);
    for claim in ["iss", "aud", "sub", "exp", "nbf"] {
        let mut claims = forge.claims();
        claims.as_object_mut().expect("claims").remove(claim);
        let token = forge.signed(&forge.header(), &claims);
        assert_eq!(forge.status(&token).await, 401, "without {claim}");
    }
    let now = forge.server.app.clock.now().timestamp();
    for (claim, value) in [
        ("iss", json!("https://elsewhere.example")),
        ("aud", json!("https://elsewhere.example")),
        ("sub", json!("nobody")),
        ("sub", json!(Uuid::now_v7())),
        ("exp", json!(now - 31)),
        ("exp", json!("never")),
        ("nbf", json!(now + 60)),
    ] {
        let mut claims = forge.claims();
        claims[claim] = value.clone();
        let token = forge.signed(&forge.header(), &claims);
        assert_eq!(forge.status(&token).await, 401, "{claim} = {value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_with_another_header_is_refused() {
    let forge = Forge::new().await;
    let elsewhere = Some("https://elsewhere.example/keys".to_owned());
    for header in [
        Header {
            typ: Some("JWT".to_owned()),
            ..forge.header()
        },
        Header {
            typ: None,
            ..forge.header()
        },
        Header {
            kid: None,
            ..forge.header()
        },
        Header {
            kid: Some("../../../../dev/null".to_owned()),
            ..forge.header()
        },
        Header {
            jku: elsewhere.clone(),
            ..forge.header()
        },
        Header {
            x5u: elsewhere,
            ..forge.header()
        },
    ] {
        let token = forge.signed(&header, &forge.claims());
        assert_eq!(forge.status(&token).await, 401, "{header:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_another_key_signed_is_refused() {
    let forge = Forge::new().await;
    let (other, _) = api::authentication::Issuer::new_key().expect("a key");
    let claims = forge.claims();
    let token = encode(&forge.header(), &claims, &EncodingKey::from_ed_der(&other));
    assert_eq!(forge.status(&token.expect("a token")).await, 401);

    // The public key as the secret of a symmetric algorithm.
    let keys = forge.server.get("/.well-known/jwks.json").await.expect(200);
    let public = keys["keys"][0]["x"].as_str().expect("a key");
    for secret in [
        EncodingKey::from_secret(public.as_bytes()),
        EncodingKey::from_base64_secret(&format!(
            "{}=",
            public.replace('-', "+").replace('_', "/")
        ))
        .expect("a key"),
    ] {
        let header = Header {
            alg: Algorithm::HS256,
            ..forge.header()
        };
        let token = encode(&header, &claims, &secret).expect("a token");
        assert_eq!(forge.status(&token).await, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_nobody_signed_is_refused() {
    let forge = Forge::new().await;
    let good = forge.signed(&forge.header(), &forge.claims());
    let parts: Vec<&str> = good.split('.').collect();
    // {"alg":"none","typ":"at+jwt"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
    for token in [
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        "x".to_owned(),
    ] {
        assert_eq!(forge.status(&token).await, 401, "{token}");
    }
    let public = forge.server.request(Method::GET, "/v1/sites");
    let answer = tests::Answer::of(public.bearer_auth("x")).await;
    answer.expect_problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_ends_after_ten_minutes() {
    let forge = Forge::new().await;
    let token = forge.server.token(forge.account);
    forge.server.app.clock.advance(TimeDelta::minutes(10));
    assert_eq!(forge.status(&token).await, 200, "within the leeway");
    forge.server.app.clock.advance(TimeDelta::seconds(31));
    assert_eq!(forge.status(&token).await, 401);
}

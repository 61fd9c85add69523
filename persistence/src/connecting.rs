//! How a connection to Postgres is made: to which host, with which rights, and what it does by
//! itself when nobody comes back to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::ConnectionError;
use diesel_async::AsyncPgConnection;
use tokio_postgres::config::{Config, Host};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Connection, NoTls, Socket, tls::NoTlsStream};

use crate::database::Rights;

/// How long one host may take until the next is tried, unless the connection string says otherwise.
const PATIENCE_WITH_A_HOST: Duration = Duration::from_secs(1);

/// Connects to the first host that lets us in and fits `target_session_attrs`.
pub(crate) async fn establish(
    url: String,
    rights: Rights,
    patience: Duration,
    language: Arc<Language>,
) -> Result<AsyncPgConnection, ConnectionError> {
    let given: Config = url
        .parse()
        .map_err(|error: tokio_postgres::Error| unreachable(&error))?;
    let options = options(given.get_options(), rights, patience);
    let mut failure = ConnectionError::BadConnection("no host is named".to_owned());
    for mut config in one_for_each_host(&given) {
        config.application_name(given.get_application_name().unwrap_or("sprechstunde"));
        match connect(&mut config, &options, &language).await {
            Ok((client, connection)) => {
                return AsyncPgConnection::try_from_client_and_connection(client, connection).await;
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// In which language Postgres reports failures, which are told by their text (see `outage`).
/// Only a superuser may choose; who may not is refused once and does not ask again.
#[derive(Debug, Default)]
pub(crate) struct Language {
    refused: AtomicBool,
}

/// The limit holds for the whole greeting: a host that accepts and then says nothing is as bad as
/// one that does not accept, and the library's own limit ends with the acceptance.
async fn connect(
    config: &mut Config,
    options: &str,
    language: &Language,
) -> Result<(Client, Connection<Socket, NoTlsStream>), ConnectionError> {
    let patience = config
        .get_connect_timeout()
        .copied()
        .unwrap_or(PATIENCE_WITH_A_HOST);
    let attempt = async {
        if !language.refused.load(Ordering::Relaxed) {
            let english = format!("{options} -c lc_messages=C");
            match config.options(english).connect(NoTls).await {
                Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
                    language.refused.store(true, Ordering::Relaxed);
                }
                outcome => return outcome,
            }
        }
        config.options(options).connect(NoTls).await
    };
    match tokio::time::timeout(patience, attempt).await {
        Ok(connected) => connected.map_err(|error| unreachable(&error)),
        Err(_) => Err(ConnectionError::BadConnection(format!(
            "a host did not answer within {patience:?}"
        ))),
    }
}

fn unreachable(error: &tokio_postgres::Error) -> ConnectionError {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    ConnectionError::BadConnection(format!("{error}{}", cause.unwrap_or_default()))
}

/// What Postgres is told at the start. Its own limits make it stop when we have given up: a back
/// end that waits for a lock nobody wants any more would hold others up. The lock's limit is below
/// our own, so that it is Postgres that says what happened; the statement's is not, because it
/// would also end the wait of a COMMIT for its standby and call that a success.
///
/// Statements are few and constant, so they are planned once for each connection and not again for
/// each set of values, which would take longer than most of them run; compiling them would too. And
/// what is asked often is in memory: a page out of order costs hardly more than the next one.
fn options(given: Option<&str>, rights: Rights, patience: Duration) -> String {
    let patience = patience.as_millis();
    format!(
        "{} -c role={} -c lock_timeout={} -c statement_timeout={patience} \
         -c idle_in_transaction_session_timeout={patience} \
         -c plan_cache_mode=force_generic_plan -c jit=off -c random_page_cost=1.1",
        given.unwrap_or_default(),
        rights.role(),
        patience * 5 / 6,
    )
}

/// The same settings for each host on its own, in the order of the connection string.
fn one_for_each_host(given: &Config) -> Vec<Config> {
    let (hosts, addresses) = (given.get_hosts(), given.get_hostaddrs());
    let count = hosts.len().max(addresses.len());
    (0..count)
        .map(|index| {
            let mut config = without_host(given);
            match hosts.get(index) {
                Some(Host::Tcp(name)) => _ = config.host(name),
                Some(Host::Unix(folder)) => _ = config.host_path(folder),
                None => {}
            }
            if let Some(address) = addresses.get(index) {
                config.hostaddr(*address);
            }
            let ports = given.get_ports();
            if let Some(port) = ports.get(index).or_else(|| ports.first()) {
                config.port(*port);
            }
            config
        })
        .collect()
}

/// Everything but the hosts. A line that went dead is noticed within half a minute by itself, and
/// within five seconds when something was sent on it.
fn without_host(given: &Config) -> Config {
    let mut config = Config::new();
    if let Some(user) = given.get_user() {
        config.user(user);
    }
    if let Some(password) = given.get_password() {
        config.password(password);
    }
    if let Some(name) = given.get_dbname() {
        config.dbname(name);
    }
    if let Some(timeout) = given.get_connect_timeout() {
        config.connect_timeout(*timeout);
    }
    let dead_after = Duration::from_secs(5);
    let untouched = Config::new().get_keepalives_idle();
    let idle = Some(given.get_keepalives_idle()).filter(|idle| *idle != untouched);
    config
        .ssl_mode(given.get_ssl_mode())
        .channel_binding(given.get_channel_binding())
        .target_session_attrs(given.get_target_session_attrs())
        .keepalives(given.get_keepalives())
        .keepalives_idle(idle.unwrap_or(Duration::from_secs(15)))
        .keepalives_interval(given.get_keepalives_interval().unwrap_or(dead_after))
        .keepalives_retries(given.get_keepalives_retries().unwrap_or(3))
        .tcp_user_timeout(given.get_tcp_user_timeout().copied().unwrap_or(dead_after));
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_keeps_its_port_and_all_settings() {
        let given = "host=a,b port=1,2 user=u password=p dbname=d target_session_attrs=read-write";
        let given: Config = given.parse().expect("a connection string");
        let each = one_for_each_host(&given);
        assert_eq!(each.len(), 2);
        assert_eq!(each[1].get_hosts(), [Host::Tcp("b".to_owned())]);
        assert_eq!(each[1].get_ports(), [2]);
        for config in each {
            assert_eq!(config.get_user(), Some("u"));
            assert_eq!(config.get_password(), Some(b"p".as_slice()));
            assert_eq!(config.get_dbname(), Some("d"));
            assert_eq!(
                config.get_target_session_attrs(),
                given.get_target_session_attrs()
            );
            assert!(config.get_tcp_user_timeout().is_some());
        }
    }
}

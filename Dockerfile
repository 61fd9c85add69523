FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
# The caches outlive the layer; what is kept is the one binary.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --release --locked --package api --bin sprechstunde \
    && install -D target/release/sprechstunde /out/sprechstunde

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/sprechstunde --create-home \
    --shell /usr/sbin/nologin sprechstunde
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/sprechstunde /usr/local/bin/sprechstunde
COPY LICENSE LICENSE-APACHE /usr/share/doc/sprechstunde/

# The image holds no Postgres: DATABASE_URL and SPRECHSTUNDE_MASTER_KEY have to be given.
ENV SPRECHSTUNDE_LISTEN=0.0.0.0:8080 \
    SPRECHSTUNDE_DATA_DIR=/var/lib/sprechstunde
USER 10001:10001
WORKDIR /var/lib/sprechstunde
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["sprechstunde", "healthcheck"]
ENTRYPOINT ["sprechstunde"]
CMD ["serve"]

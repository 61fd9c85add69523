mod containers;
mod metrics;
mod outages;
mod transfer;

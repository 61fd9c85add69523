mod containers;
mod metrics;
mod outages;

mod containers;
mod metrics;

//! Gradients of normalisation over channels-last rows.
//!
//! - [`batch`]: through the statistics of the batch, or past running ones;
//! - [`group`]: through the statistics of each image: group, instance and layer normalisation;
//! - [`lrn`]: local response normalisation.
//!
//! Each file has the formula as `reference` (version 0), in f64, and the kernel (version 1). The
//! gradients of gamma and beta are sums over the batch in fixed blocks, so their bits do not depend
//! on the number of threads.

pub mod batch;
pub mod group;
pub mod lrn;

#[cfg(test)]
mod tests;

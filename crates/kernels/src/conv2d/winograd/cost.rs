//! What a 3x3 or 5x5 layer at stride 1 costs by each algorithm, in multiply-adds of the packed product.
//!
//! The constants are fits to measured layers (1 to 1024 channels on maps of 7 to 416); the choice between two algorithms needs no more than their order. `c` and `oc` are
//! channels, `map` is the output's height and width.

use super::Tile;
use crate::gemm::MR;
use crate::simd::LANES;

/// An input element through its transform.
const INPUT: f64 = 4.0;
/// An output element of a product: its store, tiles that are started and ended.
const STORE: f64 = 12.0;
/// An output element through its transform.
const OUTPUT: f64 = 5.0;
/// Whether sums are vectors. Where they are single numbers anyhow, starting products weighs less.
const VECTORS: bool = cfg!(target_feature = "simd128");
/// An element of a tile, however few its channels: places are worked out, products of one row are
/// started.
const ELEMENT: f64 = if VECTORS { 80.0 } else { 40.0 };
/// The same where channels do not fill the last panel: its lanes are stored one by one.
const PARTIAL: f64 = if VECTORS { 120.0 } else { 0.0 };
/// An input element that is copied between zeros.
const COPY: f64 = 3.0;

/// Reading the weights of a product, which other layers have pushed out of cache since the last run,
/// many of them as far as memory, whose reads do not overlap with the sums of later pixels.
fn reading(weights: f64) -> f64 {
    const NEAR: f64 = (1 << 15) as f64;
    weights * if weights > NEAR { 11.5 } else { 6.0 }
}

/// The cost by Winograd.
pub fn winograd(tile: Tile, c: usize, oc: usize, map: [usize; 2]) -> f64 {
    let tiles = (map[0].div_ceil(tile.out()) * map[1].div_ceil(tile.out())) as f64;
    let weights = (c * oc.next_multiple_of(MR)) as f64;
    let partial = if oc % MR == 0 { 0.0 } else { PARTIAL };
    let channels = INPUT * c.next_multiple_of(LANES) as f64 + (STORE + OUTPUT) * oc as f64;
    let ends = channels + ELEMENT + partial;
    tile.elements() as f64 * (tiles * (weights + ends) + reading(weights))
}

/// The cost by the packed product; `taps` is `KH * KW`.
pub fn packed(taps: usize, c: usize, oc: usize, map: [usize; 2]) -> f64 {
    let pixels = (map[0] * map[1]) as f64;
    let (taps, weights) = (taps as f64, (c * oc.next_multiple_of(MR)) as f64);
    pixels * (taps * weights + COPY * c as f64 + STORE * oc as f64) + taps * reading(weights)
}

/// The multiply-adds of all products of `[lines, columns]` tiles, and what each of several threads
/// does over again if lines are shared out (read all weights) or channels (transform all inputs).
pub fn split(tile: Tile, tiles: [usize; 2], c: usize, oc: usize) -> (usize, [usize; 2]) {
    let (elements, tiles) = (tile.elements() as f64, (tiles[0] * tiles[1]) as f64);
    let weights = (c * oc) as f64;
    let again = [elements * reading(weights), INPUT * elements * tiles * c as f64];
    ((tiles * elements * weights) as usize, again.map(|cost| cost as usize))
}

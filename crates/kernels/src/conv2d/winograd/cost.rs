//! What a 3x3 or 5x5 layer at stride 1 costs by each algorithm, in multiply-adds of the packed product.
//!
//! A cost is a sum over what an algorithm does, each part at the rate that measured layers gave it (1
//! to 512 channels on maps of 7 to 224); a choice needs no more than the order of the costs. `c` and
//! `oc` are channels, `map` is the output's height and width.

use super::tile::most_tiles;
use crate::simd::LANES;
use crate::winograd::Tile;

/// Channels of a panel, as costs count them: wider ones choose the same algorithms, and so give the
/// same bits.
const PANEL: usize = 8;

/// Elements of a filter from which on other layers have pushed its weights out of cache since the
/// last run.
const FAR: usize = 1 << 16;
/// The same of the last cache, which does not keep them while they are read either: four times as
/// many by Winograd, and other layers have theirs.
const FARTHER: usize = 1 << 20;

/// Elements of a filter from which on the weights that it becomes weigh on a model's memory.
const MANY: usize = 1 << 19;

/// Multiply-adds in the time of one of the other things.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Not a rate: the fewest channels of a depthwise layer that are worth loops of their own at a
    /// stride over 1, where those that fill no vector are summed one by one.
    pub depthwise: usize,
    /// Nor is this: the part of the cost by smaller tiles that larger ones may take at most where
    /// weights are [`MANY`], of which 4x4 tiles have 2.25 times as many as 2x2.
    worth: f64,
    /// A sum of a product, however short: its start and its store.
    sum: f64,
    /// A row of a product whose channels do not fill the last panel: its lanes are stored one by one.
    partial: f64,
    /// An input element that is copied between zeros.
    copy: f64,
    /// An input element of a tile through its transform.
    input: f64,
    /// A pixel of a tile, besides, where its channels are no whole vectors: pixels are then copied
    /// and transformed one at a time.
    odd_input: f64,
    /// A pixel of a tile's output where its channels are no whole vectors: lanes are stored one by
    /// one.
    odd_output: f64,
    /// One of a block's products, whatever its size: calls, and finding its rows.
    product: f64,
    /// A weight that is no longer near, and one that comes from memory.
    weight: [f64; 2],
}

impl Rates {
    /// Without SIMD, where multiply-adds are so slow that little else matters.
    pub const SCALAR: Self = Rates {
        depthwise: 1,
        worth: 1.0,
        sum: 9.0,
        partial: 0.0,
        copy: 2.0,
        input: 2.4,
        odd_input: 15.0,
        odd_output: 25.0,
        product: 280.0,
        weight: [0.25; 2],
    };
    /// With SIMD, relaxed or not.
    pub const VECTORS: Self = Rates {
        depthwise: LANES,
        worth: 0.75,
        sum: 16.0,
        partial: 115.0,
        copy: 7.0,
        input: 6.0,
        odd_input: 180.0,
        odd_output: 240.0,
        product: 1200.0,
        weight: [1.8, 11.5],
    };
    /// Of what is being compiled.
    pub const NATIVE: Self =
        if cfg!(target_feature = "simd128") { Self::VECTORS } else { Self::SCALAR };

    /// The cost of a product of `rows` by `oc` sums over `k`.
    pub fn product(&self, rows: f64, k: usize, oc: usize) -> f64 {
        let sums = oc.next_multiple_of(PANEL) as f64;
        let partial = if oc % PANEL == 0 { 0.0 } else { self.partial };
        rows * (sums * (k as f64 + self.sum) + partial)
    }

    /// The cost of reading `weights`, which are made from a filter of `filter` elements.
    fn reading(&self, weights: usize, filter: usize) -> f64 {
        let [far, farther] = self.weight;
        let rate = match filter {
            ..FAR => 0.0,
            FAR..FARTHER => far,
            _ => farther,
        };
        rate * weights as f64
    }

    /// Whether larger tiles are worth their weights, by their cost and that of smaller ones, for a
    /// filter of `filter` elements. Of equals the smaller are, which are the more accurate, too.
    pub fn pays(&self, larger: f64, smaller: f64, filter: usize) -> bool {
        larger < if filter < MANY { smaller } else { self.worth * smaller }
    }

    /// The cost by Winograd.
    pub fn winograd(&self, tile: Tile, c: usize, oc: usize, map: [usize; 2]) -> f64 {
        let tiles = map[0].div_ceil(tile.out()) * map[1].div_ceil(tile.out());
        let [channels, outs] = [c, oc].map(|channels| channels.next_multiple_of(LANES));
        let blocks = tiles.div_ceil(most_tiles(tile, channels + outs));
        let (elements, tiles) = (tile.elements(), tiles as f64);
        let odd_input = if c == channels { 0.0 } else { self.odd_input };
        let odd_output = if oc == outs { 0.0 } else { self.odd_output };

        let inputs = elements as f64 * (self.input * channels as f64 + odd_input);
        let outputs = tile.out().pow(2) as f64 * odd_output;
        let products = elements as f64 * self.product(tiles, c, oc);
        let calls = (elements * blocks) as f64 * self.product;
        let weights = elements * c * oc.next_multiple_of(PANEL);
        tiles * (inputs + outputs)
            + products
            + calls
            + self.reading(weights, tile.taps().pow(2) * c * oc)
    }

    /// The cost by the packed product; `taps` is `KH * KW`.
    pub fn packed(&self, taps: usize, c: usize, oc: usize, map: [usize; 2]) -> f64 {
        let pixels = (map[0] * map[1]) as f64;
        let weights = taps * c * oc.next_multiple_of(PANEL);
        self.product(pixels, taps * c, oc)
            + pixels * self.copy * c as f64
            + self.reading(weights, taps * c * oc)
    }
}

/// The multiply-adds of all products of `[lines, columns]` tiles, and what each of several threads
/// does over again if lines are shared out (read all weights) or channels (transform all inputs).
pub fn split(tile: Tile, tiles: [usize; 2], c: usize, oc: usize) -> (usize, [usize; 2]) {
    /// Weights of a product that are near; farther ones cost more where threads share the way.
    const NEAR: usize = 1 << 15;
    let (elements, tiles) = (tile.elements() as f64, (tiles[0] * tiles[1]) as f64);
    let weights = (c * oc) as f64;
    let reading = if c * oc > NEAR { 11.5 } else { 6.0 };
    let again = [elements * reading * weights, 4.0 * elements * tiles * c as f64];
    ((tiles * elements * weights) as usize, again.map(|cost| cost as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Rates; 2] = [Rates::SCALAR, Rates::VECTORS];
    const TILES: [Tile; 3] = [Tile::F2, Tile::F4, Tile::F2Of5];

    /// All costs of a layer: by tile, and by the packed product.
    fn costs(rates: &Rates, c: usize, oc: usize, map: usize) -> Vec<f64> {
        let map = [map; 2];
        let packed = [9, 25].map(|taps| rates.packed(taps, c, oc, map));
        let winograd = TILES.map(|tile| rates.winograd(tile, c, oc, map));
        winograd.into_iter().chain(packed).collect()
    }

    /// Every cost of the second layer is greater than that of the first.
    fn assert_grows(less: [usize; 3], more: [usize; 3]) {
        for rates in ALL {
            let [less_costs, more_costs] =
                [less, more].map(|[c, oc, map]| costs(&rates, c, oc, map));
            for (a, b) in less_costs.iter().zip(&more_costs) {
                assert!(a < b, "{less:?} costs {less_costs:?}, {more:?} {more_costs:?}");
            }
        }
    }

    /// Small channels are what a rate of one vector or panel could get wrong: the layer that fills it
    /// may well be the cheaper one, the next that fills it never is.
    #[test]
    fn more_costs_more() {
        for channels in (8..=520).step_by(8) {
            assert_grows([channels, 16, 14], [channels + 8, 16, 14]);
            assert_grows([16, channels, 14], [16, channels + 8, 14]);
        }
        for c in 1..=9 {
            for oc in 1..=9 {
                for map in [4, 8, 28, 112] {
                    assert_grows([c, oc, map], [c, oc, map + 4]);
                    assert_grows([c, oc, map], [c + 4, oc, map]);
                    assert_grows([c, oc, map], [c, oc + 8, map]);
                }
            }
        }
    }

    /// A panel that is not full costs all of its multiply-adds, and its stores besides.
    #[test]
    fn empty_lanes_are_not_free() {
        for rates in ALL {
            for (c, oc, map) in [(1, 8, 7), (6, 16, 28), (64, 24, 14), (3, 64, 224)] {
                let (full, ragged) = (costs(&rates, c, oc, map), costs(&rates, c, oc - 1, map));
                assert!(full.iter().zip(&ragged).all(|(full, ragged)| ragged >= full));
            }
        }
    }

    /// On large maps the cost of a pixel settles: nothing is paid once a layer but its weights.
    #[test]
    fn large_maps_cost_in_proportion() {
        for rates in ALL {
            for (c, oc) in [(1, 1), (6, 16), (64, 64)] {
                for (a, b) in costs(&rates, c, oc, 256).iter().zip(&costs(&rates, c, oc, 512)) {
                    assert!((3.6..4.1).contains(&(b / a)), "{c} to {oc}: {a} and {b}");
                }
            }
        }
    }

    #[test]
    fn many_weights_have_to_pay() {
        let pays = |filter, cost| ALL.map(|rates| rates.pays(cost, 100.0, filter));
        assert_eq!(pays(MANY - 1, 99.0), [true, true]);
        assert_eq!(pays(MANY - 1, 100.0), [false, false]);
        assert_eq!(pays(MANY, 99.0), [true, false]);
        assert_eq!(pays(MANY, 74.0), [true, true]);
    }

    #[test]
    fn weights_that_are_far_are_paid_for() {
        for rates in ALL {
            assert_eq!(rates.reading(10, FAR - 1), 0.0);
            assert_eq!(rates.reading(10, FAR), 10.0 * rates.weight[0]);
            assert_eq!(rates.reading(10, FARTHER - 1), 10.0 * rates.weight[0]);
            assert_eq!(rates.reading(10, FARTHER), 10.0 * rates.weight[1]);
        }
    }
}

//! Which algorithm computes the gradient of an input: a pure function of the shape, so that the
//! choice can be tested and shown.

use super::turned::Repacked;
use crate::conv2d::backward::Shape;
use crate::conv2d::select::fastest;
use crate::conv2d::winograd::Rates;
use crate::filter::{Layout, pack};
use crate::gemm::MR;
use crate::simd::LANES;

/// What runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// [`super::turned`], with the weights in this layout.
    Turned(Layout),
    /// [`super::columns`]
    Columns,
    /// [`crate::conv2d::backward::depthwise::input_gradient`]
    Depthwise,
}

impl Algorithm {
    /// The name in profiles.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Turned(Layout::Winograd(_)) => "winograd",
            Algorithm::Turned(Layout::Depthwise) => "depthwise",
            Algorithm::Turned(_) => "packed",
            Algorithm::Columns => "columns",
            Algorithm::Depthwise => "gathered",
        }
    }
}

/// The cheapest algorithm for a shape.
pub fn select(shape: &Shape) -> Algorithm {
    cheapest(&Rates::NATIVE, shape)
}

fn cheapest(rates: &Rates, shape: &Shape) -> Algorithm {
    let turned = Repacked::turned(shape, |spec, usage| fastest(rates, spec, usage));
    if shape.spec().is_depthwise() {
        let layout = turned.map(|turned| turned.layout());
        return layout.map_or(Algorithm::Depthwise, Algorithm::Turned);
    }
    match turned {
        Some(turned) if turned_cost(rates, shape.n(), &turned) <= columns_cost(rates, shape) => {
            Algorithm::Turned(turned.layout())
        }
        _ => Algorithm::Columns,
    }
}

/// Multiply-adds of the packed product in the time of a weight's packing, and of its transform.
const PACK: f64 = pack::PACK as f64;
const TRANSFORM: f64 = pack::TRANSFORM as f64;

/// The same for an element of the columns that is summed, in whole vectors.
const GATHER: f64 = 2.0;

/// The cost by the forward's kernels, in multiply-adds of the packed product.
fn turned_cost(rates: &Rates, n: usize, turned: &Repacked) -> f64 {
    let (spec, window) = (turned.spec(), turned.window());
    let map = [window.oh, window.ow];
    let (c, oc) = (spec.dims[1], spec.dims[0] / spec.groups);
    let weights = (spec.dims[0] * spec.row_len()) as f64;
    match turned.layout() {
        Layout::Winograd(tile) => n as f64 * rates.winograd(tile, c, oc, map) + TRANSFORM * weights,
        // Nothing is copied between zeros for a kernel of one tap.
        _ if spec.taps() == 1 => {
            let pixels = (n * spec.groups * map[0] * map[1]) as f64;
            rates.product(pixels, c, oc) + PACK * weights
        }
        _ => (n * spec.groups) as f64 * rates.packed(spec.taps(), c, oc, map) + PACK * weights,
    }
}

/// The cost by columns, in the same unit.
fn columns_cost(rates: &Rates, shape: &Shape) -> f64 {
    let (window, spec, cg) = (shape.window(), shape.spec(), shape.cg());
    let row = (window.x.kernel * cg).next_multiple_of(MR);
    let rows = (shape.pixels() * window.y.kernel * spec.groups) as f64;
    let gather = GATHER * cg.next_multiple_of(LANES) as f64;
    let products = rows * rates.product(1.0, spec.m(), row);
    products + rows * window.x.kernel as f64 * gather + PACK * shape.weight_len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{Axis, Window};

    fn shape([n, groups, cg, m]: [usize; 4], [size, kernel, stride, pad]: [usize; 4]) -> Shape {
        let axis = Axis { size, kernel, stride, before: pad, after: pad, dilation: 1, ceil: false };
        let window = Window::new(groups * cg, axis, axis).unwrap();
        Shape::new(n, window, groups * m, groups).unwrap()
    }

    /// What is chosen, and why.
    #[test]
    fn the_cheapest_input_gradient() {
        let plain = |size, kernel, pad| [size, kernel, 1, pad];
        let strided = |size, kernel, pad| [size, kernel, 2, pad];
        let rows = [
            // A stride would put zeros between the outputs.
            ("ResNet, first", [1, 1, 3, 64], strided(224, 7, 3), ["columns"; 2]),
            ("ResNet, downsampling", [8, 1, 64, 128], strided(56, 3, 1), ["columns"; 2]),
            ("ResNet, shortcut", [8, 1, 64, 128], strided(56, 1, 0), ["columns"; 2]),
            // 25 * 16 * 14 * 14 multiply-adds a channel turned, 25 * 16 * 10 * 10 by columns. Without
            // SIMD Winograd's 36 for each 4 pixels are fewer still.
            ("LeNet, second", [64, 1, 6, 16], plain(14, 5, 0), ["winograd", "columns"]),
            ("as large as the map", [64, 1, 16, 120], plain(5, 5, 0), ["columns"; 2]),
            // Small filters on large maps.
            ("VGG, second", [8, 1, 64, 64], plain(224, 3, 1), ["winograd"; 2]),
            ("ResNet, stage 1", [8, 1, 64, 64], plain(56, 3, 1), ["winograd"; 2]),
            ("pointwise", [8, 1, 64, 128], plain(28, 1, 0), ["packed"; 2]),
            ("a few channels", [8, 1, 8, 8], plain(28, 7, 3), ["packed"; 2]),
            // More padding than the filter reaches over: the turned filter would have less than none.
            ("padded too much", [8, 1, 64, 64], plain(28, 1, 1), ["columns"; 2]),
            ("depthwise", [8, 32, 1, 1], plain(28, 3, 1), ["depthwise"; 2]),
            ("depthwise at a stride", [8, 32, 1, 1], strided(28, 3, 1), ["gathered"; 2]),
        ];
        for (name, counts, axis, expected) in rows {
            let shape = shape(counts, axis);
            let got = [Rates::SCALAR, Rates::VECTORS].map(|rates| cheapest(&rates, &shape).name());
            assert_eq!(got, expected, "{name}");
        }
    }
}

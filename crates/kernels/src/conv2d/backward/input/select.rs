//! Which algorithm computes the gradient of an input: a pure function of the shape, so that the
//! choice can be tested and shown.

use super::turned::Repacked;
use crate::conv2d::backward::Shape;
use crate::conv2d::winograd::Rates;
use crate::filter::Layout;
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
    let turned = Repacked::turned(shape, None);
    if shape.spec().is_depthwise() {
        let layout = turned.map(|turned| turned.layout());
        return layout.map_or(Algorithm::Depthwise, Algorithm::Turned);
    }
    match turned {
        Some(turned) if turned_cost(shape.n(), &turned) <= columns_cost(shape) => {
            Algorithm::Turned(turned.layout())
        }
        _ => Algorithm::Columns,
    }
}

/// Multiply-adds of the packed product in the time of a weight's packing, and of its transform.
const PACK: f64 = 8.0;
const TRANSFORM: f64 = 64.0;

/// The same for an element of the columns that is summed: in vectors, or alone.
const GATHER: f64 = 2.0;
const GATHER_ONE: f64 = 8.0;

/// The cost by the forward's kernels, in multiply-adds of the packed product.
fn turned_cost(n: usize, turned: &Repacked) -> f64 {
    let (rates, spec, window) = (Rates::NATIVE, turned.spec(), turned.window());
    let map = [window.oh, window.ow];
    let (c, oc) = (spec.dims[1], spec.dims[0] / spec.groups);
    let weights = (spec.dims[0] * spec.row_len()) as f64;
    match turned.layout() {
        Layout::Winograd(tile) => n as f64 * rates.winograd(tile, c, oc, map) + TRANSFORM * weights,
        _ => (n * spec.groups) as f64 * rates.packed(spec.taps(), c, oc, map) + PACK * weights,
    }
}

/// The cost by columns, in the same unit.
fn columns_cost(shape: &Shape) -> f64 {
    let (window, spec, cg) = (shape.window(), shape.spec(), shape.cg());
    let row = (window.x.kernel * cg).next_multiple_of(MR);
    let rows = (shape.pixels() * window.y.kernel * spec.groups) as f64;
    let vectors = cg / LANES * LANES;
    let gather = GATHER * vectors as f64 + GATHER_ONE * (cg - vectors) as f64;
    let products = rows * Rates::NATIVE.product(1.0, spec.m(), row);
    products + rows * window.x.kernel as f64 * gather + PACK * shape.weight_len() as f64
}

//! Which algorithm runs a convolution: pure functions, so that the choice can be tested and shown.

use super::winograd::{self, Rates};
use crate::error::{Code, Error};
use crate::filter::{FilterSpec, Kind, Layout, Product};
use crate::geometry::Window;
use crate::simd::LANES;
use crate::winograd::Tile;

/// What the caller asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    /// The fastest.
    Auto,
    /// The loops of the formula.
    Naive,
    /// im2col and a plain product.
    Im2col,
    /// im2col and a product by blocks that stay in cache.
    Blocked,
    /// The packed GEMM over windows where they lie.
    Packed,
    /// Winograd with 4x4 tiles wherever it is possible, elsewhere as [`Requested::Auto`].
    Winograd,
    /// Winograd with 2x2 tiles likewise, which rounds less, elsewhere depthwise wherever it is
    /// possible. Layers have no name for it: it is for measuring what [`Requested::Auto`] chooses
    /// between.
    Winograd2,
}

/// What runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// [`super::naive`]
    Naive,
    /// [`super::im2col`]
    Im2col,
    /// [`super::blocked`]
    Blocked,
    /// [`super::packed`]
    Packed,
    /// [`super::packed`] of a 1x1 kernel, whose rows are the pixels.
    Pointwise,
    /// [`super::depthwise`]
    Depthwise,
    /// [`super::winograd`]
    Winograd(Tile),
}

impl Algorithm {
    /// The name in `summary()` and profiles.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Naive => "naive",
            Algorithm::Im2col => "im2col",
            Algorithm::Blocked => "blocked",
            Algorithm::Packed => "packed",
            Algorithm::Pointwise => "pointwise",
            Algorithm::Depthwise => "depthwise",
            Algorithm::Winograd(Tile::F2) => "winograd 2x2",
            Algorithm::Winograd(Tile::F4) => "winograd 4x4",
            Algorithm::Winograd(Tile::F2Of5) => "winograd 2x2, 5x5",
        }
    }
}

/// How a layer uses its filter, as far as it is the same for inputs of every size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Vertical and horizontal stride.
    pub stride: [usize; 2],
    /// Vertical and horizontal dilation.
    pub dilation: [usize; 2],
    /// Height and width of the output map, 0 where the model leaves it open.
    pub map: [usize; 2],
}

impl Usage {
    /// A filter that does not walk, or of which nothing is known.
    pub const PLAIN: Self = Usage { stride: [1; 2], dilation: [1; 2], map: [0; 2] };
}

/// The layout a filter is packed into, once, whatever sizes its model is later run on.
pub fn layout(requested: Requested, spec: &FilterSpec, usage: &Usage) -> Layout {
    match requested {
        Requested::Naive => Layout::Raw,
        Requested::Im2col | Requested::Blocked if spec.kind != Kind::Conv => Layout::Rows,
        Requested::Im2col => Layout::Columns(Product::Plain),
        Requested::Blocked => Layout::Columns(Product::Blocked),
        Requested::Packed => Layout::Panels,
        Requested::Auto => fastest(&Rates::NATIVE, spec, usage),
        Requested::Winograd => match tiles(spec, usage).last() {
            Some(&tile) => Layout::Winograd(tile),
            None => fastest(&Rates::NATIVE, spec, usage),
        },
        Requested::Winograd2 if spec.is_depthwise() => Layout::Depthwise,
        Requested::Winograd2 => {
            tiles(spec, usage).first().map_or(Layout::Panels, |&tile| Layout::Winograd(tile))
        }
    }
}

/// The Winograd tiles that a layer can have, the largest last.
fn tiles(spec: &FilterSpec, usage: &Usage) -> &'static [Tile] {
    let walks = usage.stride == [1, 1] && usage.dilation == [1, 1];
    if walks { spec.tiles() } else { &[] }
}

/// Open maps count as large ones.
const LARGE: usize = 64;

/// The layout of the fastest algorithm at the given rates.
pub(in crate::conv2d) fn fastest(rates: &Rates, spec: &FilterSpec, usage: &Usage) -> Layout {
    let map = usage.map.map(|size| if size == 0 { LARGE } else { size });
    let (c, oc) = (spec.in_channels(), spec.out_channels());
    // A depthwise GEMM has K = KH * KW and fills one of MR lanes. Channels that fill no vector are
    // taken with those of the next pixels, which then have to lie beside each other; of a narrow
    // map a large kernel has too many pixels left over.
    let beside = usage.stride[1] == 1 && (map[1] >= 2 * LANES || spec.taps() <= 9);
    if spec.is_depthwise() && (c >= rates.depthwise || beside) {
        return Layout::Depthwise;
    }
    let mut best = (rates.packed(spec.taps(), c, oc, map), Layout::Panels);
    for &tile in tiles(spec, usage) {
        let cost = rates.winograd(tile, c, oc, map);
        let better = match best.1 {
            Layout::Winograd(_) => rates.pays(cost, best.0, spec.taps() * c * oc),
            _ => cost < best.0,
        };
        if better {
            best = (cost, Layout::Winograd(tile));
        }
    }
    best.1
}

/// The algorithm for a packed filter and a window, or [`Code::Weights`] if they do not fit.
pub fn select(spec: &FilterSpec, layout: Layout, window: &Window) -> Result<Algorithm, Error> {
    debug_assert_eq!(spec.kind, Kind::Conv);
    match layout {
        Layout::Raw => Ok(Algorithm::Naive),
        Layout::Columns(Product::Plain) => Ok(Algorithm::Im2col),
        Layout::Columns(Product::Blocked) => Ok(Algorithm::Blocked),
        Layout::Depthwise => Ok(Algorithm::Depthwise),
        Layout::Panels if is_pointwise(window) => Ok(Algorithm::Pointwise),
        Layout::Panels => Ok(Algorithm::Packed),
        Layout::Winograd(tile) if winograd::walks(tile, window) => Ok(Algorithm::Winograd(tile)),
        Layout::Rows | Layout::Winograd(_) => {
            let message = format!("filter is packed as {layout:?}, which the layer rules out");
            Err(Error::new(Code::Weights, message))
        }
    }
}

fn is_pointwise(window: &Window) -> bool {
    let plain = |axis: crate::geometry::Axis| {
        axis.kernel == 1 && axis.stride == 1 && axis.before == 0 && axis.after == 0
    };
    plain(window.y) && plain(window.x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Axis;

    fn chosen(
        dims: [usize; 4],
        groups: usize,
        stride: usize,
        pad: usize,
        r: Requested,
    ) -> Algorithm {
        let spec = FilterSpec::new(Kind::Conv, dims, groups).unwrap();
        let axis = |kernel| Axis {
            size: 8,
            kernel,
            stride,
            before: pad,
            after: pad,
            dilation: 1,
            ceil: false,
        };
        let window = Window::new(spec.in_channels(), axis(dims[2]), axis(dims[3])).unwrap();
        let map = [window.oh, window.ow];
        let usage = Usage { stride: [stride; 2], dilation: [1; 2], map };
        select(&spec, layout(r, &spec, &usage), &window).unwrap()
    }

    #[test]
    fn boundaries() {
        use Algorithm::*;
        use Requested::Auto;
        let rows = [
            ([8, 4, 3, 3], 1, 2, 1, Auto, Packed),
            ([8, 4, 3, 3], 1, 2, 1, Requested::Winograd, Packed),
            ([8, 4, 3, 3], 1, 1, 1, Requested::Winograd, Winograd(Tile::F4)),
            ([8, 4, 3, 3], 1, 1, 1, Requested::Packed, Packed),
            ([8, 4, 5, 5], 1, 1, 2, Requested::Winograd, Winograd(Tile::F2Of5)),
            ([8, 4, 5, 5], 1, 2, 2, Requested::Winograd, Packed),
            ([8, 4, 7, 7], 1, 1, 2, Requested::Winograd, Packed),
            ([8, 4, 1, 1], 1, 1, 0, Auto, Pointwise),
            ([8, 4, 1, 1], 1, 2, 0, Auto, Packed),
            ([8, 4, 1, 1], 1, 1, 1, Auto, Packed),
            ([8, 4, 1, 3], 1, 1, 0, Auto, Packed),
            ([8, 1, 3, 3], 8, 1, 1, Auto, Depthwise),
            ([16, 1, 3, 3], 8, 1, 1, Auto, Packed),
            ([8, 2, 3, 3], 4, 1, 1, Auto, Packed),
            ([8, 1, 3, 3], 1, 1, 1, Auto, Packed),
            ([1, 1, 3, 3], 1, 1, 1, Auto, Depthwise),
            ([8, 1, 3, 3], 8, 1, 1, Requested::Winograd, Depthwise),
            ([8, 1, 3, 3], 8, 1, 1, Requested::Packed, Algorithm::Packed),
            ([8, 1, 3, 3], 8, 1, 1, Requested::Naive, Algorithm::Naive),
            ([8, 1, 1, 1], 8, 1, 0, Requested::Im2col, Algorithm::Im2col),
            ([8, 4, 3, 3], 1, 1, 1, Requested::Blocked, Algorithm::Blocked),
            ([8, 4, 3, 3], 1, 1, 1, Requested::Winograd2, Winograd(Tile::F2)),
            ([8, 4, 3, 3], 1, 2, 1, Requested::Winograd2, Packed),
            ([3, 1, 3, 3], 3, 1, 1, Requested::Winograd2, Depthwise),
        ];
        for (dims, groups, stride, pad, requested, expected) in rows {
            let got = chosen(dims, groups, stride, pad, requested);
            assert_eq!(got, expected, "{dims:?} groups {groups} stride {stride} pad {pad}");
        }
    }

    const TILES: [Tile; 3] = [Tile::F2, Tile::F4, Tile::F2Of5];
    const BOTH: [Rates; 2] = [Rates::SCALAR, Rates::VECTORS];

    /// What `auto` takes for `c` to `oc` channels at stride 1, without SIMD and with it.
    fn both([oc, c]: [usize; 2], kernel: usize, map: usize) -> [Layout; 2] {
        let spec = FilterSpec::new(Kind::Conv, [oc, c, kernel, kernel], 1).unwrap();
        let usage = Usage { stride: [1; 2], dilation: [1; 2], map: [map; 2] };
        BOTH.map(|rates| fastest(&rates, &spec, &usage))
    }

    /// Layers of real networks, and what was measured to be fastest for each, without SIMD and with it.
    #[test]
    fn the_cheapest_of_three() {
        let packed = [Layout::Panels; 2];
        let [f2, f4, of_5] = TILES.map(|tile| [Layout::Winograd(tile); 2]);
        // Weights from memory: 36 for each 16 of the smaller tiles, which multiply more.
        let many = [f4[0], f2[1]];
        let rows = [
            ("VGG, first", [64, 3], 3, 224, [f4[0], packed[1]]),
            ("YOLO, first", [16, 3], 3, 416, [f4[0], packed[1]]),
            ("VGG, second", [64, 64], 3, 224, f4),
            ("ResNet-18, stage 1", [64, 64], 3, 56, f4),
            ("ResNet-18, stage 2", [128, 128], 3, 28, f4),
            ("ResNet-18, stage 3", [256, 256], 3, 14, many),
            ("half its map", [256, 256], 3, 7, f4),
            ("ResNet-18, stage 4", [512, 512], 3, 7, many),
            ("VGG, last", [512, 512], 3, 14, many),
            ("YOLO, last", [1024, 512], 3, 13, many),
            ("VGG, before", [512, 512], 3, 28, f4),
            ("its map, fewer channels", [64, 64], 3, 7, f4),
            ("U-Net, open size", [32, 32], 3, 0, f4),
            ("a single pixel", [512, 512], 3, 1, packed),
            ("AlexNet, second", [192, 64], 5, 27, of_5),
            ("LeNet, first", [6, 1], 5, 28, packed),
            ("a single pixel", [64, 64], 5, 1, packed),
        ];
        for (name, channels, kernel, map, expected) in rows {
            assert_eq!(both(channels, kernel, map), expected, "{name}");
        }
    }

    /// Two or three channels fill vectors only with those of the next pixels, at stride 1.
    #[test]
    fn depthwise_layers_that_fill_no_vector() {
        for (c, stride, expected) in [
            (1, 1, [Layout::Depthwise; 2]),
            (3, 1, [Layout::Depthwise; 2]),
            (1, 2, [Layout::Depthwise, Layout::Panels]),
            (3, 2, [Layout::Depthwise, Layout::Panels]),
            (4, 2, [Layout::Depthwise; 2]),
            (5, 2, [Layout::Depthwise; 2]),
        ] {
            let spec = FilterSpec::new(Kind::Conv, [c, 1, 3, 3], c).unwrap();
            let usage = Usage { stride: [stride; 2], ..Usage::PLAIN };
            let got = BOTH.map(|rates| fastest(&rates, &spec, &usage));
            assert_eq!(got, expected, "{c} channels, stride {stride}");
        }
    }

    /// The sums that Winograd saves grow with `C * OC`, what it does besides with `C + OC`.
    #[test]
    fn winograd_is_for_many_channels() {
        for map in [7, 14, 28, 56, 112, 224] {
            for few in 2..=3 {
                assert_eq!(both([few; 2], 3, map)[1], Layout::Panels, "{few} on {map}");
            }
            assert_eq!(both([1, 1], 3, map), [Layout::Depthwise; 2], "1 on {map}");
            for many in [32, 48, 64, 128] {
                let f4 = Layout::Winograd(Tile::F4);
                assert_eq!(both([many; 2], 3, map), [f4; 2], "{many} on {map}");
            }
        }
    }
}

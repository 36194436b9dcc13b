//! Which algorithm runs a convolution: pure functions, so that the choice can be tested and shown.

use crate::error::{Code, Error};
use crate::gemm::pack::{FilterSpec, Kind, Layout};
use crate::geometry::Window;

/// What the caller asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    /// The fastest.
    Auto,
    /// The loops of the formula.
    Naive,
    /// im2col and the naive GEMM.
    Im2col,
    /// im2col and the packed GEMM.
    Packed,
}

impl Requested {
    /// From the number in a descriptor.
    pub fn from_word(word: u32) -> Result<Self, Error> {
        match word {
            0 => Ok(Requested::Auto),
            1 => Ok(Requested::Naive),
            2 => Ok(Requested::Im2col),
            3 => Ok(Requested::Packed),
            other => Err(Error::new(Code::Descriptor, format!("no algorithm has number {other}"))),
        }
    }
}

/// What runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// [`super::naive`]
    Naive,
    /// [`super::im2col`]
    Im2col,
    /// [`super::packed`]
    Packed,
    /// [`super::packed::pointwise`]
    Pointwise,
    /// [`super::depthwise`]
    Depthwise,
}

impl Algorithm {
    /// The name in `summary()` and profiles.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Naive => "naive",
            Algorithm::Im2col => "im2col",
            Algorithm::Packed => "packed",
            Algorithm::Pointwise => "pointwise",
            Algorithm::Depthwise => "depthwise",
        }
    }
}

/// The layout a filter is packed into. It depends on the filter alone, so that one packed filter
/// serves programs for every input size.
pub fn layout(requested: Requested, spec: &FilterSpec) -> Layout {
    match requested {
        Requested::Naive => Layout::Raw,
        Requested::Im2col => Layout::Rows,
        Requested::Packed => Layout::Panels,
        // A depthwise GEMM would have K = KH * KW and fill one of MR lanes.
        Requested::Auto if spec.is_depthwise() => Layout::Depthwise,
        Requested::Auto => Layout::Panels,
    }
}

/// The algorithm for a packed filter and a window.
pub fn select(spec: &FilterSpec, layout: Layout, window: &Window) -> Algorithm {
    debug_assert_eq!(spec.kind, Kind::Conv);
    match layout {
        Layout::Raw => Algorithm::Naive,
        Layout::Rows => Algorithm::Im2col,
        Layout::Depthwise => Algorithm::Depthwise,
        Layout::Panels if is_pointwise(window) => Algorithm::Pointwise,
        Layout::Panels => Algorithm::Packed,
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
        select(&spec, layout(r, &spec), &window)
    }

    #[test]
    fn boundaries() {
        use Algorithm::*;
        use Requested::Auto;
        let rows = [
            ([8, 4, 3, 3], 1, 1, 1, Auto, Packed),
            ([8, 4, 1, 1], 1, 1, 0, Auto, Pointwise),
            ([8, 4, 1, 1], 1, 2, 0, Auto, Packed),
            ([8, 4, 1, 1], 1, 1, 1, Auto, Packed),
            ([8, 4, 1, 3], 1, 1, 0, Auto, Packed),
            ([8, 1, 3, 3], 8, 1, 1, Auto, Depthwise),
            ([16, 1, 3, 3], 8, 1, 1, Auto, Packed),
            ([8, 2, 3, 3], 4, 1, 1, Auto, Packed),
            ([8, 1, 3, 3], 1, 1, 1, Auto, Packed),
            ([8, 1, 3, 3], 8, 1, 1, Requested::Packed, Algorithm::Packed),
            ([8, 1, 3, 3], 8, 1, 1, Requested::Naive, Algorithm::Naive),
            ([8, 1, 1, 1], 8, 1, 0, Requested::Im2col, Algorithm::Im2col),
        ];
        for (dims, groups, stride, pad, requested, expected) in rows {
            let got = chosen(dims, groups, stride, pad, requested);
            assert_eq!(got, expected, "{dims:?} groups {groups} stride {stride} pad {pad}");
        }
    }
}

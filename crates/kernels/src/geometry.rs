//! Where a window lands: the one place that computes output sizes.
//!
//! Convolution and pooling share the rule
//! `out = floor((in + pad_before + pad_after - dilation * (kernel - 1) - 1) / stride) + 1`
//! (Dumoulin and Visin 2016, arXiv 1603.07285). With `ceil` the division rounds up, and a last
//! window that would start in the trailing padding is dropped, as in PyTorch.

use crate::error::{Code, Error};

/// Largest size of one axis, kernel, stride, pad or dilation; products of two fit in `i64` easily.
const AXIS_MAX: usize = 1 << 30;

/// One axis of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    /// Input size.
    pub size: usize,
    /// Kernel size.
    pub kernel: usize,
    /// Distance between windows.
    pub stride: usize,
    /// Padding before the first element.
    pub before: usize,
    /// Padding after the last element.
    pub after: usize,
    /// Distance between kernel taps.
    pub dilation: usize,
    /// Whether a partial last window counts.
    pub ceil: bool,
}

impl Axis {
    /// The number of window positions, or [`Code::Geometry`] if there is none, or a size, kernel,
    /// stride or dilation is not from 1 to 2^30, or padding is more than that.
    pub fn output(&self) -> Result<usize, Error> {
        let named = [
            ("size", self.size, 1),
            ("kernel", self.kernel, 1),
            ("stride", self.stride, 1),
            ("dilation", self.dilation, 1),
            ("padding", self.before, 0),
            ("padding", self.after, 0),
        ];
        for (name, value, least) in named {
            if value < least || value > AXIS_MAX {
                return Err(Error::new(
                    Code::Geometry,
                    format!("{name} is {value}, expected {least} to {AXIS_MAX}"),
                ));
            }
        }
        let span = self.dilation as u64 * (self.kernel as u64 - 1) + 1;
        let padded = (self.size + self.before + self.after) as u64;
        let Some(room) = padded.checked_sub(span) else {
            return Err(Error::new(
                Code::Geometry,
                format!("the dilated kernel spans {span}, more than the padded input of {padded}"),
            ));
        };
        let stride = self.stride as u64;
        let mut out = room / stride + 1;
        if self.ceil && room % stride != 0 && out * stride < (self.size + self.before) as u64 {
            out += 1;
        }
        Ok(out as usize)
    }

    /// The taps of the window at `out` that fall inside the input, as a range of kernel indices;
    /// empty if none does. The axis was checked by [`Axis::output`].
    #[inline]
    pub fn taps(&self, out: usize) -> core::ops::Range<usize> {
        let start = out * self.stride;
        // Most windows are not dilated, and a division takes longer than their pixels do.
        let taps =
            |room: usize| if self.dilation == 1 { room } else { room.div_ceil(self.dilation) };
        let first = taps(self.before.saturating_sub(start));
        let room = (self.size + self.before).saturating_sub(start);
        let last = taps(room).min(self.kernel);
        first.min(last)..last
    }

    /// The input index of a tap that [`Axis::taps`] says is inside.
    #[inline]
    pub fn input(&self, out: usize, tap: usize) -> usize {
        out * self.stride + tap * self.dilation - self.before
    }
}

/// A checked 2-D window over `[h, w]` maps of `c` channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Channels of the input.
    pub c: usize,
    /// The vertical axis.
    pub y: Axis,
    /// The horizontal axis.
    pub x: Axis,
    /// Output height.
    pub oh: usize,
    /// Output width.
    pub ow: usize,
}

impl Window {
    /// Checks both axes and computes the output size. Fails with [`Code::Geometry`] for channels
    /// that are not from 1 to 2^30, and as [`Axis::output`].
    pub fn new(c: usize, y: Axis, x: Axis) -> Result<Self, Error> {
        if c == 0 || c > AXIS_MAX {
            return Err(Error::new(Code::Geometry, format!("{c} channels, expected 1 or more")));
        }
        let (oh, ow) = (y.output()?, x.output()?);
        Ok(Window { c, y, x, oh, ow })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts positions one by one; what [`Axis::output`] must agree with.
    fn count(axis: &Axis) -> usize {
        let span = axis.dilation * (axis.kernel - 1) + 1;
        let padded = axis.size + axis.before + axis.after;
        let mut out = 0;
        let mut covered = 0;
        for start in (0..padded).step_by(axis.stride) {
            let whole = start + span <= padded;
            let partial = out > 0 && covered < padded && start < axis.size + axis.before;
            if whole || axis.ceil && partial {
                covered = start + span;
                out += 1;
            } else {
                break;
            }
        }
        out
    }

    #[test]
    fn agrees_with_counting() {
        for bits in 0..7usize * 4 * 3 * 3 * 3 * 3 * 2 {
            let mut rest = bits;
            let mut digit = |n| {
                let d = rest % n;
                rest /= n;
                d
            };
            let axis = Axis {
                size: 1 + digit(7),
                kernel: 1 + digit(4),
                stride: 1 + digit(3),
                before: digit(3),
                after: digit(3),
                dilation: 1 + digit(3),
                ceil: digit(2) == 1,
            };
            let expected = count(&axis);
            assert_eq!(axis.output().unwrap_or(0), expected, "{axis:?}");
            for out in 0..expected {
                let inside: Vec<usize> = (0..axis.kernel)
                    .filter(|tap| {
                        let at = out * axis.stride + tap * axis.dilation;
                        at >= axis.before && at < axis.before + axis.size
                    })
                    .collect();
                assert_eq!(axis.taps(out).collect::<Vec<_>>(), inside, "{axis:?} at {out}");
            }
        }
    }

    #[test]
    fn rejects_zero_and_huge() {
        let good =
            Axis { size: 5, kernel: 3, stride: 1, before: 0, after: 0, dilation: 1, ceil: false };
        assert_eq!(good.output(), Ok(3));
        for bad in [
            Axis { size: 0, ..good },
            Axis { kernel: 0, ..good },
            Axis { stride: 0, ..good },
            Axis { dilation: 0, ..good },
            Axis { kernel: 6, ..good },
            Axis { dilation: 3, ..good },
            Axis { size: usize::MAX, ..good },
            Axis { before: usize::MAX, ..good },
        ] {
            assert_eq!(bad.output().map_err(|e| e.code), Err(Code::Geometry), "{bad:?}");
        }
    }
}

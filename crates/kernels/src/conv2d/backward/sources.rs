//! Which outputs see an input element: the gather form of a window.

use crate::geometry::Axis;

/// Along one axis, the outputs whose windows see an input, and by which of their taps: the tap
/// `tap + i * tap_step` of the output `out - i * out_step` for all `i < count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sources {
    /// The first tap.
    pub tap: usize,
    /// From a tap to the next.
    pub tap_step: usize,
    /// The output of the first tap.
    pub out: usize,
    /// From an output back to that of the next tap.
    pub out_step: usize,
    /// How many there are.
    pub count: usize,
}

impl Sources {
    /// Nothing sees it.
    const NONE: Self = Sources { tap: 0, tap_step: 0, out: 0, out_step: 0, count: 0 };

    /// Those of the input `at`, among `outs` outputs. `common` divides both stride and dilation
    /// and is the greatest number that does.
    pub fn new(axis: &Axis, outs: usize, common: usize, at: usize) -> Self {
        let (stride, dilation) = (axis.stride, axis.dilation);
        let (tap_step, out_step, at) = (stride / common, dilation / common, at + axis.before);
        // Divisions are slow, and stride 1 needs none.
        let first = if stride == 1 {
            Some((0, at))
        } else {
            let reached = |tap: &usize| (tap * dilation <= at).then(|| at - tap * dilation);
            let fits = |tap: &usize| reached(tap).is_some_and(|rest| rest % stride == 0);
            (0..tap_step.min(axis.kernel))
                .find(fits)
                .map(|tap| (tap, (at - tap * dilation) / stride))
        };
        let Some((tap, out)) = first else { return Self::NONE };
        // Later taps of earlier outputs, until the output exists and while it and the tap do.
        let skip = if out < outs { 0 } else { (out - outs) / out_step + 1 };
        let (tap, passed) = (tap + skip * tap_step, skip * out_step);
        if tap >= axis.kernel || passed > out {
            return Self::NONE;
        }
        let out = out - passed;
        let more = (axis.kernel - 1 - tap) / tap_step;
        let more = if more * out_step <= out { more } else { out / out_step };
        Sources { tap, tap_step, out, out_step, count: more + 1 }
    }

    /// The last tap; there has to be one.
    pub fn last_tap(&self) -> usize {
        self.tap + (self.count - 1) * self.tap_step
    }

    /// Taps and outputs.
    pub fn iter(self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.count).map(move |i| (self.tap + i * self.tap_step, self.out - i * self.out_step))
    }
}

/// The greatest common divisor of stride and dilation.
pub fn common(axis: &Axis) -> usize {
    let (mut a, mut b) = (axis.stride, axis.dilation);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every axis of small sizes: all pairs of output and tap, sorted by the input they see.
    #[test]
    fn agrees_with_trying_all() {
        for bits in 0..6usize * 4 * 4 * 4 * 4 * 4 {
            let mut rest = bits;
            let mut digit = |n| {
                let digit = rest % n;
                rest /= n;
                digit
            };
            let axis = Axis {
                size: 1 + digit(6),
                kernel: 1 + digit(4),
                stride: 1 + digit(4),
                before: digit(4),
                after: digit(4),
                dilation: 1 + digit(4),
                ceil: false,
            };
            let Ok(outs) = axis.output() else { continue };
            for at in 0..axis.size {
                let sees = |tap: usize, out: usize| {
                    out * axis.stride + tap * axis.dilation == at + axis.before
                };
                let taps = (0..axis.kernel).flat_map(|tap| (0..outs).map(move |out| (tap, out)));
                let expected: Vec<_> = taps.filter(|&(tap, out)| sees(tap, out)).collect();
                let sources = Sources::new(&axis, outs, common(&axis), at);
                assert_eq!(sources.iter().collect::<Vec<_>>(), expected, "{axis:?} at {at}");
                assert!(sources.count == 0 || sources.last_tap() < axis.kernel);
            }
        }
    }
}

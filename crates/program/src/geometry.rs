//! What the words of windows and channels mean.

use crate::contract::{Part, Window};
use receptive_kernels::error::Error;
use receptive_kernels::geometry::{self, Axis};
use receptive_kernels::part::Channels;

impl Window {
    /// The vertical and the horizontal axis, unchecked, for an op with a rule of its own.
    pub fn axes(&self) -> [Axis; 2] {
        let axis = |at: usize, size| Axis {
            size,
            kernel: self.kernel[at],
            stride: self.stride[at],
            before: self.pad[at],
            after: self.pad[at + 2],
            dilation: self.dilation[at],
            ceil: self.ceil,
        };
        [axis(0, self.h), axis(1, self.w)]
    }

    /// The window, or [`receptive_kernels::error::Code::Geometry`] where no output comes from it.
    pub fn check(&self) -> Result<geometry::Window, Error> {
        let [y, x] = self.axes();
        geometry::Window::new(self.c, y, x)
    }
}

impl Part {
    /// The `count` channels of a step. Fails with [`Code::Shape`](receptive_kernels::error::Code)
    /// unless they are within the row.
    #[inline(never)]
    pub fn channels(&self, count: usize) -> Result<Channels, Error> {
        Channels::new(self.row, self.first, count)
    }
}

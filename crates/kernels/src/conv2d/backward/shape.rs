//! The sizes of a convolution whose gradients are wanted.

use super::input::columns::PIXELS;
use crate::error::{Code, Error, checked_len};
use crate::filter::{FilterSpec, Kind};
use crate::gemm::MR;
use crate::geometry::Window;

/// Images, window and channels of a convolution. An invalid one cannot exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    n: usize,
    window: Window,
    spec: FilterSpec,
}

impl Shape {
    /// `n` images, to `oc` channels in `groups`.
    ///
    /// Fails with [`Code::Geometry`] where channels do not divide into groups, with
    /// [`Code::Shape`] where memory cannot address a map or the weights.
    pub fn new(n: usize, window: Window, oc: usize, groups: usize) -> Result<Self, Error> {
        let Window { c, y, x, oh, ow } = window;
        if groups == 0 || c % groups != 0 {
            let message = format!("{c} channels do not divide into {groups} groups");
            return Err(Error::new(Code::Geometry, message));
        }
        let spec = FilterSpec::new(Kind::Conv, [oc, c / groups, y.kernel, x.kernel], groups)?;
        // The input gradient uses the same weights with the channels exchanged, and one line of
        // the columns that every output adds to.
        FilterSpec::new(Kind::Conv, [c, oc / groups, y.kernel, x.kernel], groups)?;
        // Short lines are taken together, of as many images as give them PIXELS or little more.
        let pixels = ow.max(PIXELS);
        checked_len("columns", &[y.kernel, 2, pixels, x.kernel, c, MR, size_of::<f32>()])?;
        checked_len("x", &[n, y.size, x.size, c, size_of::<f32>()])?;
        checked_len("y", &[n, oh, ow, oc, size_of::<f32>()])?;
        Ok(Shape { n, window, spec })
    }

    /// Images.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The window of the forward convolution.
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The shape of the weights.
    pub fn spec(&self) -> &FilterSpec {
        &self.spec
    }

    /// Output channels of all groups.
    pub fn oc(&self) -> usize {
        self.spec.dims[0]
    }

    /// Input channels of a group.
    pub fn cg(&self) -> usize {
        self.spec.dims[1]
    }

    /// Output pixels of all images.
    pub fn pixels(&self) -> usize {
        self.n * self.window.oh * self.window.ow
    }

    /// Elements of x and its gradient.
    pub fn x_len(&self) -> usize {
        self.n * self.window.y.size * self.window.x.size * self.window.c
    }

    /// Elements of y and its gradient.
    pub fn y_len(&self) -> usize {
        self.pixels() * self.oc()
    }

    /// Elements of the weights and their gradient.
    pub fn weight_len(&self) -> usize {
        self.spec.dims.iter().product()
    }

    /// Multiply-adds of the forward convolution, and of each gradient.
    pub(super) fn work(&self) -> usize {
        self.pixels().saturating_mul(self.weight_len())
    }
}

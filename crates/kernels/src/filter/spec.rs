//! The shape of a filter and the layouts it can be stored in.

use crate::error::{Code, Error, checked_len};
use crate::gemm::MR;
use crate::simd::LANES;
use crate::winograd::Tile;

/// Which layer a filter belongs to, and with that its surface layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `[OC, C / groups, KH, KW]`
    Conv,
    /// `[C, OC / groups, KH, KW]`
    ConvTranspose,
    /// `[out, in, 1, 1]`
    Linear,
}

/// Which product reads the columns of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// [`crate::gemm::plain`]
    Plain,
    /// [`crate::gemm::blocked`]
    Blocked,
}

/// How the elements are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// As they arrive, for the naive loops.
    Raw,
    /// `[groups][m][k]`, for the naive GEMM.
    Rows,
    /// `[groups][k][m]`, for the products after im2col.
    Columns(Product),
    /// `[groups][m / MR][k][MR]`, missing channels zero, for the packed GEMM.
    Panels,
    /// `[KH * KW][C]`, for the depthwise kernel; of few channels see [`FilterSpec::depthwise_row`].
    Depthwise,
    /// Panels as above of each transformed element, `[IN * IN][OC / MR][C][MR]`, for Winograd.
    Winograd(Tile),
}

/// The shape of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilterSpec {
    /// The kind of layer.
    pub kind: Kind,
    /// The four surface dimensions, see [`Kind`].
    pub dims: [usize; 4],
    /// Groups of channels that do not see each other.
    pub groups: usize,
}

impl FilterSpec {
    /// Checks the dimensions, which are in the order of their [`Kind`].
    ///
    /// Fails with [`Code::Geometry`] for a size of 0 or a first dimension that does not divide into
    /// groups, with [`Code::Shape`] where memory cannot address the filter, whatever its layout.
    pub fn new(kind: Kind, dims: [usize; 4], groups: usize) -> Result<Self, Error> {
        if dims.contains(&0) || groups == 0 {
            let message = format!("filter {dims:?} in {groups} groups has a size of 0");
            return Err(Error::new(Code::Geometry, message));
        }
        if dims[0] % groups != 0 {
            let message = format!("{} channels do not divide into {groups} groups", dims[0]);
            return Err(Error::new(Code::Geometry, message));
        }
        checked_len("filter", &[dims[0], dims[1], dims[2], dims[3], size_of::<f32>()])?;
        let spec = FilterSpec { kind, dims, groups };
        // Some layouts are larger: panels have whole numbers of rows, tiles more elements than taps.
        let tiles = spec.tiles().iter().map(|&tile| Layout::Winograd(tile));
        for layout in [Layout::Depthwise, Layout::Panels].into_iter().chain(tiles) {
            spec.stored_len(layout)?;
        }
        Ok(spec)
    }

    /// `KH * KW`.
    pub fn taps(&self) -> usize {
        self.dims[2] * self.dims[3]
    }

    /// Output channels of all groups.
    pub fn out_channels(&self) -> usize {
        match self.kind {
            Kind::Conv | Kind::Linear => self.dims[0],
            Kind::ConvTranspose => self.dims[1] * self.groups,
        }
    }

    /// Input channels of all groups.
    pub fn in_channels(&self) -> usize {
        match self.kind {
            Kind::Conv | Kind::Linear => self.dims[1] * self.groups,
            Kind::ConvTranspose => self.dims[0],
        }
    }

    /// Rows of a group's matrix.
    pub fn m(&self) -> usize {
        match self.kind {
            Kind::Conv | Kind::Linear => self.dims[0] / self.groups,
            Kind::ConvTranspose => self.dims[1] * self.taps(),
        }
    }

    /// Columns of a group's matrix.
    pub fn k(&self) -> usize {
        match self.kind {
            Kind::Conv | Kind::Linear => self.dims[1] * self.taps(),
            Kind::ConvTranspose => self.dims[0] / self.groups,
        }
    }

    /// Elements of one row of the first dimension.
    pub fn row_len(&self) -> usize {
        self.dims[1] * self.taps()
    }

    /// Whether every channel has a filter of its own.
    pub fn is_depthwise(&self) -> bool {
        self.kind == Kind::Conv && self.dims[1] == 1 && self.dims[0] == self.groups
    }

    /// The tiles that it can be packed for.
    pub fn tiles(&self) -> &'static [Tile] {
        match (self.kind, self.groups, self.dims) {
            (Kind::Conv, 1, [_, _, 3, 3]) => &[Tile::F2, Tile::F4],
            (Kind::Conv, 1, [_, _, 5, 5]) => &[Tile::F2Of5],
            _ => &[],
        }
    }

    /// Weights of a tap in [`Layout::Depthwise`]. Channels that do not fill a vector are repeated
    /// for as many pixels as it has lanes: `[LANES][C]`, as those lie beside each other in a line.
    pub fn depthwise_row(&self) -> usize {
        let c = self.dims[0];
        if c < LANES { c * LANES } else { c }
    }

    /// Elements that are stored in a layout, or [`Code::Shape`] if memory cannot address them.
    pub fn stored_len(&self, layout: Layout) -> Result<usize, Error> {
        let panels = self.m().div_ceil(MR);
        let dims = match layout {
            Layout::Raw | Layout::Rows | Layout::Columns(_) => [1, 1, self.dims[0], self.row_len()],
            Layout::Depthwise => [1, 1, self.depthwise_row(), self.row_len()],
            Layout::Panels => [self.groups, panels, MR, self.k()],
            Layout::Winograd(tile) => [tile.elements(), panels, MR, self.dims[1]],
        };
        checked_len("filter", &[dims[0], dims[1], dims[2], dims[3], size_of::<f32>()])?;
        Ok(dims.iter().product())
    }
}

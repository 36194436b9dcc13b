//! Filters that are packed anew at each use, by all threads.

use super::storage::Storage;
use super::{Filter, FilterSpec, Kind, Layout, check_layout, interleave};
use crate::error::{Error, expect_len};
use crate::gemm::MR;
use crate::matrix::MatMut;
use crate::team::{Grid, Team, Units};
use crate::winograd::{self, Tile};

/// Multiply-adds in the time of a weight's packing into panels.
pub const PACK: usize = 8;
/// The same of its transform.
pub const TRANSFORM: usize = 64;

impl<'a> Filter<'a> {
    /// A complete filter in lent memory, for weights that change from one use to the next.
    ///
    /// `weights`: all of them, in the order of their [`Kind`]. `data`: as many elements as
    /// [`FilterSpec::stored_len`] says, overwritten. Allocates nothing. Fails with
    /// [`crate::error::Code::Argument`] where the layout rules out such a filter, with
    /// [`crate::error::Code::Shape`] where a length is another.
    pub fn pack(
        spec: FilterSpec,
        layout: Layout,
        weights: &[f32],
        data: &'a mut [f32],
        team: &Team,
    ) -> Result<Self, Error> {
        check_layout(&spec, layout)?;
        expect_len("packed filter", spec.stored_len(layout)?, data.len())?;
        expect_len("filter", spec.dims[0] * spec.row_len(), weights.len())?;
        match layout {
            Layout::Winograd(tile) => transform(&spec, tile, weights, data, team),
            Layout::Panels => panels(&spec, weights, data, team),
            _ => {}
        }
        let (data, scale, written) = (Storage::Lent(data), Vec::new(), Vec::new());
        let mut filter = Filter { spec, layout, data, scale, written, missing: 0 };
        if !matches!(layout, Layout::Winograd(_) | Layout::Panels) {
            let rows = weights.chunks_exact(spec.row_len()).enumerate();
            rows.for_each(|(row, values)| filter.write(row, 1, values));
        }
        Ok(filter)
    }
}

/// `[IN * IN][OC / MR][C][MR]`: panels are shared out.
fn transform(spec: &FilterSpec, tile: Tile, weights: &[f32], data: &mut [f32], team: &Team) {
    let [oc, c, ..] = spec.dims;
    let (panel, row) = (c * MR, spec.row_len());
    let place =
        |[_, panels]: &Units| [0..tile.elements(), panels.start * panel..panels.end * panel];
    let grid = Grid::columns(team, oc.div_ceil(MR), TRANSFORM * weights.len());
    let data = MatMut::new(data, oc.div_ceil(MR) * panel);
    team.split(grid, data, (&mut [], 0), place, |[_, panels], mut data, _| {
        let first = panels.start * MR;
        for channel in (first..(panels.end * MR).min(oc)).step_by(MR) {
            let values = &weights[channel * row..];
            if channel + MR <= oc {
                let values = &values[..MR * row];
                winograd::write_rows::<MR>(tile, channel - first, values, &[], &mut data);
                continue;
            }
            for element in 0..tile.elements() {
                data.row(element)[(channel - first) * c..].fill(0.0);
            }
            for (at, values) in values.chunks_exact(row).enumerate() {
                winograd::write_rows::<1>(tile, channel - first + at, values, &[], &mut data);
            }
        }
    });
}

/// `[groups][m / MR][k][MR]`: panels are shared out.
fn panels(spec: &FilterSpec, weights: &[f32], data: &mut [f32], team: &Team) {
    let (m, k, taps) = (spec.m(), spec.k(), spec.taps());
    team.split_rows(data, k * MR, PACK * weights.len(), |first, data| {
        for (at, panel) in data.chunks_exact_mut(k * MR).enumerate() {
            let at = first + at;
            let (group, row) = (at / m.div_ceil(MR), at % m.div_ceil(MR) * MR);
            if spec.kind == Kind::ConvTranspose {
                let out = spec.dims[1];
                let from = core::array::from_fn(|lane| {
                    let (tap, oc) = ((row + lane) / out, (row + lane) % out);
                    (tap < taps).then_some(oc * taps + tap)
                });
                gather(&weights[group * k * out * taps..], out * taps, from, panel);
            } else {
                let rows = MR.min(m - row);
                let weights = &weights[(group * m + row) * k..][..rows * k];
                interleave(weights, [k, taps], &[], panel);
            }
        }
    });
}

/// Fills a panel `[k][MR]` from as many rows of `len` weights, for each lane the element `from` of
/// the row; zero where a lane has none.
pub fn gather(weights: &[f32], len: usize, from: [Option<usize>; MR], panel: &mut [f32]) {
    for (row, lanes) in weights.chunks_exact(len).zip(panel.chunks_exact_mut(MR)) {
        for (lane, from) in lanes.iter_mut().zip(from) {
            *lane = from.map_or(0.0, |from| row[from]);
        }
    }
}

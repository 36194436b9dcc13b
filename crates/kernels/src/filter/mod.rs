//! Filters: weights as they arrive, and the layouts that the algorithms read.
//!
//! A filter is `groups` matrices `B[m][k]`. For a convolution `m` is an output channel of the
//! group and `k = (kh * KW + kw) * C / groups + c`, the order of a channels-last window. For a
//! transposed convolution `m = (kh * KW + kw) * OC / groups + oc` and `k` is an input channel. A
//! linear layer is a 1x1 convolution.
//!
//! Rows of the first dimension arrive in any chunks and go straight to their place, so that a
//! large layer never exists twice.

pub mod pack;
mod spec;
mod storage;
#[cfg(test)]
mod tests;

pub use spec::{FilterSpec, Kind, Layout, Product};

use self::storage::Storage;
use crate::error::{Code, Error, expect_len};
use crate::gemm::MR;
use crate::matrix::MatMut;
use crate::winograd::{self, Tile};

/// The weights of one layer in the layout its algorithm reads.
#[derive(Debug)]
pub struct Filter<'a> {
    spec: FilterSpec,
    layout: Layout,
    data: Storage<'a>,
    /// Per output channel, multiplied in f64 before the one rounding to f32; empty for none.
    scale: Vec<f64>,
    written: Vec<bool>,
    missing: usize,
}

impl Filter<'_> {
    /// A filter whose rows are all missing. `scale` has a factor for each output channel, or none.
    ///
    /// Fails with [`Code::Shape`] for another number of factors, with [`Code::Argument`] for a
    /// layout that rules out such a filter, with [`Code::Memory`] where it does not fit.
    pub fn new(spec: FilterSpec, layout: Layout, scale: Vec<f64>) -> Result<Self, Error> {
        if !scale.is_empty() {
            expect_len("filter scale", spec.out_channels(), scale.len())?;
        }
        check_layout(&spec, layout)?;
        let len = spec.stored_len(layout)?;
        let mut data = Vec::new();
        data.try_reserve_exact(len)
            .map_err(|_| Error::new(Code::Memory, format!("no memory for {len} weights")))?;
        data.resize(len, 0.0);
        let rows = spec.dims[0];
        let data = Storage::Owned(data);
        Ok(Filter { spec, layout, data, scale, written: vec![false; rows], missing: rows })
    }

    /// Writes whole rows of the first dimension, starting at `first`. Each row is written once, in
    /// the order of its [`Kind`]; `rows` has whole ones, [`FilterSpec::row_len`] elements each.
    ///
    /// Fails with [`Code::Weights`] for part of a row, a row that the filter does not have, or one
    /// that was written before: none of these rows is written then.
    pub fn write_rows(&mut self, first: usize, rows: &[f32]) -> Result<(), Error> {
        let len = self.spec.row_len();
        let count = rows.len() / len;
        if rows.len() % len != 0
            || first.checked_add(count).is_none_or(|end| end > self.spec.dims[0])
        {
            let message = format!(
                "{} elements at row {first} of {} rows of {len}",
                rows.len(),
                self.spec.dims[0]
            );
            return Err(Error::new(Code::Weights, message));
        }
        if let Some(row) = (first..first + count).find(|&row| self.written.get(row) != Some(&false))
        {
            return Err(Error::new(Code::Weights, format!("row {row} was written before")));
        }
        let mut done = 0;
        while done < count {
            let rows = &rows[done * len..];
            let taken = self.rows_at_once(first + done, count - done);
            self.written[first + done..][..taken].fill(true);
            self.missing -= taken;
            self.write(first + done, taken, &rows[..taken * len]);
            done += taken;
        }
        Ok(())
    }

    /// A whole panel of rows where its layout interleaves them and they are all there: each of its
    /// cache lines is then written once. Else one.
    fn rows_at_once(&self, first: usize, left: usize) -> usize {
        let channel = first % self.spec.m();
        let panels = self.spec.kind != Kind::ConvTranspose && self.layout == Layout::Panels
            || matches!(self.layout, Layout::Winograd(_));
        let whole = channel % MR == 0 && channel + MR <= self.spec.m() && left >= MR;
        if panels && whole { MR } else { 1 }
    }

    /// Writes one row, or [`MR`] of one panel.
    fn write(&mut self, row: usize, count: usize, values: &[f32]) {
        match (self.spec.kind, self.layout, count) {
            (_, Layout::Winograd(tile), _) => self.write_winograd(tile, row, count, values),
            (Kind::ConvTranspose, ..) => self.write_transposed_row(row, values),
            (_, _, MR) => self.write_panel(row, values),
            _ => self.write_conv_row(row, values),
        }
    }

    fn write_winograd(&mut self, tile: Tile, row: usize, count: usize, values: &[f32]) {
        let plane = self.data.len() / tile.elements();
        let (scale, data) = (self.scale.get(row..).unwrap_or(&[]), &mut *self.data);
        let mut data = MatMut::new(data, plane);
        match count {
            MR => winograd::write_rows::<MR>(tile, row, values, scale, &mut data),
            _ => winograd::write_rows::<1>(tile, row, values, scale, &mut data),
        }
    }

    /// Writes the [`MR`] rows of a panel, each `[C / groups][KH * KW]`.
    fn write_panel(&mut self, row: usize, values: &[f32]) {
        let (m, k, taps) = (self.spec.m(), self.spec.k(), self.spec.taps());
        let start = (row / m * m.div_ceil(MR) + row % m / MR) * k * MR;
        let scale = self.scale.get(row..).unwrap_or(&[]);
        interleave(values, [k, taps], scale, &mut self.data[start..][..k * MR]);
    }

    fn write_conv_row(&mut self, row: usize, values: &[f32]) {
        let (m, k, taps) = (self.spec.m(), self.spec.k(), self.spec.taps());
        let (group, channel) = (row / m, row % m);
        let scale = self.scale.get(row).copied();
        let (start, step) = match self.layout {
            Layout::Raw | Layout::Rows => (row * k, 1),
            Layout::Columns(_) => (group * k * m + channel, m),
            Layout::Panels => {
                let panels = m.div_ceil(MR);
                ((group * panels + channel / MR) * k * MR + channel % MR, MR)
            }
            Layout::Depthwise => return self.write_depthwise_row(row, values),
            Layout::Winograd(_) => unreachable!("write_rows transforms these"),
        };
        let channels = values.len() / taps;
        let data = &mut self.data[start..];
        if self.layout == Layout::Raw || taps == 1 {
            for (at, &value) in values.iter().enumerate() {
                data[at * step] = scaled(value, scale);
            }
            return;
        }
        for (c, taps_of_c) in values.chunks_exact(taps).enumerate() {
            for (tap, &value) in taps_of_c.iter().enumerate() {
                data[(tap * channels + c) * step] = scaled(value, scale);
            }
        }
    }

    fn write_depthwise_row(&mut self, row: usize, values: &[f32]) {
        let (c, wide) = (self.spec.dims[0], self.spec.depthwise_row());
        let scale = self.scale.get(row).copied();
        for (weights, &value) in self.data.chunks_exact_mut(wide).zip(values) {
            weights.iter_mut().skip(row).step_by(c).for_each(|w| *w = scaled(value, scale));
        }
    }

    fn write_transposed_row(&mut self, row: usize, values: &[f32]) {
        let (m, k, taps) = (self.spec.m(), self.spec.k(), self.spec.taps());
        let (group, tap_k) = (row / k, row % k);
        let out = self.spec.dims[1];
        for oc in 0..out {
            let scale = self.scale.get(group * out + oc).copied();
            for tap in 0..taps {
                let value = scaled(values[oc * taps + tap], scale);
                let column = tap * out + oc;
                let at = match self.layout {
                    Layout::Raw => (row * out + oc) * taps + tap,
                    Layout::Rows => (group * m + column) * k + tap_k,
                    Layout::Panels => {
                        let panel = group * m.div_ceil(MR) + column / MR;
                        (panel * k + tap_k) * MR + column % MR
                    }
                    Layout::Depthwise | Layout::Columns(_) | Layout::Winograd(_) => {
                        unreachable!("new refuses these for a transposed convolution")
                    }
                };
                self.data[at] = value;
            }
        }
    }

    /// The shape.
    pub fn spec(&self) -> &FilterSpec {
        &self.spec
    }

    /// The layout of [`Filter::data`].
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// All elements, in the order of [`Filter::layout`].
    pub fn data(&self) -> &[f32] {
        &self.data
    }

    /// The elements of one group; for all layouts but [`Layout::Depthwise`] and
    /// [`Layout::Winograd`].
    pub fn group(&self, group: usize) -> &[f32] {
        let len = self.data.len() / self.spec.groups;
        &self.data[group * len..][..len]
    }

    /// Stored elements.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether nothing is stored; never the case for a checked shape.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// Fails with [`Code::Weights`] while rows are missing.
    pub fn expect_complete(&self) -> Result<(), Error> {
        if self.missing == 0 {
            return Ok(());
        }
        let (missing, rows) = (self.missing, self.spec.dims[0]);
        Err(Error::new(
            Code::Weights,
            format!("{missing} of {rows} filter rows were never written"),
        ))
    }
}

/// Interleaves rows `[C / groups][KH * KW]` of `k` elements as a panel `[KH * KW][C / groups][MR]`, zero
/// in lanes of missing rows; `scale` has a factor for each, or none.
fn interleave(rows: &[f32], [k, taps]: [usize; 2], scale: &[f64], panel: &mut [f32]) {
    let channels = k / taps;
    let scale: Option<&[f64; MR]> = scale.first_chunk();
    let order = (0..taps).flat_map(|tap| (0..channels).map(move |c| c * taps + tap));
    for (from, lanes) in order.zip(panel.chunks_exact_mut(MR)) {
        for (r, lane) in lanes.iter_mut().enumerate() {
            *lane = rows.get(r * k + from).copied().unwrap_or(0.0);
        }
        if let Some(scale) = scale {
            for (lane, scale) in lanes.iter_mut().zip(scale) {
                *lane = (f64::from(*lane) * scale) as f32;
            }
        }
    }
}

/// Fails with [`Code::Argument`] where a filter cannot be laid out so.
fn check_layout(spec: &FilterSpec, layout: Layout) -> Result<(), Error> {
    if layout == Layout::Depthwise && !spec.is_depthwise() {
        return Err(Error::new(Code::Argument, "depthwise layout of a filter that is not"));
    }
    if matches!(layout, Layout::Columns(_)) && spec.kind != Kind::Conv {
        return Err(Error::new(Code::Argument, "columns of what is no convolution"));
    }
    if let Layout::Winograd(tile) = layout {
        if !spec.tiles().contains(&tile) {
            let message = format!("Winograd layout {tile:?} of a filter {:?}", spec.dims);
            return Err(Error::new(Code::Argument, message));
        }
    }
    Ok(())
}

#[inline]
fn scaled(value: f32, scale: Option<f64>) -> f32 {
    scale.map_or(value, |scale| (f64::from(value) * scale) as f32)
}

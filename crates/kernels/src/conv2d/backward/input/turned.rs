//! The forward's kernels with weights that are packed anew each time.

use crate::activation::Activation;
use crate::conv2d::backward::Shape;
use crate::conv2d::select::{Requested, Usage, layout};
use crate::conv2d::{Conv, depthwise, packed, winograd};
use crate::error::Error;
use crate::filter::pack::PACK;
use crate::filter::{Filter, FilterSpec, Kind, Layout};
use crate::geometry::{Axis, Window};
use crate::matrix::MatMut;
use crate::simd::Isa;
use crate::team::Team;

/// A convolution without bias and activation, and the layout that its weights are packed into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repacked {
    n: usize,
    window: Window,
    spec: FilterSpec,
    layout: Layout,
    packed: usize,
}

impl Repacked {
    /// `n` images by the window and filter, in the layout that the forward chooses.
    ///
    /// Fails with [`Code::Shape`](crate::error::Code::Shape) where memory cannot address the packed
    /// weights.
    pub fn new(n: usize, window: Window, spec: FilterSpec) -> Result<Self, Error> {
        Self::with_layout(n, window, spec, |spec, usage| layout(Requested::Auto, spec, usage))
    }

    /// The same in a layout of one's choice: panels, depthwise or Winograd's. Fails as
    /// [`Repacked::new`].
    pub fn with_layout(
        n: usize,
        window: Window,
        spec: FilterSpec,
        layout: impl FnOnce(&FilterSpec, &Usage) -> Layout,
    ) -> Result<Self, Error> {
        let layout = layout(&spec, &usage(&window));
        let packed = spec.stored_len(layout)?;
        Ok(Repacked { n, window, spec, layout, packed })
    }

    /// The convolution that `dx` is of `dy`, if it is one: at stride 1, with no more padding than
    /// the filter reaches over.
    pub fn turned(
        shape: &Shape,
        layout: impl FnOnce(&FilterSpec, &Usage) -> Layout,
    ) -> Option<Self> {
        let Window { c, y, x, oh, ow } = *shape.window();
        let (y, x) = (turned_axis(&y, oh)?, turned_axis(&x, ow)?);
        let window = Window::new(shape.oc(), y, x).ok()?;
        let dims = [c, shape.spec().m(), y.kernel, x.kernel];
        let spec = FilterSpec { kind: Kind::Conv, dims, groups: shape.spec().groups };
        Self::with_layout(shape.n(), window, spec, layout).ok()
    }

    /// The layout of the packed weights.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The window of this convolution.
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// The shape of its weights.
    pub fn spec(&self) -> &FilterSpec {
        &self.spec
    }

    /// Scratch elements that [`Repacked::convolve`] needs, for all threads.
    pub fn convolve_scratch_len(&self, team: &Team) -> usize {
        let (n, window, oc) = (self.n, &self.window, self.spec.out_channels());
        let each = match self.layout {
            Layout::Winograd(tile) => winograd::scratch_len(tile, n, window, oc),
            Layout::Depthwise => depthwise::scratch_len(window, n),
            _ => packed::scratch_len(window, n, oc),
        };
        self.packed + team.threads() * each
    }

    /// `y` is `x` convolved with `w`: `x` `[N, H, W, C]`, `w` `[OC, C / groups, KH, KW]`, `y`
    /// `[N, OH, OW, OC]`, overwritten; `scratch` holds [`Repacked::convolve_scratch_len`] elements.
    ///
    /// # Panics
    /// If a slice is too short.
    pub fn convolve<I: Isa>(
        &self,
        [x, w]: [&[f32]; 2],
        y: &mut [f32],
        scratch: &mut [f32],
        team: &Team,
    ) {
        let (weights, scratch) = scratch.split_at_mut(self.packed);
        let w = &w[..self.spec.dims[0] * self.spec.row_len()];
        let filter = match Filter::pack(self.spec, self.layout, w, weights, team) {
            Ok(filter) => filter,
            Err(error) => unreachable!("the layout was chosen for the filter: {error}"),
        };
        let y = MatMut::new(y, self.spec.out_channels());
        let conv = Conv {
            n: self.n,
            window: &self.window,
            x,
            filter: &filter,
            bias: None,
            residual: None,
            activation: Activation::None,
        };
        match self.layout {
            Layout::Winograd(_) => winograd::conv2d::<I>(&conv, y, scratch, team),
            Layout::Depthwise => depthwise::conv2d::<I>(&conv, y, scratch, team),
            _ => packed::conv2d::<I>(&conv, y, scratch, team),
        }
    }

    /// Scratch elements that [`Repacked::input_gradient`] needs, for all threads.
    pub fn scratch_len(&self, team: &Team) -> usize {
        self.spec.dims[0] * self.spec.row_len() + self.convolve_scratch_len(team)
    }

    /// The gradient of the input, see [`super::input_gradient`]; of the shape that this is
    /// [`Repacked::turned`] from.
    pub fn input_gradient<I: Isa>(
        &self,
        shape: &Shape,
        [dy, w]: [&[f32]; 2],
        dx: &mut [f32],
        scratch: &mut [f32],
        team: &Team,
    ) {
        let (weights, scratch) = scratch.split_at_mut(shape.weight_len());
        turn(shape, w, weights, team);
        self.convolve::<I>([dy, weights], dx, scratch, team);
    }
}

/// `to[c][oc][kh][kw] = w[oc][c][KH - 1 - kh][KW - 1 - kw]` in each group: `w` `[OC, C / groups,
/// KH, KW]` to `[C, OC / groups, KH, KW]`.
fn turn(shape: &Shape, w: &[f32], to: &mut [f32], team: &Team) {
    let (m, cg, taps) = (shape.spec().m(), shape.cg(), shape.spec().taps());
    team.split_rows(to, m * taps, PACK * w.len(), |first, to| {
        for (row, to) in to.chunks_exact_mut(m * taps).enumerate() {
            let (group, c) = ((first + row) / cg, (first + row) % cg);
            for (channel, to) in to.chunks_exact_mut(taps).enumerate() {
                let from = &w[((group * m + channel) * cg + c) * taps..][..taps];
                to.iter_mut().zip(from.iter().rev()).for_each(|(to, from)| *to = *from);
            }
        }
    });
}

/// The axis along which `dx` is a convolution of `dy`, which has `outs` elements.
fn turned_axis(axis: &Axis, outs: usize) -> Option<Axis> {
    let before = ((axis.kernel - 1) * axis.dilation).checked_sub(axis.before)?;
    let after = (axis.size + axis.before).checked_sub(outs)?;
    let turned = Axis { size: outs, before, after, ceil: false, ..*axis };
    (axis.stride == 1 && turned.output() == Ok(axis.size)).then_some(turned)
}

/// How a window uses its filter, as the forward's choice of a layout wants to know it.
fn usage(window: &Window) -> Usage {
    Usage {
        stride: [window.y.stride, window.x.stride],
        dilation: [window.y.dilation, window.x.dilation],
        map: [window.oh, window.ow],
    }
}

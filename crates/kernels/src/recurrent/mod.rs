//! Recurrent layers: steps of a sequence one after the other, each of which sees what the one before gave.
//!
//! What the inputs of all steps add is one product of matrices, which is done before: here is what is left,
//! `R h` and the gates. In reading order: 0 [`reference()`], one element at a time in f64; 1 [`recurrent`], with
//! `R` laid out in panels once a run.
//!
//! The gates of a cell lie one after the other in the order of ONNX: input, output, forget, cell of an LSTM;
//! update, reset, hidden of a GRU.

mod reference;
#[cfg(test)]
mod tests;

pub use reference::reference;

use crate::elementary::slices;
use crate::gemm::lanes::{get, put};
use crate::gemm::left::Left;
use crate::gemm::{MR, VECTORS};
use crate::matmul::{MatMul, multiply};
use crate::matrix::MatMut;
use crate::simd::{Isa, LANES};

/// What a cell computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `h = tanh(x + R h)` (Elman 1990)
    Tanh,
    /// `h = max(x + R h, 0)`
    Relu,
    /// Long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 2000)
    Lstm,
    /// Gated recurrent unit (Cho et al. 2014, arXiv 1406.1078): what is reset is `h`.
    Gru,
    /// The same, where what is reset is `R h` and its bias, as in PyTorch.
    GruAfter,
}

impl Kind {
    /// Rows of `R` for each hidden unit.
    pub fn gates(self) -> usize {
        match self {
            Kind::Tanh | Kind::Relu => 1,
            Kind::Lstm => 4,
            Kind::Gru | Kind::GruAfter => 3,
        }
    }
}

/// Sizes of a layer that goes in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recurrent {
    /// What a cell computes.
    pub kind: Kind,
    /// Steps of a sequence.
    pub steps: usize,
    /// Sequences.
    pub n: usize,
    /// Hidden units.
    pub hidden: usize,
    /// Whether the last step is the first.
    pub backwards: bool,
}

/// What a layer reads.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// What the inputs add to the gates, biases included: `[steps, N, gates, hidden]`.
    pub x: &'a [f32],
    /// `[gates, hidden, hidden]`
    pub r: &'a [f32],
    /// What [`Kind::GruAfter`] adds to `R h` of the last gate before it resets it: `[hidden]`. Else
    /// nothing.
    pub bias: &'a [f32],
    /// What the first step sees: `[N, hidden]`.
    pub h: &'a [f32],
    /// The cells before, of an LSTM: `[N, hidden]`. Else nothing.
    pub c: &'a [f32],
}

impl Recurrent {
    /// Elements of what comes out: `h` of each step, `[steps, N, hidden]`, and of an LSTM the cells
    /// after the last step, `[N, hidden]`.
    pub fn output_len(&self) -> usize {
        (self.steps + usize::from(self.kind == Kind::Lstm)) * self.n * self.hidden
    }

    /// Elements of scratch: `R` in panels, the gates of a step, and `h` that was reset. None where
    /// they overflow.
    pub fn scratch_len(&self) -> Option<usize> {
        let gates = self.kind.gates() + 1;
        let panels = (self.hidden.checked_next_multiple_of(MR)?).checked_mul(self.hidden)?;
        let rows = self.n.checked_mul(self.hidden)?.checked_mul(gates)?;
        panels.checked_mul(gates)?.checked_add(rows)
    }

    /// The product with some gates' rows of `R`.
    fn product(&self, gates: usize) -> MatMul {
        let (k, m) = (self.hidden, gates * self.hidden);
        MatMul { starts: vec![], n: self.n, k, m, transposed: true }
    }

    /// The steps in their order, each with the one before.
    fn order(&self) -> impl Iterator<Item = (usize, Option<usize>)> + use<> {
        let Recurrent { steps, backwards, .. } = *self;
        let place = move |i: usize| if backwards { steps - 1 - i } else { i };
        (0..steps).map(move |i| (place(i), i.checked_sub(1).map(place)))
    }
}

/// Some gates of `R` in panels.
struct Panels<'a> {
    panels: &'a [f32],
    gates: usize,
}

impl Panels<'_> {
    /// `y = R h` of these gates, for all sequences; `y` has rows of `row` elements.
    #[inline(never)]
    fn multiply<I: Isa>(&self, of: &Recurrent, h: &[f32], y: &mut [f32], row: usize) {
        if of.n == 1 {
            return self.multiply_one::<I>(h, &mut y[..self.gates * of.hidden]);
        }
        let left = Left::matrix(h, of.hidden, of.hidden);
        let width = self.gates * of.hidden;
        let mut y = MatMut::new(y, row);
        multiply::<I>(&left, self.panels, &mut y.block(0..of.n, 0..width));
    }
}

/// Panels whose sums one row has in registers: their additions do not wait for each other.
const AT_ONCE: usize = 4;

impl Panels<'_> {
    /// The same for one sequence: the loops of many rows would wait for two sums at a time.
    fn multiply_one<I: Isa>(&self, h: &[f32], y: &mut [f32]) {
        let panel = h.len() * MR;
        for (panels, y) in self.panels.chunks(AT_ONCE * panel).zip(y.chunks_mut(AT_ONCE * MR)) {
            let mut sums = [[I::splat(0.0); VECTORS]; AT_ONCE];
            // What is missing at the end is multiplied again, and left out.
            let [a, b, c, d] = [0, 1, 2, 3].map(|at: usize| {
                panels[(at * panel).min(panels.len() - panel)..][..panel].chunks_exact(MR)
            });
            for ((((&h, a), b), c), d) in h.iter().zip(a).zip(b).zip(c).zip(d) {
                let h = I::splat(h);
                for (sums, row) in sums.iter_mut().zip([a, b, c, d]) {
                    for (sum, lanes) in sums.iter_mut().zip(row.chunks_exact(LANES)) {
                        *sum = I::mul_add(get::<I>(lanes), h, *sum);
                    }
                }
            }
            for (y, sum) in y.chunks_mut(LANES).zip(sums.iter().flatten()) {
                put::<I>(*sum, y);
            }
        }
    }
}

/// Version 1. `y` has [`Recurrent::output_len`] elements and `scratch` [`Recurrent::scratch_len`],
/// both dirty. Runs on the thread of the caller.
///
/// # Panics
/// If `x`, `y` or `scratch` is too short.
pub fn recurrent<I: Isa>(of: &Recurrent, given: Given<'_>, y: &mut [f32], scratch: &mut [f32]) {
    let (kind, hidden) = (of.kind, of.hidden);
    let gates = kind.gates();
    // The last gate of a GRU is multiplied by itself: what it sees was reset.
    let first = if gates == 3 { 2 } else { gates };
    let panel = |gates: usize| (gates * hidden).next_multiple_of(MR) * hidden;
    let (panels, rest) = scratch.split_at_mut(panel(first));
    let (more, rest) = rest.split_at_mut(panel(gates - first));
    let (r, last) = given.r.split_at(first * hidden * hidden);
    of.product(first).pack(r, panels);
    if first < gates {
        of.product(gates - first).pack(last, more);
    }
    let [panels, more] = [(&*panels, first), (&*more, gates - first)]
        .map(|(panels, gates)| Panels { panels, gates });
    let row = gates * hidden;
    let (sums, reset) = rest.split_at_mut(of.n * row);
    let reset = &mut reset[..of.n * hidden];
    let state = of.n * hidden;
    let (y, cells) = y.split_at_mut(of.steps * state);
    cells.copy_from_slice(given.c);
    for (step, before) in of.order() {
        let x = &given.x[step * of.n * row..][..of.n * row];
        let (earlier, later) = y.split_at_mut(step.max(before.unwrap_or(0)) * state);
        let (h, out) = match before {
            None => (given.h, later),
            Some(before) if before < step => (&earlier[before * state..][..state], later),
            Some(_) => (&later[..state], &mut earlier[step * state..]),
        };
        let out = &mut out[..state];
        panels.multiply::<I>(of, h, sums, row);
        match kind {
            Kind::Tanh | Kind::Relu => simple(kind, x, sums, out),
            Kind::Lstm => lstm(hidden, x, sums, cells, out),
            Kind::Gru | Kind::GruAfter => {
                gru::<I>(of, &more, given.bias, [x, h], [sums, reset], out);
            }
        }
    }
}

#[inline(never)]
fn simple(kind: Kind, x: &[f32], sums: &[f32], out: &mut [f32]) {
    out.iter_mut().zip(x).zip(sums).for_each(|((out, x), sum)| *out = x + sum);
    if kind == Kind::Tanh {
        slices::tanh(out);
    } else {
        crate::activation::Activation::Relu.apply(out);
    }
}

#[inline(never)]
fn lstm(hidden: usize, x: &[f32], sums: &mut [f32], cells: &mut [f32], out: &mut [f32]) {
    let row = 4 * hidden;
    sums.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
    let states = cells.chunks_exact_mut(hidden).zip(out.chunks_exact_mut(hidden));
    for (gates, (cells, out)) in sums.chunks_exact_mut(row).zip(states) {
        let (gates, inputs) = gates.split_at_mut(3 * hidden);
        slices::sigmoid(gates);
        slices::tanh(inputs);
        let (input, rest) = gates.split_at(hidden);
        let (output, forget) = rest.split_at(hidden);
        for (i, cell) in cells.iter_mut().enumerate() {
            *cell = forget[i] * *cell + input[i] * inputs[i];
        }
        out.copy_from_slice(cells);
        slices::tanh(out);
        out.iter_mut().zip(output).for_each(|(out, gate)| *out *= gate);
    }
}

#[inline(never)]
fn gru<I: Isa>(
    of: &Recurrent,
    last: &Panels<'_>,
    bias: &[f32],
    [x, h]: [&[f32]; 2],
    [sums, reset]: [&mut [f32]; 2],
    out: &mut [f32],
) {
    let hidden = of.hidden;
    let row = 3 * hidden;
    for (sums, x) in sums.chunks_exact_mut(row).zip(x.chunks_exact(row)) {
        let gates = &mut sums[..2 * hidden];
        gates.iter_mut().zip(x).for_each(|(gate, x)| *gate += x);
        slices::sigmoid(gates);
    }
    // What the last gate multiplies R with, or what it has multiplied.
    if of.kind == Kind::Gru {
        reset.copy_from_slice(h);
    } else {
        last.multiply::<I>(of, h, reset, hidden);
        for reset in reset.chunks_exact_mut(hidden) {
            reset.iter_mut().zip(bias).for_each(|(reset, bias)| *reset += bias);
        }
    }
    for (reset, sums) in reset.chunks_exact_mut(hidden).zip(sums.chunks_exact(row)) {
        reset.iter_mut().zip(&sums[hidden..]).for_each(|(reset, gate)| *reset *= gate);
    }
    if of.kind == Kind::Gru {
        last.multiply::<I>(of, reset, out, hidden);
    } else {
        out.copy_from_slice(reset);
    }
    let rows = sums.chunks_exact(row).zip(x.chunks_exact(row)).zip(h.chunks_exact(hidden));
    for (out, ((sums, x), h)) in out.chunks_exact_mut(hidden).zip(rows) {
        out.iter_mut().zip(&x[2 * hidden..]).for_each(|(out, x)| *out += x);
        slices::tanh(out);
        for (i, out) in out.iter_mut().enumerate() {
            *out += sums[i] * (h[i] - *out);
        }
    }
}

//! Fully connected layer (op code 7): `y[n][m] = act(bias[m] + sum over k of x[n][k] * w[m][k])`.
//!
//! A matrix product and nothing else; the versions are those of [`crate::gemm`].

pub mod backward;

use crate::activation::Activation;
use crate::error::{Code, Error, checked_len};
use crate::filter::{FilterSpec, Kind, Layout};
use crate::gemm::left::Left;
use crate::gemm::{Epilogue, MR, naive, packed};
use crate::matrix::MatMut;
use crate::program::memory::Memory;
use crate::program::reader::Reader;
use crate::program::step::{Access, Context, Step, ValueId};
use crate::program::weights::Weights;
use crate::simd::Native;
use crate::team::{Grid, Team, Units};

#[derive(Debug)]
struct Linear {
    x: ValueId,
    y: ValueId,
    filter: usize,
    bias: Option<usize>,
    rows: usize,
    spec: FilterSpec,
    layout: Layout,
    activation: Activation,
    team: Team,
}

/// Reads `x y filter bias rows in out activation`.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y, filter, bias) = (words.size()?, words.size()?, words.size()?, words.optional()?);
    let rows = words.positive("rows")?;
    let (features_in, features_out) = (words.positive("in")?, words.positive("out")?);
    let activation = Activation::decode(words)?;

    let weights = context.weights.expect_filter(filter)?;
    let spec = *weights.spec();
    if (spec.kind, spec.dims) != (Kind::Linear, [features_out, features_in, 1, 1])
        || spec.groups != 1
    {
        let message = format!("filter {spec:?} does not map {features_in} to {features_out}");
        return Err(Error::new(Code::Weights, message));
    }
    context.expect("x", x, checked_len("x", &[rows, features_in])?)?;
    context.expect("y", y, checked_len("y", &[rows, features_out])?)?;
    if let Some(bias) = bias {
        context.weights.expect_constant("bias", bias, features_out)?;
    }
    let layout = weights.layout();
    Ok(Box::new(Linear { x, y, filter, bias, rows, spec, layout, activation, team: context.team }))
}

impl Step for Linear {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        let x = rest.value(self.x);
        let (m, k, rows) = (self.spec.m(), self.spec.k(), self.rows);
        let filter = weights.filter(self.filter).data();
        let bias = self.bias.map(|id| weights.constant(id));
        let (min, max) = self.activation.bounds().unwrap_or((f32::NEG_INFINITY, f32::INFINITY));
        let mut y = MatMut::new(y, m);
        if self.layout != Layout::Panels {
            let epilogue = Epilogue { bias, residual: None, min, max };
            // With one tap a row, the raw layout is the matrix as well.
            naive::gemm(&Left::matrix(x, k, k), filter, &mut y, epilogue);
            return self.activate(&mut y);
        }
        let units = [rows, m.div_ceil(MR)];
        let grid = Grid::cheapest(&self.team, units, rows * m * k, [4 * m * k, 0]);
        let place =
            |[rows, panels]: &Units| [rows.clone(), panels.start * MR..(panels.end * MR).min(m)];
        self.team.split(grid, y, (&mut [], 0), place, |[rows, panels], mut y, _| {
            let first = panels.start * MR;
            let bias = bias.map(|bias| &bias[first..first + y.cols()]);
            let epilogue = Epilogue { bias, residual: None, min, max };
            let block = packed::block_rows(rows.len(), k + m);
            for at in (0..rows.len()).step_by(block) {
                let left = Left::matrix(&x[(rows.start + at) * k..], k, k);
                let mut y = y.block(at..(at + block).min(rows.len()), 0..y.cols());
                packed::gemm::<Native>(&left, &filter[first * k..], &mut y, epilogue);
                self.activate(&mut y);
            }
        });
    }

    fn algorithm(&self) -> &'static str {
        match self.layout {
            Layout::Panels => "packed",
            _ => "naive",
        }
    }
}

impl Linear {
    fn activate(&self, y: &mut MatMut<'_>) {
        if self.activation.bounds().is_none() {
            (0..y.rows()).for_each(|row| self.activation.apply(y.row(row)));
        }
    }
}

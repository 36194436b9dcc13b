//! Fully connected layer (op code 7): `y[n][m] = act(bias[m] + sum over k of x[n][k] * w[m][k])`.
//!
//! A matrix product and nothing else; the versions are those of [`crate::gemm`].

use crate::activation::Activation;
use crate::conv2d::packed::block_pixels;
use crate::error::{Code, Error, checked_len};
use crate::filter::{FilterSpec, Kind, Layout};
use crate::gemm::{Dims, Epilogue, naive, packed};
use crate::program::memory::Memory;
use crate::program::reader::Reader;
use crate::program::step::{Access, Context, Step, ValueId};
use crate::program::weights::Weights;
use crate::simd::Native;

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
    Ok(Box::new(Linear { x, y, filter, bias, rows, spec, layout, activation }))
}

impl Step for Linear {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, in_place: None, scratch: 0 }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        let x = rest.value(self.x);
        let (m, k) = (self.spec.m(), self.spec.k());
        let filter = weights.filter(self.filter).data();
        let bias = self.bias.map(|id| weights.constant(id));
        let (min, max) = self.activation.bounds().unwrap_or((f32::NEG_INFINITY, f32::INFINITY));
        let epilogue = Epilogue { bias, residual: None, min, max };
        let block = block_pixels(self.rows, k);
        for first in (0..self.rows).step_by(block) {
            let dims = Dims { m, n: block.min(self.rows - first), k, lda: k, ldc: m };
            let (x, y) = (&x[first * k..], &mut y[first * m..]);
            match self.layout {
                Layout::Panels => packed::gemm::<Native>(dims, x, filter, y, epilogue),
                // With one tap a row, the raw layout is the matrix as well.
                _ => naive::gemm(dims, x, filter, y, epilogue),
            }
        }
        if self.activation.bounds().is_none() {
            self.activation.apply(y);
        }
    }

    fn algorithm(&self) -> &'static str {
        match self.layout {
            Layout::Panels => "packed",
            _ => "naive",
        }
    }
}

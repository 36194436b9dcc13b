//! Fully connected layer, op code 7.

use crate::memory::Memory;
use crate::operands;
use crate::reader::Reader;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::activation::Activation;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::filter::{Kind, Layout};
use receptive_kernels::linear;
use receptive_kernels::simd::Native;
use receptive_kernels::team::Team;

#[derive(Debug)]
struct Linear {
    x: ValueId,
    y: ValueId,
    filter: usize,
    bias: Option<usize>,
    rows: usize,
    layout: Layout,
    activation: Activation,
    team: Team,
}

/// Reads `x y filter bias rows in out activation`.
pub fn decode(words: &mut Reader<'_>, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let (x, y, filter, bias) = (words.size()?, words.size()?, words.size()?, words.optional()?);
    let rows = words.positive("rows")?;
    let (features_in, features_out) = (words.positive("in")?, words.positive("out")?);
    let activation = operands::activation(words)?;

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
    Ok(Box::new(Linear { x, y, filter, bias, rows, layout, activation, team: context.team }))
}

impl Step for Linear {
    fn access(&self) -> Access {
        Access { reads: vec![self.x], write: self.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let (rest, y, _) = memory.write(self.y);
        let layer = linear::Linear {
            rows: self.rows,
            x: rest.value(self.x),
            filter: weights.filter(self.filter),
            bias: self.bias.map(|id| weights.constant(id)),
            activation: self.activation,
        };
        linear::linear::<Native>(&layer, y, &self.team);
    }

    fn algorithm(&self) -> &'static str {
        match self.layout {
            Layout::Panels => "packed",
            _ => "naive",
        }
    }
}

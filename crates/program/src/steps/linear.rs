//! Fully connected layer.

use crate::contract;
use crate::memory::Memory;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::filter::{Kind, Layout};
use receptive_kernels::linear;
use receptive_kernels::native;
use receptive_kernels::team::Team;

#[derive(Debug)]
struct Linear {
    words: contract::Linear,
    layout: Layout,
    team: Team,
}

/// The step from `x` `[rows, features_in]` to `y` `[rows, features_out]`; `bias` is a constant
/// `[features_out]` or missing. Fails with [`Code::Weights`](receptive_kernels::error::Code) for a
/// filter that is not complete or not of this layer.
pub fn step(words: contract::Linear, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let contract::Linear { x, y, rows, features_in, features_out, .. } = words;
    let filter = context.weights.expect_filter(words.filter)?;
    let spec = filter.spec();
    if (spec.kind, spec.dims) != (Kind::Linear, [features_out, features_in, 1, 1])
        || spec.groups != 1
    {
        let message = format!("filter {spec:?} does not map {features_in} to {features_out}");
        return Err(Error::new(Code::Weights, message));
    }
    context.expect("x", x, checked_len("x", &[rows, features_in])?)?;
    context.expect("y", y, checked_len("y", &[rows, features_out])?)?;
    if let Some(bias) = words.bias {
        context.weights.expect_constant("bias", bias, features_out)?;
    }
    Ok(Box::new(Linear { words, layout: filter.layout(), team: context.team }))
}

impl Step for Linear {
    fn access(&self) -> Access {
        Access { reads: vec![self.words.x], write: self.words.y, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let words = &self.words;
        let (rest, y, _) = memory.write(words.y);
        let layer = linear::Linear {
            rows: words.rows,
            x: rest.value(words.x),
            filter: weights.filter(words.filter),
            bias: words.bias.map(|id| weights.constant(id)),
            activation: words.activation,
        };
        native::linear(&layer, y, &self.team);
    }

    fn algorithm(&self) -> &'static str {
        match self.layout {
            Layout::Panels => "packed",
            _ => "naive",
        }
    }
}

//! A recurrent layer in one direction.

use crate::contract;
use crate::memory::Memory;
use crate::operand::Operand;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::{SlotId, Weights};
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::native;
use receptive_kernels::recurrent::{Given, Kind, Recurrent};

#[derive(Debug)]
struct Layer {
    x: ValueId,
    r: SlotId,
    bias: Option<SlotId>,
    h: Operand,
    /// Of an LSTM.
    c: Option<Operand>,
    y: ValueId,
    of: Recurrent,
    scratch: usize,
}

/// The step from `x` `[steps, N, gates, hidden]`, the constant `r` `[gates, hidden, hidden]`, `h`
/// and, of an LSTM, `c` `[N, hidden]` to `y`, of [`Recurrent::output_len`] elements. Fails with
/// [`Code::Weights`](receptive_kernels::error::Code) for a [`Kind::GruAfter`] without its constant
/// `bias` `[hidden]`.
pub fn step(words: contract::Recurrent, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let contract::Recurrent { x, r, bias, h, c, y, kind, steps, n, hidden, backwards } = words;
    let of = Recurrent { kind, steps, n, hidden, backwards };
    let gates = kind.gates();
    context.expect("input", x, checked_len("input", &[steps, n, gates, hidden])?)?;
    let state = checked_len("state", &[n, hidden])?;
    context.weights.expect_constant(
        "weight",
        r,
        checked_len("weight", &[gates, hidden, hidden])?,
    )?;
    h.expect("hidden state", state, context)?;
    let c = (kind == Kind::Lstm).then_some(c);
    if let Some(c) = c {
        c.expect("cells", state, context)?;
    }
    let bias = bias.filter(|_| kind == Kind::GruAfter);
    match bias {
        Some(bias) => context.weights.expect_constant("bias", bias, hidden)?,
        None if kind == Kind::GruAfter => {
            return Err(Error::new(Code::Weights, "the step needs a bias"));
        }
        None => {}
    }
    checked_len("output", &[steps + 1, n, hidden])?;
    context.expect("output", y, of.output_len())?;
    let scratch =
        of.scratch_len().ok_or_else(|| Error::new(Code::Shape, "the layer is too large"))?;
    Ok(Box::new(Layer { x, r, bias, h, c, y, of, scratch }))
}

impl Step for Layer {
    fn access(&self) -> Access {
        let states = [Some(self.h), self.c].into_iter().flatten();
        let reads = [self.x].into_iter().chain(states.filter_map(Operand::value)).collect();
        Access { reads, write: self.y, scratch: self.scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, weights: &Weights) {
        let (rest, y, scratch) = memory.write(self.y);
        let given = Given {
            x: rest.value(self.x),
            r: weights.constant(self.r),
            bias: self.bias.map_or(&[], |bias| weights.constant(bias)),
            h: self.h.get(&rest, weights),
            c: self.c.map_or(&[], |c| c.get(&rest, weights)),
        };
        native::recurrent(&self.of, given, y, &mut scratch[..self.scratch]);
    }
}

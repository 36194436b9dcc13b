//! Elements in another order, some of them, or some of them often.

use crate::contract::Rearrange;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::movement::rearrange::{View, rearrange};
use receptive_kernels::team::Team;

#[derive(Debug)]
struct Rearranged {
    x: ValueId,
    y: ValueId,
    view: View,
    /// Whether `y` may take over the memory of `x`.
    is_copy: bool,
    team: Team,
}

/// The step from `x` of `len` elements to `y` of dimensions `dims`. Fails with
/// [`Code::Shape`](receptive_kernels::error::Code) where an element would lie outside of `x`.
pub fn step(words: Rearrange, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let Rearrange { x, y, len, first, dims, forth, back } = words;
    context.expect("input", x, len)?;
    let out = checked_len("output", &dims)?;
    context.expect("output", y, out)?;
    let view = View::new(len, first, &dims, &forth, &back).ok_or_else(|| {
        let message = format!("{dims:?} elements from {first} on, by strides of {forth:?} and -{back:?}, do not lie in {len}");
        Error::new(Code::Shape, message)
    })?;
    let is_copy = view.is_copy() && len == out;
    Ok(Box::new(Rearranged { x, y, view, is_copy, team: context.team }))
}

impl Step for Rearranged {
    fn access(&self) -> Access {
        let in_place = self.is_copy.then_some(self.x);
        Access { reads: vec![self.x], write: self.y, in_place, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        if memory.in_place(self.x, self.y) {
            return;
        }
        let (rest, y, _) = memory.write(self.y);
        rearrange(&self.view, rest.value(self.x), y, &self.team);
    }

    fn algorithm(&self) -> &'static str {
        if self.is_copy { "copy" } else { "direct" }
    }
}

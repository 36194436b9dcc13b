//! Transposition of the last two of three axes.

use crate::contract::Transpose;
use crate::memory::Memory;
use crate::step::{Access, Context, Step};
use crate::weights::Weights;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::movement::transpose::transpose;

/// The step from `x` `[outer, rows, cols]` to `y` `[outer, cols, rows]`.
pub fn step(transpose: Transpose, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let Transpose { x, y, outer, rows, cols } = transpose;
    let len = checked_len("input", &[outer, rows, cols])?;
    context.expect("input", x, len)?;
    context.expect("output", y, len)?;
    Ok(Box::new(transpose))
}

impl Transpose {
    /// With one row or column the order in memory does not change.
    fn is_copy(&self) -> bool {
        self.rows == 1 || self.cols == 1
    }
}

impl Step for Transpose {
    fn access(&self) -> Access {
        let in_place = self.is_copy().then_some(self.x);
        Access { reads: vec![self.x], write: self.y, in_place, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        if memory.in_place(self.x, self.y) {
            return;
        }
        let (rest, y, _) = memory.write(self.y);
        if self.is_copy() {
            y.copy_from_slice(rest.value(self.x));
        } else {
            transpose(self.rows, self.cols, rest.value(self.x), y);
        }
    }

    fn algorithm(&self) -> &'static str {
        if self.is_copy() { "copy" } else { "direct" }
    }
}

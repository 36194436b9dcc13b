//! Local response normalisation across channels.

use crate::contract::Lrn;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::matrix::MatMut;
use receptive_kernels::norm::lrn;
use receptive_kernels::team::{Grid, PASS, Units};

#[derive(Debug)]
struct LocalResponse {
    x: ValueId,
    y: ValueId,
    c: usize,
    lrn: lrn::Lrn,
    /// Scratch elements, for all threads.
    scratch: usize,
}

/// The step from `x` to `y`, both `[rows, C]`. Fails with
/// [`Code::Argument`](receptive_kernels::error::Code) for an `alpha`, `beta` or `k` that is not
/// finite.
pub fn step(words: Lrn, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let Lrn { x, y, rows, c, size, alpha, beta, k } = words;
    if !(alpha.is_finite() && beta.is_finite() && k.is_finite()) {
        return Err(Error::new(Code::Argument, "alpha, beta or k of LRN is not finite"));
    }
    let len = checked_len("input", &[rows, c])?;
    context.expect("input", x, len)?;
    context.expect("output", y, len)?;
    let lrn = lrn::Lrn { size, alpha, beta, k };
    let scratch = lrn.scratch(c) * context.team.threads();
    Ok(Box::new(LocalResponse { x, y, c, lrn, scratch }))
}

impl Step for LocalResponse {
    fn access(&self) -> Access {
        let (reads, scratch) = (vec![self.x], self.scratch);
        Access { reads, write: self.y, in_place: Some(self.x), scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (in_place, team) = (memory.in_place(self.x, self.y), memory.team());
        let (rest, y, scratch) = memory.write(self.y);
        let x = (!in_place).then(|| rest.value(self.x));
        let c = self.c;
        let grid = Grid::rows(&team, y.len() / c, PASS * y.len());
        let place = |[rows, _]: &Units| [rows.clone(), 0..c];
        let scratch = (scratch, self.lrn.scratch(c));
        team.split(grid, MatMut::new(y, c), scratch, place, |[rows, _], mut y, scratch| {
            for (at, row) in rows.enumerate() {
                let y = y.row(at);
                if let Some(x) = x {
                    y.copy_from_slice(&x[row * c..][..c]);
                }
                lrn::lrn(&self.lrn, y, scratch);
            }
        });
    }
}

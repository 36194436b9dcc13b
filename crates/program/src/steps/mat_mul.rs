//! Products of two tensors of matrices.

use super::binary::reach;
use crate::contract;
use crate::memory::Memory;
use crate::step::{Access, Context, Step, ValueId};
use crate::weights::Weights;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::matmul::MatMul;
use receptive_kernels::native;
use receptive_kernels::team::Team;

#[derive(Debug)]
struct Products {
    a: ValueId,
    b: ValueId,
    y: ValueId,
    products: MatMul,
    scratch: usize,
    team: Team,
}

/// The step from `a` of `a_len` and `b` of `b_len` elements, matrices `[N, K]` and `[K, M]` (or
/// `[M, K]` if `transposed`) whose starts lie by their strides along `dims`, to `y`,
/// `[dims, N, M]`.
///
/// Fails with [`Code::Shape`](receptive_kernels::error::Code) for matrices that do not lie in their
/// operand.
pub fn step(words: contract::MatMul, context: Context<'_>) -> Result<Box<dyn Step>, Error> {
    let contract::MatMul { a, b, y, a_len, b_len, n, k, m, transposed, .. } = words;
    context.expect("first operand", a, a_len)?;
    context.expect("second operand", b, b_len)?;
    let dims = [&words.dims[..], &[n, m]].concat();
    context.expect("output", y, checked_len("output", &dims)?)?;
    let matrices = [(a_len, &words.a_strides, [n, k]), (b_len, &words.b_strides, [k, m])];
    for (len, strides, matrix) in matrices {
        let own = checked_len("matrix", &matrix)?;
        // The last matrix begins at the last element that the strides reach, and ends with the operand.
        let end = reach(&words.dims, strides).and_then(|len| (len - 1).checked_add(own));
        if end.is_none_or(|end| end > len) {
            let message = format!("matrices of {matrix:?}, {strides:?} apart, do not lie in {len}");
            return Err(Error::new(Code::Shape, message));
        }
    }
    let starts = starts(&words.dims, [&words.a_strides, &words.b_strides]);
    let products = MatMul { starts, n, k, m, transposed };
    let scratch = products.scratch().and_then(|len| len.checked_mul(context.team.threads()));
    let scratch = scratch.ok_or_else(|| Error::new(Code::Shape, "the matrices are too large"))?;
    Ok(Box::new(Products { a, b, y, products, scratch, team: context.team }))
}

/// Where both matrices start, for every index.
fn starts(dims: &[usize], strides: [&[usize]; 2]) -> Vec<[usize; 2]> {
    dims.iter().enumerate().fold(vec![[0; 2]], |starts, (axis, &dim)| {
        let along = |[a, b]: [usize; 2]| {
            (0..dim).map(move |i| [a + i * strides[0][axis], b + i * strides[1][axis]])
        };
        starts.into_iter().flat_map(along).collect()
    })
}

impl Step for Products {
    fn access(&self) -> Access {
        let reads = vec![self.a, self.b];
        Access { reads, write: self.y, scratch: self.scratch, ..Access::default() }
    }

    fn run(&self, memory: &mut Memory, _: &Weights) {
        let (rest, y, scratch) = memory.write(self.y);
        let operands = [rest.value(self.a), rest.value(self.b)];
        native::matmul(&self.products, operands, y, scratch, &self.team);
    }
}

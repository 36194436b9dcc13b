//! Gradients of what is done element by element or along an axis, and dropout.

use crate::contract::{ActivationGrad, BinaryGrad, Dropout, HYPER_DRAW, HYPER_SEED, SoftmaxGrad};
use crate::prepared::{Made, Touches, made};
use receptive_kernels::elementwise::CHUNK;
use receptive_kernels::elementwise::backward::{self, Operands, Side};
use receptive_kernels::elementwise::binary::Broadcast;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::random::dropout;
use receptive_kernels::random::stream::{Purpose, Stream};
use receptive_kernels::softmax;
use receptive_kernels::team::PASS;
use receptive_program::step::Context;
use receptive_program::steps::binary;

/// `dx = dy f'(x)`, all of `len` elements. `from` is the input or the output of the activation, as
/// [`kept`](receptive_kernels::activation::Activation::kept) says.
pub fn activation_grad(words: ActivationGrad, context: Context<'_>) -> Made {
    let ActivationGrad { dy, from, dx, len, activation } = words;
    for (what, id) in [("dy", dy), ("from", from), ("dx", dx)] {
        context.expect(what, id, len)?;
    }
    let (team, ids) = (context.team, [dy, from, dx].map(Some));
    made(context, Touches::new([dy, from], dx), move |memory| {
        let ([dy, from, dx], _) = memory.several(ids);
        team.split_rows(dx, 1, PASS * len, |first, dx| {
            let others = dy[first..].chunks(CHUNK).zip(from[first..].chunks(CHUNK));
            for (dx, (dy, from)) in dx.chunks_mut(CHUNK).zip(others) {
                dx.copy_from_slice(&dy[..dx.len()]);
                activation.backward(&from[..dx.len()], dx);
            }
        });
    })
}

/// `dx` of `dy` and the output `y` of a softmax, or with `log` of its logarithm, over the middle
/// axis of `[outer, axis, inner]`, the shape of all three.
pub fn softmax_grad(words: SoftmaxGrad, context: Context<'_>) -> Made {
    let SoftmaxGrad { y, dy, dx, outer, axis, inner, log } = words;
    let len = checked_len("y", &[outer, axis, inner])?;
    for (what, id) in [("y", y), ("dy", dy), ("dx", dx)] {
        context.expect(what, id, len)?;
    }
    let (team, ids) = (context.team, [y, dy, dx].map(Some));
    let block = axis * inner;
    made(context, Touches::new([y, dy], dx), move |memory| {
        let ([y, dy, dx], _) = memory.several(ids);
        team.split_rows(dx, block, PASS * len, |first, dx| {
            dx.copy_from_slice(&dy[first * block..][..dx.len()]);
            let blocks = y[first * block..].chunks_exact(block);
            for (y, dx) in blocks.zip(dx.chunks_exact_mut(block)) {
                softmax::backward::backward(inner, log, y, dx);
            }
        });
    })
}

/// Elements that the strides of an operand reach.
fn reach(dims: &[usize], strides: &[usize]) -> Result<usize, Error> {
    binary::reach(dims, strides)
        .ok_or_else(|| Error::new(Code::Shape, format!("strides {strides:?} overflow")))
}

/// `dx` of one operand, `a` or with `second` `b`, of `a op b`: sums over the axes along which its
/// stride is 0. `dy` has the elements of `dims`, `a` and `b` those that their strides reach, `dx`
/// as many as its operand.
///
/// Fails with [`Code::Argument`] for an operation that has no gradient here.
pub fn binary_grad(words: BinaryGrad, context: Context<'_>) -> Made {
    let BinaryGrad { dy, a, b, dx, op, second, dims, a_strides, b_strides } = words;
    let (a_len, b_len) = (reach(&dims, &a_strides)?, reach(&dims, &b_strides)?);
    context.expect("dy", dy, checked_len("dy", &dims)?)?;
    context.expect("a", a, a_len)?;
    context.expect("b", b, b_len)?;
    context.expect("dx", dx, if second { b_len } else { a_len })?;
    let kind = backward::Kind::try_from(op)?;
    let (side, team) = (if second { Side::B } else { Side::A }, context.team);
    let shape = Broadcast::new(&dims, &a_strides, &b_strides);
    // A square has one operand.
    let twice = a == b;
    let ids = [Some(dy), Some(a), (!twice).then_some(b), Some(dx)];
    let touches = Touches::new([dy, a], dx).reading(ids[2]);
    let touches = touches.scratch(backward::scratch_len(&shape, side, &team));
    made(context, touches, move |memory| {
        let ([dy, a, b, dx], scratch) = memory.several(ids);
        let from = Operands { dy, a, b: if twice { a } else { b } };
        backward::binary((kind, side), &shape, from, dx, scratch, &team);
    })
}

/// The number made of words of 16 bits each, the lowest first: whole numbers from 0 to 65,535, four
/// at the most.
pub fn halves(words: &[f32]) -> u64 {
    words.iter().rev().fold(0, |all, &half| all << 16 | half as u64)
}

/// `y` is `x` over `1 - p`, or 0 where dropped, each `row` elements of the `len` together; on the
/// gradient it is its own derivative. Seed and draw are read from `hyper` at every run.
///
/// Fails with [`Code::Argument`] for a `p` outside of 0 to 1 or a `hyper` that is too short, with
/// [`Code::Shape`] where rows do not divide the elements.
pub fn dropout(words: Dropout, context: Context<'_>) -> Made {
    let Dropout { x, y, hyper, len, row, p, stream } = words;
    context.expect("x", x, len)?;
    context.expect("y", y, len)?;
    super::update::expect_hyper(hyper, 0, context)?;
    if len % row != 0 {
        let message = format!("{len} elements do not divide into rows of {row}");
        return Err(Error::new(Code::Shape, message));
    }
    let dropout = dropout::Dropout::new(p.into())?;
    let (stream, team) = (stream as u32, context.team);
    let ids = [x, hyper, y].map(Some);
    made(context, Touches::new([x, hyper], y), move |memory| {
        let ([x, hyper, y], _) = memory.several(ids);
        let seed = halves(&hyper[HYPER_SEED..HYPER_SEED + 4]);
        let draw = halves(&hyper[HYPER_DRAW..HYPER_DRAW + 2]) as u32;
        let stream = Stream::new(seed, Purpose::Dropout, stream).at(draw);
        dropout.apply(&stream, x, row, y, &team);
    })
}

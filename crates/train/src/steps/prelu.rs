//! Leaky ReLU whose slopes are values, and its gradients.

use crate::contract::{PreluForward, PreluInputGrad, PreluSlopeGrad};
use crate::prepared::{Made, Touches, made};
use receptive_kernels::activation::backward::prelu_backward;
use receptive_kernels::elementwise::prelu::prelu;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_program::step::{Context, ValueId};

/// Elements of a map, with its length and that of the slopes checked.
fn expect(
    [rows, c, slopes]: [usize; 3],
    maps: &[ValueId],
    factors: &[ValueId],
    context: Context<'_>,
) -> Result<usize, Error> {
    if slopes != 1 && slopes != c {
        let message = format!("{slopes} slopes for {c} channels, expected 1 or {c}");
        return Err(Error::new(Code::Shape, message));
    }
    let len = checked_len("x", &[rows, c])?;
    maps.iter().try_for_each(|&id| context.expect("map", id, len))?;
    factors.iter().try_for_each(|&id| context.expect("slope", id, slopes))?;
    Ok(len)
}

/// One slope for all is one channel of as many rows as there are elements.
fn row(c: usize, slopes: usize) -> usize {
    if slopes == 1 { 1 } else { c }
}

/// `y` is `x` where positive, else `slope x`: both `[rows, C]`, the slopes `[C]` or `[1]`. Fails
/// with [`Code::Shape`] for another number of slopes.
pub fn prelu_forward(words: PreluForward, context: Context<'_>) -> Made {
    let PreluForward { x, y, slope, rows, c, slopes } = words;
    expect([rows, c, slopes], &[x, y], &[slope], context)?;
    let (ids, row) = ([x, slope, y].map(Some), row(c, slopes));
    made(context, Touches::new([x, slope], y), move |memory| {
        let ([x, slope, y], _) = memory.several(ids);
        y.copy_from_slice(x);
        y.chunks_exact_mut(row).for_each(|y| prelu(y, slope));
    })
}

/// `dx` of `dy`, `x` and `slope`; shapes and failures of [`prelu_forward`].
pub fn prelu_input_grad(words: PreluInputGrad, context: Context<'_>) -> Made {
    let PreluInputGrad { dy, x, slope, dx, rows, c, slopes } = words;
    expect([rows, c, slopes], &[dy, x, dx], &[slope], context)?;
    let ids = [dy, x, slope, dx].map(Some);
    made(context, Touches::new([dy, x, slope], dx).scratch(slopes), move |memory| {
        let ([dy, x, slope, dx], scratch) = memory.several(ids);
        dx.copy_from_slice(dy);
        prelu_backward(c, slope, x, dx, &mut scratch[..slopes]);
    })
}

/// `dslope`, `[C]` or `[1]`: the sums over rows of `x dy` where `x` is not positive. Fails as
/// [`prelu_forward`].
pub fn prelu_slope_grad(words: PreluSlopeGrad, context: Context<'_>) -> Made {
    let PreluSlopeGrad { dy, x, dslope, rows, c, slopes } = words;
    let len = expect([rows, c, slopes], &[dy, x], &[dslope], context)?;
    let ids = [dy, x, dslope].map(Some);
    made(context, Touches::new([dy, x], dslope).scratch(slopes + len), move |memory| {
        let ([dy, x, dslope], scratch) = memory.several(ids);
        let (slope, dx) = scratch.split_at_mut(slopes);
        // The gradient of the input is not wanted here.
        slope.fill(0.0);
        let dx = &mut dx[..len];
        dx.copy_from_slice(dy);
        prelu_backward(c, slope, x, dx, dslope);
    })
}

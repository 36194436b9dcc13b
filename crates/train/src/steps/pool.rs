//! Gradients of pooling.

use crate::contract::{AdaptiveAvgPool2dGrad, AvgPool2dGrad, GlobalPool2dGrad, MaxPool2dGrad};
use crate::prepared::{Made, Touches, made, own};
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::geometry;
use receptive_kernels::pool::adaptive::Sizes;
use receptive_kernels::pool::argmax::{self, Offset};
use receptive_kernels::pool::avg::Divisor;
use receptive_kernels::pool::backward;
use receptive_program::contract::{GlobalPoolKind, Window};
use receptive_program::step::{Context, ValueId};

/// The window, with the lengths of both ends checked; and elements of the smaller one.
fn window(
    n: usize,
    window: &Window,
    [x, y]: [ValueId; 2],
    context: Context<'_>,
) -> Result<(geometry::Window, usize), Error> {
    let window = window.check()?;
    context.expect("x", x, checked_len("x", &[n, window.y.size, window.x.size, window.c])?)?;
    let len = checked_len("y", &[n, window.oh, window.ow, window.c])?;
    context.expect("y", y, len)?;
    Ok((window, len))
}

/// `dx` `[N, H, W, C]` of `dy` `[N, OH, OW, C]` and `x`. Where the maxima are is found anew: a byte
/// or two for each, where keeping `y` would take four.
///
/// Fails with [`Code::Geometry`] for a window without an output or of more than 65,536 elements.
pub fn max_pool2d_grad(words: MaxPool2dGrad, context: Context<'_>) -> Made {
    if words.window.kernel[0].saturating_mul(words.window.kernel[1]) <= u8::TAPS {
        max_pool::<u8>(words, context)
    } else {
        max_pool::<u16>(words, context)
    }
}

fn max_pool<I: Offset + Default + 'static>(words: MaxPool2dGrad, context: Context<'_>) -> Made {
    let MaxPool2dGrad { x, dy, dx, n, window: ref w } = words;
    let (window, len) = window(n, w, [x, dy], context)?;
    context.expect("dx", dx, checked_len("dx", &[n, window.y.size, window.x.size, window.c])?)?;
    if window.y.kernel * window.x.kernel > I::TAPS {
        let message = format!("a window has more than {} elements", I::TAPS);
        return Err(Error::new(Code::Geometry, message));
    }
    let (team, offsets) = (context.team, own::<I>(len)?);
    let ids = [x, dy, dx].map(Some);
    made(context, Touches::new([x, dy], dx).scratch(len), move |memory| {
        let ([x, dy, dx], scratch) = memory.several(ids);
        let offsets = &mut offsets.borrow_mut()[..];
        argmax::max_pool2d(&window, x, &mut scratch[..len], offsets, &team);
        backward::max::max_pool2d(&window, dy, offsets, dx, &team);
    })
}

/// `dx` `[N, H, W, C]` of `dy` `[N, OH, OW, C]`. A `divisor` of 0 counts the elements of a window,
/// those of padding too with `count_include_pad`.
///
/// Fails with [`Code::Geometry`] for a window without an output.
pub fn avg_pool2d_grad(words: AvgPool2dGrad, context: Context<'_>) -> Made {
    let AvgPool2dGrad { dy, dx, n, window: ref w, count_include_pad, divisor } = words;
    let (window, _) = window(n, w, [dx, dy], context)?;
    let divisor = match (divisor, count_include_pad) {
        (0, false) => Divisor::Inside,
        (0, true) => Divisor::Padded,
        (divisor, _) => Divisor::Fixed(divisor as u32),
    };
    let (team, ids) = (context.team, [dy, dx].map(Some));
    made(context, Touches::new([dy], dx), move |memory| {
        let ([dy, dx], _) = memory.several(ids);
        backward::avg::avg_pool2d(&window, divisor, dy, dx, &team);
    })
}

/// `dx` `[N, HW, C]` of `dy` `[N, C]` and, for the maximum, `x` `[N, HW, C]`, whose maxima are
/// found anew. Fails with [`Code::Argument`] for a maximum without `x`.
pub fn global_pool2d_grad(words: GlobalPool2dGrad, context: Context<'_>) -> Made {
    let GlobalPool2dGrad { x, dy, dx, kind, n, hw, c } = words;
    let (x_len, y_len) = (checked_len("x", &[n, hw, c])?, checked_len("y", &[n, c])?);
    context.expect("dx", dx, x_len)?;
    context.expect("dy", dy, y_len)?;
    let team = context.team;
    match (kind, x) {
        (GlobalPoolKind::Avg, _) => {
            let ids = [dy, dx].map(Some);
            made(context, Touches::new([dy], dx), move |memory| {
                let ([dy, dx], _) = memory.several(ids);
                backward::global::global_avg(hw, c, dy, dx, &team);
            })
        }
        (GlobalPoolKind::Max, None) => Err(Error::new(Code::Argument, "max pooling needs x")),
        (GlobalPoolKind::Max, Some(x)) => {
            context.expect("x", x, x_len)?;
            let (pixels, ids) = (own::<u32>(y_len)?, [x, dy, dx].map(Some));
            made(context, Touches::new([x, dy], dx).scratch(y_len), move |memory| {
                let ([x, dy, dx], scratch) = memory.several(ids);
                let pixels = &mut pixels.borrow_mut()[..];
                argmax::global_max(hw, c, x, &mut scratch[..y_len], pixels, &team);
                backward::global::global_max(hw, c, dy, pixels, dx, &team);
            })
        }
    }
}

/// `dx` `[N, H, W, C]` of `dy` `[N, OH, OW, C]`: see [`backward::adaptive::adaptive_avg_pool2d`].
pub fn adaptive_avg_pool2d_grad(words: AdaptiveAvgPool2dGrad, context: Context<'_>) -> Made {
    let AdaptiveAvgPool2dGrad { dy, dx, n, c, h, w, oh, ow } = words;
    context.expect("dx", dx, checked_len("dx", &[n, h, w, c])?)?;
    context.expect("dy", dy, checked_len("dy", &[n, oh, ow, c])?)?;
    let (team, ids, sizes) = (context.team, [dy, dx].map(Some), Sizes { c, h, w, oh, ow });
    made(context, Touches::new([dy], dx), move |memory| {
        let ([dy, dx], _) = memory.several(ids);
        backward::adaptive::adaptive_avg_pool2d(sizes, dy, dx, &team);
    })
}

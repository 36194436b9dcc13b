//! Gradients of what moves elements.

use crate::contract::{PadGrad, Resize2dGrad};
use crate::prepared::{Made, Touches, made};
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::movement::backward;
use receptive_kernels::resize::{Mode, Resize, ResizeAxis};
use receptive_kernels::resize_backward::{bilinear, nearest};
use receptive_program::step::Context;
use receptive_program::steps::pad;

/// `dx` `[N, H, W, C]` of `dy` `[N, OH, OW, C]`: see [`receptive_kernels::resize_backward`].
///
/// Fails with [`Code::Geometry`] for a scale that is negative or not finite.
pub fn resize2d_grad(words: Resize2dGrad, context: Context<'_>) -> Made {
    let Resize2dGrad { dy, dx, mode, n, c, h, w, oh, ow, scale_h, scale_w, align_corners } = words;
    let usable = |scale: f32| scale.is_finite() && scale >= 0.0;
    if !(usable(scale_h) && usable(scale_w)) {
        return Err(Error::new(Code::Geometry, "a resize step is below 0 or not finite"));
    }
    context.expect("dx", dx, checked_len("dx", &[n, h, w, c])?)?;
    context.expect("dy", dy, checked_len("dy", &[n, oh, ow, c])?)?;
    let axis = |size, out, scale| ResizeAxis { size, out, scale, align_corners };
    let resize = Resize { c, y: axis(h, oh, scale_h), x: axis(w, ow, scale_w) };
    let (team, ids) = (context.team, [dy, dx].map(Some));
    made(context, Touches::new([dy], dx), move |memory| {
        let ([dy, dx], _) = memory.several(ids);
        match mode {
            Mode::Nearest => nearest(&resize, dy, dx, &team),
            Mode::Bilinear => bilinear(&resize, dy, dx, &team),
        }
    })
}

/// `dx`, of dimensions `dims`, of `dy`, which has the border as well: see [`backward::pad`].
///
/// Fails with [`Code::Geometry`](receptive_kernels::error::Code) for a border wider than the mode
/// can fill.
pub fn pad_grad(words: PadGrad, context: Context<'_>) -> Made {
    let PadGrad { dy, dx, mode, dims, before, after } = words;
    let mode = pad::mode_of(mode, 0.0);
    let (axes, inner) = pad::axes_of(mode, [dx, dy], [&dims, &before, &after], context)?;
    let (team, ids) = (context.team, [dy, dx].map(Some));
    made(context, Touches::new([dy], dx), move |memory| {
        let ([dy, dx], _) = memory.several(ids);
        backward::pad(&axes, inner, mode, dy, dx, &team);
    })
}

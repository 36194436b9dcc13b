//! Gradients of what is read from regions.

use crate::contract::RoiAlignGrad;
use crate::prepared::{Made, Touches, made};
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::roi::backward::{Target, roi_align};
use receptive_program::step::Context;

/// `dx` `[N, H, W, C]` of level `at` of a pyramid, of `dy` `[R, OH, OW, C]` and `rois` `[R, 5]`:
/// see [`roi_align`].
///
/// Fails with [`Code::Argument`] for a level that `scales` do not have, and as
/// [`RoiForm::check`](receptive_program::contract::RoiForm::check).
pub fn roi_align_grad(words: RoiAlignGrad, context: Context<'_>) -> Made {
    let RoiAlignGrad { rois, dy, dx, form, h, w, at: level, scales } = words;
    let (align, canonical) = form.check([rois, dy], context)?;
    context.expect("dx", dx, checked_len("dx", &[form.n, h, w, form.c])?)?;
    if level >= scales.len() {
        let message = format!("level {level} of {}", scales.len());
        return Err(Error::new(Code::Argument, message));
    }
    let scales: Vec<f32> = scales.iter().map(|of| of.scale).collect();
    let (team, ids) = (context.team, [rois, dy, dx].map(Some));
    made(context, Touches::new([rois, dy], dx), move |memory| {
        let ([rois, dy, dx], _) = memory.several(ids);
        let target = Target { h, w, level, scales: &scales, canonical };
        roi_align(&align, target, rois, dy, dx, &team);
    })
}

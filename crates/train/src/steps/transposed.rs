//! Transposed convolution whose weights are values, and its gradients.

use crate::contract::{TransposedForward, TransposedInputGrad, TransposedWeightGrad};
use crate::prepared::{Made, Touches, made};
use receptive_kernels::activation::Activation;
use receptive_kernels::conv_transpose2d::backward::{self, Shape};
use receptive_kernels::conv_transpose2d::{ConvTranspose, TransposedAxis, scatter};
use receptive_kernels::error::Error;
use receptive_kernels::filter::{Filter, FilterSpec, Kind, Layout};
use receptive_kernels::matrix::MatMut;
use receptive_kernels::simd::Native;
use receptive_program::contract::Window;
use receptive_program::step::{Context, ValueId};

type Words<'a> = (usize, &'a Window, usize, usize, [usize; 2]);

fn axes(window: &Window, padding: [usize; 2]) -> Result<[TransposedAxis; 2], Error> {
    let [vertical, horizontal] = window.axes();
    Ok([TransposedAxis::new(vertical, padding[0])?, TransposedAxis::new(horizontal, padding[1])?])
}

/// The geometry, with the lengths of input, output and weights checked.
fn shape(
    (n, window, oc, groups, padding): Words<'_>,
    [x, y, w]: [ValueId; 3],
    context: Context<'_>,
) -> Result<Shape, Error> {
    let shape = Shape::new(n, axes(window, padding)?, [window.c, oc], groups)?;
    context.expect("x", x, shape.x_len())?;
    context.expect("y", y, shape.y_len())?;
    context.expect("weight", w, shape.weight_len())?;
    Ok(shape)
}

/// `y` `[N, OH, OW, OC]` of `x` `[N, H, W, C]`, `weight` `[C, OC / groups, KH, KW]` and `bias`
/// `[OC]` or none: see [`scatter::conv_transpose2d`]. Its weights are packed anew at every run.
///
/// Fails with [`Code::Geometry`](receptive_kernels::error::Code) for padding that leaves no output,
/// an output padding that is no less than stride and dilation, or channels that do not divide into
/// groups.
pub fn transposed_forward(words: TransposedForward, context: Context<'_>) -> Made {
    let TransposedForward { x, y, weight, bias, n, ref window, oc, groups, output_padding } = words;
    shape((n, window, oc, groups, output_padding), [x, y, weight], context)?;
    if let Some(bias) = bias {
        context.expect("bias", bias, oc)?;
    }
    let [y_axis, x_axis] = axes(window, output_padding)?;
    let dims = [window.c, oc / groups, y_axis.axis.kernel, x_axis.axis.kernel];
    let (spec, layout) = (FilterSpec::new(Kind::ConvTranspose, dims, groups)?, Layout::Panels);
    let (stored, team) = (spec.stored_len(layout)?, context.team);
    let pixels = y_axis.axis.size * x_axis.axis.size;
    let scratch = stored + team.threads() * scatter::scratch_len(&spec, pixels);
    let ids = [Some(x), Some(weight), bias, Some(y)];
    let touches = Touches::new([x, weight], y).reading(bias).scratch(scratch);
    made(context, touches, move |memory| {
        let ([x, weight, bias, y], scratch) = memory.several(ids);
        let (data, scratch) = scratch.split_at_mut(stored);
        let filter = Filter::pack(spec, layout, weight, data, &team).expect("lengths were checked");
        let bias = ids[2].is_some().then_some(&*bias);
        let activation = Activation::None;
        let conv = ConvTranspose { n, y_axis, x_axis, x, filter: &filter, bias, activation };
        scatter::conv_transpose2d::<Native>(&conv, MatMut::new(y, oc), scratch, &team);
    })
}

/// `dx` `[N, H, W, C]` of `dy` `[N, OH, OW, OC]` and `weight` `[C, OC / groups, KH, KW]`: see
/// [`backward::input_gradient`]. Fails as [`transposed_forward`].
pub fn transposed_input_grad(words: TransposedInputGrad, context: Context<'_>) -> Made {
    let TransposedInputGrad { dy, weight, dx, n, ref window, oc, groups, output_padding } = words;
    let shape = shape((n, window, oc, groups, output_padding), [dx, dy, weight], context)?;
    let team = context.team;
    let scratch = backward::input_scratch_len(&shape, &team);
    let ids = [dy, weight, dx].map(Some);
    made(context, Touches::new([dy, weight], dx).scratch(scratch), move |memory| {
        let ([dy, w, dx], scratch) = memory.several(ids);
        backward::input_gradient::<Native>(&shape, [dy, w], dx, scratch, &team);
    })
}

/// `dw` `[C, OC / groups, KH, KW]` of `x` `[N, H, W, C]` and `dy` `[N, OH, OW, OC]`: see
/// [`backward::weight_gradient`]. Fails as [`transposed_forward`].
pub fn transposed_weight_grad(words: TransposedWeightGrad, context: Context<'_>) -> Made {
    let TransposedWeightGrad { x, dy, dw, n, ref window, oc, groups, output_padding } = words;
    let shape = shape((n, window, oc, groups, output_padding), [x, dy, dw], context)?;
    let team = context.team;
    let scratch = backward::weight_scratch_len(&shape, &team);
    let ids = [x, dy, dw].map(Some);
    made(context, Touches::new([x, dy], dw).scratch(scratch), move |memory| {
        let ([x, dy, dw], scratch) = memory.several(ids);
        backward::weight_gradient::<Native>(&shape, x, dy, dw, scratch, &team);
    })
}

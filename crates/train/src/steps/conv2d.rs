//! 2-D convolution whose weights are values, and its gradients.

use crate::contract::{Conv2dForward, Conv2dInputGrad, Conv2dWeightGrad};
use crate::prepared::{Made, Touches, made};
use receptive_kernels::activation::Activation;
use receptive_kernels::conv2d::backward::{Shape, input, weight};
use receptive_kernels::conv2d::select::{Algorithm, Requested, Usage, layout, select};
use receptive_kernels::conv2d::{Conv, depthwise, packed, winograd};
use receptive_kernels::error::Error;
use receptive_kernels::filter::Filter;
use receptive_kernels::matrix::MatMut;
use receptive_kernels::simd::Native;
use receptive_program::contract::Window;
use receptive_program::step::{Context, ValueId};

/// The geometry, with the lengths of input, output and weights checked.
fn shape(
    (n, window, oc, groups): (usize, &Window, usize, usize),
    [x, y, w]: [ValueId; 3],
    context: Context<'_>,
) -> Result<Shape, Error> {
    let shape = Shape::new(n, window.check()?, oc, groups)?;
    context.expect("x", x, shape.x_len())?;
    context.expect("y", y, shape.y_len())?;
    context.expect("weight", w, shape.weight_len())?;
    Ok(shape)
}

/// `y[n][oh][ow][oc] = bias[oc] + sum over kh, kw, c of x * weight`, with `x` `[N, H, W, C]`,
/// `weight` `[OC, C / groups, KH, KW]`, `bias` `[OC]` or none, `y` `[N, OH, OW, OC]`. It runs by
/// the algorithm that inference would take for this map, its weights packed anew at every run.
///
/// Fails with [`Code::Geometry`](receptive_kernels::error::Code) for a window without an output or
/// channels that do not divide into groups.
pub fn conv2d_forward(words: Conv2dForward, context: Context<'_>) -> Made {
    let Conv2dForward { x, y, weight, bias, n, ref window, oc, groups } = words;
    let shape = shape((n, window, oc, groups), [x, y, weight], context)?;
    if let Some(bias) = bias {
        context.expect("bias", bias, oc)?;
    }
    let (spec, window, team) = (*shape.spec(), *shape.window(), context.team);
    let usage = Usage {
        stride: [window.y.stride, window.x.stride],
        dilation: [window.y.dilation, window.x.dilation],
        map: [window.oh, window.ow],
    };
    let layout = layout(Requested::Auto, &spec, &usage);
    let algorithm = select(&spec, layout, &window)?;
    let each = match algorithm {
        Algorithm::Winograd(tile) => winograd::scratch_len(tile, n, &window, oc),
        Algorithm::Depthwise => depthwise::scratch_len(&window, n),
        _ => packed::scratch_len(&window, n, oc),
    };
    let stored = spec.stored_len(layout)?;
    let scratch = stored + each * team.threads();
    let ids = [Some(x), Some(weight), bias, Some(y)];
    let touches = Touches::new([x, weight], y).reading(bias).scratch(scratch);
    made(context, touches, move |memory| {
        let ([x, weight, bias, y], scratch) = memory.several(ids);
        let (data, scratch) = scratch.split_at_mut(stored);
        let filter = Filter::pack(spec, layout, weight, data, &team).expect("lengths were checked");
        let bias = ids[2].is_some().then_some(&*bias);
        let activation = Activation::None;
        let conv =
            Conv { n, window: &window, x, filter: &filter, bias, residual: None, activation };
        let y = MatMut::new(y, oc);
        match algorithm {
            Algorithm::Winograd(_) => winograd::conv2d::<Native>(&conv, y, scratch, &team),
            Algorithm::Depthwise => depthwise::conv2d::<Native>(&conv, y, scratch, &team),
            _ => packed::conv2d::<Native>(&conv, y, scratch, &team),
        }
    })
}

/// `dx` `[N, H, W, C]` of `dy` `[N, OH, OW, OC]` and `weight` `[OC, C / groups, KH, KW]`: see
/// [`input::input_gradient`]. Fails as [`conv2d_forward`].
pub fn conv2d_input_grad(words: Conv2dInputGrad, context: Context<'_>) -> Made {
    let Conv2dInputGrad { dy, weight, dx, n, ref window, oc, groups } = words;
    let shape = shape((n, window, oc, groups), [dx, dy, weight], context)?;
    let team = context.team;
    let algorithm = input::select(&shape);
    let touches =
        Touches::new([dy, weight], dx).scratch(input::scratch_len(&shape, algorithm, &team));
    let ids = [dy, weight, dx].map(Some);
    made(context, touches, move |memory| {
        let ([dy, w, dx], scratch) = memory.several(ids);
        input::input_gradient::<Native>(&shape, algorithm, [dy, w], dx, scratch, &team);
    })
}

/// `dw` `[OC, C / groups, KH, KW]` of `x` `[N, H, W, C]` and `dy` `[N, OH, OW, OC]`: see
/// [`weight::weight_gradient`]. Fails as [`conv2d_forward`].
pub fn conv2d_weight_grad(words: Conv2dWeightGrad, context: Context<'_>) -> Made {
    let Conv2dWeightGrad { x, dy, dw, n, ref window, oc, groups } = words;
    let shape = shape((n, window, oc, groups), [x, dy, dw], context)?;
    let team = context.team;
    let touches = Touches::new([x, dy], dw).scratch(weight::scratch_len(&shape, &team));
    let ids = [x, dy, dw].map(Some);
    made(context, touches, move |memory| {
        let ([x, dy, dw], scratch) = memory.several(ids);
        weight::weight_gradient::<Native>(&shape, x, dy, dw, scratch, &team);
    })
}

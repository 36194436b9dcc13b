//! Fully connected layer whose weights are values, its gradients, and the gradient of a bias.

use crate::contract::{ColumnSums, LinearForward, LinearInputGrad, LinearWeightGrad};
use crate::prepared::{Made, Touches, made};
use receptive_kernels::activation::Activation;
use receptive_kernels::column_sums;
use receptive_kernels::error::{Error, checked_len};
use receptive_kernels::filter::{Filter, FilterSpec, Kind, Layout};
use receptive_kernels::linear::backward::{self, Shape};
use receptive_kernels::linear::{Linear, linear};
use receptive_kernels::simd::Native;
use receptive_program::step::{Context, ValueId};

/// The geometry, with the lengths of input, output and weights checked.
fn shape(
    [rows, c, oc]: [usize; 3],
    [x, y, w]: [ValueId; 3],
    context: Context<'_>,
) -> Result<Shape, Error> {
    let shape = Shape::new(rows, c, oc)?;
    context.expect("x", x, checked_len("x", &[rows, c])?)?;
    context.expect("y", y, checked_len("y", &[rows, oc])?)?;
    context.expect("weight", w, checked_len("weight", &[oc, c])?)?;
    Ok(shape)
}

/// `y[n][m] = bias[m] + sum over k of x[n][k] * weight[m][k]`: `x` `[rows, C]`, `weight` `[OC, C]`,
/// `bias` `[OC]` or none, `y` `[rows, OC]`. Its weights are packed anew at every run.
pub fn linear_forward(words: LinearForward, context: Context<'_>) -> Made {
    let LinearForward { x, y, weight, bias, rows, features_in: c, features_out: oc } = words;
    shape([rows, c, oc], [x, y, weight], context)?;
    if let Some(bias) = bias {
        context.expect("bias", bias, oc)?;
    }
    let (spec, layout) = (FilterSpec::new(Kind::Linear, [oc, c, 1, 1], 1)?, Layout::Panels);
    let (stored, team) = (spec.stored_len(layout)?, context.team);
    let ids = [Some(x), Some(weight), bias, Some(y)];
    let touches = Touches::new([x, weight], y).reading(bias).scratch(stored);
    made(context, touches, move |memory| {
        let ([x, weight, bias, y], scratch) = memory.several(ids);
        let data = &mut scratch[..stored];
        let filter = Filter::pack(spec, layout, weight, data, &team).expect("lengths were checked");
        let bias = ids[2].is_some().then_some(&*bias);
        let layer = Linear { rows, x, filter: &filter, bias, activation: Activation::None };
        linear::<Native>(&layer, y, &team);
    })
}

/// `dx` `[rows, C]` of `dy` `[rows, OC]` and `weight` `[OC, C]`: see [`backward::input_gradient`].
pub fn linear_input_grad(words: LinearInputGrad, context: Context<'_>) -> Made {
    let LinearInputGrad { dy, weight, dx, rows, features_in: c, features_out: oc } = words;
    let shape = shape([rows, c, oc], [dx, dy, weight], context)?;
    let team = context.team;
    let ids = [dy, weight, dx].map(Some);
    let touches = Touches::new([dy, weight], dx).scratch(backward::input_scratch_len(&shape));
    made(context, touches, move |memory| {
        let ([dy, w, dx], scratch) = memory.several(ids);
        backward::input_gradient::<Native>(&shape, [dy, w], dx, scratch, &team);
    })
}

/// `dw` `[OC, C]` of `x` `[rows, C]` and `dy` `[rows, OC]`: see [`backward::weight_gradient`].
pub fn linear_weight_grad(words: LinearWeightGrad, context: Context<'_>) -> Made {
    let LinearWeightGrad { x, dy, dw, rows, features_in: c, features_out: oc } = words;
    let shape = shape([rows, c, oc], [x, dy, dw], context)?;
    let team = context.team;
    let ids = [x, dy, dw].map(Some);
    made(context, Touches::new([x, dy], dw), move |memory| {
        let ([x, dy, dw], _) = memory.several(ids);
        backward::weight_gradient::<Native>(&shape, x, dy, dw, &team);
    })
}

/// `y[c] = sum over rows of x[row][c]`: `x` `[rows, C]`, `y` `[C]`. See
/// [`column_sums::column_sums`].
pub fn column_sums(words: ColumnSums, context: Context<'_>) -> Made {
    let ColumnSums { x, y, rows, c } = words;
    context.expect("x", x, checked_len("x", &[rows, c])?)?;
    context.expect("y", y, c)?;
    let (team, ids) = (context.team, [x, y].map(Some));
    let touches = Touches::new([x], y).scratch(column_sums::scratch_len(rows, c)?);
    made(context, touches, move |memory| {
        let ([x, y], scratch) = memory.several(ids);
        column_sums::column_sums::<Native>(x, y, scratch, &team);
    })
}

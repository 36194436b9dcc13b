//! Normalisations whose factors are values, and their gradients.

use crate::contract::{
    BatchNormEval, BatchNormEvalGrad, BatchNormRunning, BatchNormTrain, BatchNormTrainGrad,
    GroupNormForward, GroupNormGrad, LrnGrad,
};
use crate::prepared::{Made, Touches, made};
use receptive_kernels::activation::Activation;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::norm::backward::batch::{self as back, Saved, Statistics};
use receptive_kernels::norm::backward::{group as group_back, lrn as lrn_back};
use receptive_kernels::norm::batch::{self, BatchNorm, Running};
use receptive_kernels::norm::group::{self, GroupNorm};
use receptive_kernels::norm::lrn::Lrn;
use receptive_program::step::{Context, ValueId};

/// Fails unless values `[N, pixels, C]` have their length, and values `[C]` theirs.
fn expect(
    [n, pixels, c]: [usize; 3],
    maps: &[ValueId],
    channels: &[Option<ValueId>],
    context: Context<'_>,
) -> Result<(), Error> {
    let len = checked_len("x", &[n, pixels, c])?;
    maps.iter().try_for_each(|&id| context.expect("map", id, len))?;
    channels.iter().flatten().try_for_each(|&id| context.expect("factors", id, c))
}

/// A value that may be missing.
fn given(id: Option<ValueId>, value: &mut [f32]) -> Option<&[f32]> {
    id.is_some().then_some(value)
}

/// Both factors or none.
fn affine<'a>(
    ids: [Option<ValueId>; 2],
    weight: &'a mut [f32],
    bias: &'a mut [f32],
) -> batch::Affine<'a> {
    given(ids[0], weight).zip(given(ids[1], bias))
}

/// Fails where there is one factor without the other.
fn expect_both(ids: [Option<ValueId>; 2]) -> Result<(), Error> {
    if ids[0].is_some() == ids[1].is_some() {
        return Ok(());
    }
    Err(Error::new(Code::Argument, "a BatchNorm has a weight without a bias, or the reverse"))
}

/// `y` is `x` normalised by the statistics of the batch, both `[N, pixels, C]`; `weight` and `bias`
/// are `[C]`, or neither. `statistics` `[3, C]` gets mean, biased variance and
/// `1 / sqrt(variance + eps)`.
///
/// Fails with [`Code::Shape`] for fewer than two values a channel, with [`Code::Argument`] for an
/// `eps` that is negative or not finite, or one factor without the other.
pub fn batch_norm_train(words: BatchNormTrain, context: Context<'_>) -> Made {
    let BatchNormTrain { x, y, weight, bias, statistics, n, pixels, c, eps } = words;
    let norm = BatchNorm::training(n, pixels, c, eps)?;
    expect([n, pixels, c], &[x, y], &[weight, bias], context)?;
    expect_both([weight, bias])?;
    context.expect("statistics", statistics, checked_len("statistics", &[3, c])?)?;
    let (team, ids) = (context.team, [Some(x), weight, bias, Some(y), Some(statistics)]);
    let touches = Touches::new([x], y).reading(weight).reading(bias).writing(statistics);
    made(context, touches.scratch(norm.train_scratch()), move |memory| {
        let ([x, weight, bias, y, statistics], scratch) = memory.several(ids);
        let (mean, rest) = statistics.split_at_mut(c);
        let (variance, inverse) = rest.split_at_mut(c);
        let affine = affine([ids[1], ids[2]], weight, bias);
        batch::statistics(&norm, x, mean, variance, scratch, &team);
        batch::eval(&norm, (affine, (mean, variance)), x, y, inverse, scratch, &team);
    })
}

/// Running `mean` and `variance`, `[C]` each, take in those of `statistics` `[3, C]`, which are of
/// `count` values a channel: see [`Running::update`]. Fails with [`Code::Shape`] for a count below
/// 2.
pub fn batch_norm_running(words: BatchNormRunning, context: Context<'_>) -> Made {
    let BatchNormRunning { statistics, mean, variance, momentum, count, c } = words;
    context.expect("statistics", statistics, checked_len("statistics", &[3, c])?)?;
    context.expect("mean", mean, c)?;
    context.expect("variance", variance, c)?;
    if count < 2 {
        return Err(Error::new(Code::Shape, "one value a channel has no variance"));
    }
    let ids = [statistics, mean, variance].map(Some);
    let touches = Touches::new([statistics], mean).writing(variance).changing();
    made(context, touches, move |memory| {
        let ([statistics, mean, variance], _) = memory.several(ids);
        let mut running = Running { mean, variance, momentum };
        running.update(count, &statistics[..c], &statistics[c..2 * c]);
    })
}

/// `dx` `[N, pixels, C]`, `dweight` and `dbias` `[C]` of `x`, `dy` and what [`batch_norm_train`]
/// put into `statistics`. Fails with [`Code::Shape`] for fewer than two values a channel.
pub fn batch_norm_train_grad(words: BatchNormTrainGrad, context: Context<'_>) -> Made {
    let BatchNormTrainGrad { x, dy, statistics, weight, dweight, dbias, dx, n, pixels, c } = words;
    let norm = BatchNorm::training(n, pixels, c, 0.0)?;
    expect([n, pixels, c], &[x, dy, dx], &[weight, Some(dweight), Some(dbias)], context)?;
    context.expect("statistics", statistics, checked_len("statistics", &[3, c])?)?;
    let team = context.team;
    let others = [x, dy, statistics, dx, dweight, dbias].map(Some);
    let ids = [others[0], others[1], others[2], weight, others[3], others[4], others[5]];
    let touches = Touches::new([x, dy, statistics], dx).reading(weight);
    let touches = touches.writing(dweight).writing(dbias).scratch(back::scratch_len(&norm));
    made(context, touches, move |memory| {
        let ([x, dy, statistics, weight, dx, dweight, dbias], scratch) = memory.several(ids);
        let (mean, inverse) = (&statistics[..c], &statistics[2 * c..]);
        let gamma = given(ids[3], weight);
        let saved = Saved { statistics: Statistics::Batch, x, mean, inverse, gamma };
        back::batch_norm(&norm, &saved, dy, dx, Some((dweight, dbias)), scratch, &team);
    })
}

/// `y` is `x` normalised by running `mean` and `variance`, `[C]` each: shapes and failures of
/// [`batch_norm_train`], but one value a channel is enough.
pub fn batch_norm_eval(words: BatchNormEval, context: Context<'_>) -> Made {
    let BatchNormEval { x, y, weight, bias, mean, variance, n, pixels, c, eps } = words;
    let norm = BatchNorm::evaluation(n, pixels, c, eps)?;
    let factors = [weight, bias, Some(mean), Some(variance)];
    expect([n, pixels, c], &[x, y], &factors, context)?;
    expect_both([weight, bias])?;
    let (team, ids) = (context.team, [Some(x), weight, bias, Some(mean), Some(variance), Some(y)]);
    let touches = Touches::new([x, mean, variance], y).reading(weight).reading(bias);
    made(context, touches.scratch(c + norm.eval_scratch()), move |memory| {
        let ([x, weight, bias, mean, variance, y], scratch) = memory.several(ids);
        let (inverse, scratch) = scratch.split_at_mut(c);
        let affine = affine([ids[1], ids[2]], weight, bias);
        batch::eval(&norm, (affine, (mean, variance)), x, y, inverse, scratch, &team);
    })
}

/// `dx` `[N, pixels, C]`, `dweight` and `dbias` `[C]` of `x`, `dy` and running statistics, which
/// are constants. Fails with [`Code::Argument`] for an `eps` that is negative or not finite.
pub fn batch_norm_eval_grad(words: BatchNormEvalGrad, context: Context<'_>) -> Made {
    let BatchNormEvalGrad { x, dy, weight, mean, variance, dweight, dbias, dx, n, pixels, c, eps } =
        words;
    let norm = BatchNorm::evaluation(n, pixels, c, eps)?;
    let factors = [weight, Some(mean), Some(variance), Some(dweight), Some(dbias)];
    expect([n, pixels, c], &[x, dy, dx], &factors, context)?;
    let team = context.team;
    let others = [x, dy, mean, variance, dx, dweight, dbias].map(Some);
    let [x_id, dy_id, mean_id, variance_id, dx_id, dweight_id, dbias_id] = others;
    let ids = [x_id, dy_id, weight, mean_id, variance_id, dx_id, dweight_id, dbias_id];
    let touches = Touches::new([x, dy, mean, variance], dx).reading(weight);
    let touches = touches.writing(dweight).writing(dbias);
    made(context, touches.scratch(c + back::scratch_len(&norm)), move |memory| {
        let ([x, dy, weight, mean, variance, dx, dweight, dbias], scratch) = memory.several(ids);
        let (inverse, scratch) = scratch.split_at_mut(c);
        norm.inverse(variance, inverse);
        let gamma = given(ids[2], weight);
        let saved = Saved { statistics: Statistics::Running, x, mean, inverse, gamma };
        back::batch_norm(&norm, &saved, dy, dx, Some((dweight, dbias)), scratch, &team);
    })
}

fn group_of([pixels, c, groups]: [usize; 3], eps: f32) -> Result<GroupNorm, Error> {
    if c % groups != 0 {
        let message = format!("{c} channels do not divide into {groups} groups");
        return Err(Error::new(Code::Geometry, message));
    }
    checked_len("sums", &[8, c])?;
    Ok(GroupNorm { pixels, c, groups, eps })
}

/// `y` is `x` normalised by groups of channels of an image, both `[N, pixels, C]`; `scale` and
/// `shift` are `[C]`. Fails with [`Code::Geometry`] where channels do not divide into groups.
pub fn group_norm_forward(words: GroupNormForward, context: Context<'_>) -> Made {
    let GroupNormForward { x, y, scale, shift, n, pixels, c, groups, eps } = words;
    let norm = group_of([pixels, c, groups], eps)?;
    expect([n, pixels, c], &[x, y], &[Some(scale), Some(shift)], context)?;
    let (team, ids) = (context.team, [x, scale, shift, y].map(Some));
    let scratch = team.threads() * group::scratch_len(c);
    let touches = Touches::new([x, scale, shift], y).scratch(scratch);
    made(context, touches, move |memory| {
        let ([x, scale, shift, y], scratch) = memory.several(ids);
        let factors = ((&scale[..], &shift[..]), Activation::None);
        group::group_norms(&norm, factors, x, y, scratch, &team);
    })
}

/// `dx` `[N, pixels, C]`, `dscale` and `dshift` `[C]` of `x`, `dy` and `scale`, the statistics
/// computed anew. Fails as [`group_norm_forward`].
pub fn group_norm_grad(words: GroupNormGrad, context: Context<'_>) -> Made {
    let GroupNormGrad { x, dy, scale, dscale, dshift, dx, n, pixels, c, groups, eps } = words;
    let norm = group_of([pixels, c, groups], eps)?;
    expect([n, pixels, c], &[x, dy, dx], &[Some(scale), Some(dscale), Some(dshift)], context)?;
    let (team, ids) = (context.team, [x, dy, scale, dx, dscale, dshift].map(Some));
    let touches = Touches::new([x, dy, scale], dx).writing(dscale).writing(dshift);
    made(context, touches.scratch(group_back::scratch_len(&norm, n)), move |memory| {
        let ([x, dy, scale, dx, dscale, dshift], scratch) = memory.several(ids);
        let affine = Some((&mut dscale[..], &mut dshift[..]));
        group_back::group_norm(&norm, scale, (x, dy), dx, affine, scratch, &team);
    })
}

/// `dx` of `x` and `dy`, all `[rows, C]`: see [`lrn_back::lrn`]. Fails with [`Code::Argument`] for
/// an `alpha`, `beta` or `k` that is not finite.
pub fn lrn_grad(words: LrnGrad, context: Context<'_>) -> Made {
    let LrnGrad { x, dy, dx, rows, c, size, alpha, beta, k } = words;
    if !(alpha.is_finite() && beta.is_finite() && k.is_finite()) {
        return Err(Error::new(Code::Argument, "alpha, beta or k of LRN is not finite"));
    }
    expect([1, rows, c], &[x, dy, dx], &[], context)?;
    let (lrn, team, ids) = (Lrn { size, alpha, beta, k }, context.team, [x, dy, dx].map(Some));
    let touches = Touches::new([x, dy], dx).scratch(lrn_back::scratch_len(&lrn, c, &team));
    made(context, touches, move |memory| {
        let ([x, dy, dx], scratch) = memory.several(ids);
        lrn_back::lrn(&lrn, c, (x, dy), dx, scratch, &team);
    })
}

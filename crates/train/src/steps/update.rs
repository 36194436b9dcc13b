//! What changes parameters: norms of gradients, optimisers, sums over several runs.

use crate::contract::{
    Accumulate, Adam, GradientNorms, HYPER_FIRST, HYPER_RATES, HYPER_STEP, Rmsprop, Sgd,
};
use crate::prepared::{Made, Touches, made, own};
use receptive_kernels::elementwise::backward::add_scaled;
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::optim::adam::{self, Decay};
use receptive_kernels::optim::rmsprop::{RmsProp, State};
use receptive_kernels::optim::{Update, clip, sgd};
use receptive_program::step::{Context, ValueId};

/// Fails with [`Code::Argument`] unless `hyper` has elements at the indices `rate` and
/// [`HYPER_RATES`].
pub fn expect_hyper(hyper: ValueId, rate: usize, context: Context<'_>) -> Result<(), Error> {
    let len = context.lens.get(hyper).copied().unwrap_or(0);
    if len > HYPER_RATES.max(rate) {
        return Ok(());
    }
    Err(Error::new(Code::Argument, format!("hyper has {len} numbers, which are too few")))
}

/// `y` `[2 + gradients]` gets the Euclidean norm of all gradients together, the index of the first
/// that has an element which is not finite (-1 for none), and the norm of each. Sums are in f64.
pub fn gradient_norms(words: GradientNorms, context: Context<'_>) -> Made {
    let GradientNorms { y, gradients } = words;
    context.expect("y", y, gradients.len() + 2)?;
    for gradient in &gradients {
        context.expect("gradient", gradient.x, gradient.len)?;
    }
    let most = gradients.iter().map(|gradient| gradient.len).max().unwrap_or(0);
    let (team, partials) = (context.team, own(clip::partials_len(most))?);
    let reads = gradients.iter().map(|gradient| Some(gradient.x)).collect();
    let touches = Touches { reads, writes: vec![Some(y)], ..Touches::default() };
    made(context, touches, move |memory| {
        let partials = &mut partials.borrow_mut()[..];
        let (rest, y, _) = memory.write(y);
        let (mut all, mut odd) = (0.0, -1.0);
        for (at, gradient) in gradients.iter().enumerate() {
            let gradient = rest.value(gradient.x);
            let sum = clip::sum_of_squares(gradient, partials, &team);
            // The sum of what is finite may overflow; and of what is not, it is not.
            if odd < 0.0 && !sum.is_finite() && clip::first_non_finite(gradient).is_some() {
                odd = at as f32;
            }
            all += sum;
            y[2 + at] = sum.sqrt() as f32;
        }
        (y[0], y[1]) = (all.sqrt() as f32, odd);
    })
}

/// What all updates have: the rate and the number of the update, and what gradients are scaled by.
#[derive(Clone, Copy)]
struct Common {
    rate: usize,
    clip: f32,
}

impl Common {
    fn update(self, hyper: &[f32], norms: &[f32]) -> Update {
        let scale = match norms.first() {
            Some(&norm) if self.clip > 0.0 => clip::coefficient(norm.into(), self.clip.into()),
            _ => 1.0,
        };
        Update { lr: hyper[self.rate].into(), scale, step: hyper[HYPER_STEP] as u32 }
    }
}

/// Lengths of what every update has.
fn expect(
    [param, grad, hyper]: [ValueId; 3],
    rate: usize,
    len: usize,
    context: Context<'_>,
) -> Result<(), Error> {
    context.expect("parameter", param, len)?;
    context.expect("gradient", grad, len)?;
    expect_hyper(hyper, rate, context)
}

/// Fails unless the limit of the norm is one, and the norm is there to be compared with it.
fn expect_clip(norms: Option<ValueId>, clip: f32, context: Context<'_>) -> Result<(), Error> {
    let len = norms.map(|norms| context.lens.get(norms).copied().unwrap_or(0));
    let message = match len {
        // Two numbers of all gradients and at least one of each.
        Some(len) if len < 3 => format!("norms have {len} numbers, which are too few"),
        None if clip > 0.0 => "gradients are clipped by norms that are not given".into(),
        _ if clip >= 0.0 => return Ok(()),
        _ => "gradients are clipped to a norm that is less than 0 or none".into(),
    };
    Err(Error::new(Code::Argument, message))
}

/// Changes `param`, and with momentum `buffer`, by `grad`, all of `len` elements: see
/// [`sgd::Sgd::step`]. Rate and number of the update are read from `hyper` at every run; where
/// `clip` is positive, gradients are scaled by [`clip::coefficient`] of the first of `norms`.
///
/// Fails with [`Code::Argument`] for a setting out of its range, momentum without a buffer, a
/// `clip` that is negative or has no norms, or a `hyper` that is too short.
pub fn sgd(words: Sgd, context: Context<'_>) -> Made {
    let Sgd { param, grad, buffer, hyper, rate, norms, clip, len, decay, .. } = words;
    expect([param, grad, hyper], rate, len, context)?;
    expect_clip(norms, clip, context)?;
    let Sgd { momentum, dampening, nesterov, .. } = words;
    let sgd = sgd::Sgd::new(momentum.into(), dampening.into(), nesterov, decay.into())?;
    match buffer {
        Some(buffer) => context.expect("buffer", buffer, sgd.velocity_len(len))?,
        None if sgd.velocity_len(len) == 0 => {}
        None => return Err(Error::new(Code::Argument, "momentum needs a buffer")),
    }
    let (team, common) = (context.team, Common { rate, clip });
    let ids = [Some(grad), Some(hyper), norms, Some(param), buffer];
    let mut touches = Touches::new([grad, hyper], param).reading(norms).changing();
    touches.writes.push(buffer);
    made(context, touches, move |memory| {
        let ([grad, hyper, norms, param, buffer], _) = memory.several(ids);
        sgd.step(&common.update(hyper, norms), grad, param, buffer, &team);
    })
}

/// Changes `param` and `state` by `grad`; `state` `[2, len]` holds the means of the gradient and of
/// its square. See [`adam::Adam::step`]; failures, `hyper` and `clip` are those of [`sgd()`].
pub fn adam(words: Adam, context: Context<'_>) -> Made {
    let Adam { param, grad, state, hyper, rate, norms, clip, len, decay, .. } = words;
    expect([param, grad, hyper], rate, len, context)?;
    expect_clip(norms, clip, context)?;
    context.expect("state", state, checked_len("state", &[2, len])?)?;
    let kind = if words.decoupled { Decay::Parameter } else { Decay::Gradient };
    let betas = (words.beta1.into(), words.beta2.into());
    let adam = adam::Adam::new(betas, words.eps.into(), decay.into(), kind)?;
    let (team, common) = (context.team, Common { rate, clip });
    let ids = [Some(grad), Some(hyper), norms, Some(param), Some(state)];
    let touches = Touches::new([grad, hyper], param).reading(norms).writing(state).changing();
    made(context, touches, move |memory| {
        let ([grad, hyper, norms, param, state], _) = memory.several(ids);
        let state = state.split_at_mut(len);
        adam.step(&common.update(hyper, norms), grad, param, state, &team);
    })
}

/// Changes `param` and `state` by `grad`; `state` holds the mean square, the velocity with
/// momentum, the mean if centred, `[len]` each. See [`RmsProp::step`]; failures, `hyper` and `clip`
/// are those of [`sgd()`].
pub fn rmsprop(words: Rmsprop, context: Context<'_>) -> Made {
    let Rmsprop { param, grad, state, hyper, rate, norms, clip, len, decay, .. } = words;
    expect([param, grad, hyper], rate, len, context)?;
    expect_clip(norms, clip, context)?;
    let Rmsprop { alpha, eps, momentum, centered, .. } = words;
    let (alpha, eps, momentum) = (alpha.into(), eps.into(), momentum.into());
    let rmsprop = RmsProp::new(alpha, eps, decay.into(), momentum, centered)?;
    let [square, mean, velocity] = rmsprop.state_lens(len);
    let all = square.checked_add(mean).and_then(|sum| sum.checked_add(velocity));
    let all = all.ok_or_else(|| Error::new(Code::Shape, "the state is too long"))?;
    context.expect("state", state, all)?;
    let (team, common) = (context.team, Common { rate, clip });
    let ids = [Some(grad), Some(hyper), norms, Some(param), Some(state)];
    let touches = Touches::new([grad, hyper], param).reading(norms).writing(state).changing();
    made(context, touches, move |memory| {
        let ([grad, hyper, norms, param, state], _) = memory.several(ids);
        let (square, rest) = state.split_at_mut(square);
        let (velocity, mean) = rest.split_at_mut(velocity);
        let state = State { square, mean, velocity };
        rmsprop.step(&common.update(hyper, norms), grad, param, state, &team);
    })
}

/// Adds `scale x` to `total`, both of `len` elements, which begins at 0 where `hyper` says that a
/// sum begins. Fails with [`Code::Argument`] for a `hyper` that is too short.
pub fn accumulate(words: Accumulate, context: Context<'_>) -> Made {
    let Accumulate { total, x, hyper, len, scale } = words;
    context.expect("total", total, len)?;
    context.expect("x", x, len)?;
    expect_hyper(hyper, 0, context)?;
    let ids = [x, hyper, total].map(Some);
    made(context, Touches::new([x, hyper], total).changing(), move |memory| {
        let ([x, hyper, total], _) = memory.several(ids);
        if hyper[HYPER_FIRST] != 0.0 {
            total.fill(0.0);
        }
        add_scaled(total, x, scale);
    })
}

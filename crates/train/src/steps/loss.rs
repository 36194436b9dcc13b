//! What judges: losses with their gradients, and how much was right.

use crate::contract::{
    BceWithLogits, BoxForm, BoxIou, Correct, CrossEntropy, Dice, Focal, Overlap, Regression,
    RegressionKind, SoftCrossEntropy, SoftDice,
};
use crate::prepared::{Made, Touches, made, own};
use receptive_kernels::error::{Code, Error, checked_len};
use receptive_kernels::loss::binary::{self, Bce, focal_with_logits};
use receptive_kernels::loss::box_iou;
use receptive_kernels::loss::{self, Reduction};
use receptive_program::memory::Memory;
use receptive_program::step::{Context, ValueId};

/// Values of every loss: what was predicted, what should be, the gradient and the loss.
struct Ends {
    x: ValueId,
    target: ValueId,
    dx: ValueId,
    loss: ValueId,
}

impl Ends {
    fn expect(&self, len: usize, targets: usize, context: Context<'_>) -> Result<(), Error> {
        context.expect("x", self.x, len)?;
        context.expect("target", self.target, targets)?;
        context.expect("dx", self.dx, len)?;
        context.expect("loss", self.loss, 1)
    }

    /// The step: `judge` gets predictions, targets, up to two more values and where the gradient goes.
    /// What it refuses is as wrong as what is not finite.
    fn made(
        self,
        context: Context<'_>,
        weight: f32,
        [one, two]: [Option<ValueId>; 2],
        judge: impl Fn(&[f32], &[f32], [&[f32]; 2], &mut [f32]) -> Result<f64, Error> + 'static,
    ) -> Made {
        let Ends { x, target, dx, loss } = self;
        let ids = [Some(x), Some(target), one, two, Some(dx), Some(loss)];
        let touches = Touches::new([x, target], dx).reading(one).reading(two).writing(loss);
        made(context, touches, move |memory: &mut Memory| {
            let ([x, target, one, two, dx, loss], _) = memory.several(ids);
            match judge(x, target, [one, two], dx) {
                Ok(mean) => loss[0] = mean as f32,
                Err(_) => {
                    loss[0] = f32::NAN;
                    dx.fill(f32::NAN);
                }
            }
            if weight != 1.0 {
                dx.iter_mut().for_each(|dx| *dx *= weight);
            }
        })
    }
}

/// No value besides predictions and targets.
const NONE: [Option<ValueId>; 2] = [None, None];

/// What becomes of the losses of all elements: `divisor` as in the contract.
fn reduction(divisor: f32) -> Result<Reduction, Error> {
    match divisor {
        0.0 => Ok(Reduction::Mean),
        _ if divisor > 0.0 && divisor.is_finite() => Ok(Reduction::DividedBy(divisor)),
        _ => Err(Error::new(Code::Argument, "the divisor of a loss is not a positive number")),
    }
}

/// What is no index becomes this, which no loss takes.
const NO_LABEL: i32 = i32::MIN;

/// No label is this one.
const NOTHING: i32 = i32::MAX;

/// A class index.
fn label(target: f32) -> i32 {
    let label = target as i32;
    // The nearest number to the largest index is one more.
    if label as f32 == target && label != NOTHING { label } else { NO_LABEL }
}

/// The label that does not count.
fn ignored_label(ignore: bool, index: f32) -> Result<i32, Error> {
    let ignored = if ignore { label(index) } else { NOTHING };
    if ignored == NO_LABEL {
        return Err(Error::new(Code::Argument, "the ignored index is not a whole number"));
    }
    Ok(ignored)
}

/// Mean cross-entropy of logits `x` `[rows, C]` and class indices `target` `[rows]`, each a whole
/// number in f32; `dx` is as long as `x`. See
/// [`of_labels`](loss::cross_entropy::CrossEntropy::of_labels). An index that is no class, or a
/// smoothing that is not in 0..=1, makes loss and gradient NaN.
///
/// Fails with [`Code::Argument`] for a divisor that is negative or not finite, or an ignored index
/// that is no whole number.
pub fn cross_entropy(words: CrossEntropy, context: Context<'_>) -> Made {
    let CrossEntropy { x, target, dx, loss, weight, rows, c, class_weights, .. } = words;
    let CrossEntropy { smoothing, ignore, ignore_index, weights, divisor, .. } = words;
    let ends = Ends { x, target, dx, loss };
    ends.expect(checked_len("x", &[rows, c])?, rows, context)?;
    if let Some(id) = class_weights {
        context.expect("class weights", id, c)?;
    }
    if let Some(id) = weights {
        context.expect("weights", id, rows)?;
    }
    let reduction = reduction(divisor)?;
    let ignored = ignored_label(ignore, ignore_index)?;
    let (team, labels) = (context.team, own::<i32>(rows)?);
    ends.made(context, weight, [class_weights, weights], move |x, target, [classes, rows], dx| {
        let mut labels = labels.borrow_mut();
        labels.iter_mut().zip(target).for_each(|(to, &target)| *to = label(target));
        let entropy = loss::cross_entropy::CrossEntropy {
            classes: c,
            weights: class_weights.map(|_| classes),
            of_rows: weights.map(|_| rows),
            smoothing,
            ignored,
            reduction,
        };
        entropy.of_labels(&team, x, &labels, dx)
    })
}

/// Mean cross-entropy of logits `x` and probabilities `target`, both `[rows, C]`: see
/// [`of_probabilities`](loss::cross_entropy::CrossEntropy::of_probabilities).
pub fn soft_cross_entropy(words: SoftCrossEntropy, context: Context<'_>) -> Made {
    let SoftCrossEntropy { x, target, dx, loss, weight, rows, c } = words;
    let ends = Ends { x, target, dx, loss };
    let len = checked_len("x", &[rows, c])?;
    ends.expect(len, len, context)?;
    let team = context.team;
    ends.made(context, weight, NONE, move |x, target, _, dx| {
        loss::cross_entropy::CrossEntropy::new(c).of_probabilities(&team, x, target, dx)
    })
}

/// Binary cross-entropy of logits `x` and bits `target`, both of `len` elements: see [`Bce::loss`].
///
/// Fails with [`Code::Argument`] for a divisor that is negative or not finite.
pub fn bce_with_logits(words: BceWithLogits, context: Context<'_>) -> Made {
    let BceWithLogits { x, target, dx, loss, weight, len, pos_weight, weights, divisor } = words;
    let ends = Ends { x, target, dx, loss };
    ends.expect(len, len, context)?;
    if let Some(id) = weights {
        context.expect("weights", id, len)?;
    }
    let (team, reduction) = (context.team, reduction(divisor)?);
    ends.made(context, weight, [weights, None], move |x, target, [of, _], dx| {
        let weights = weights.map(|_| of);
        Bce { pos_weight: &[pos_weight], weights, reduction }.loss(&team, x, target, dx)
    })
}

/// Loss of the differences of `x` and `target`, both of `len` elements: see
/// [`weighted`](loss::regression::Regression::weighted). A parameter outside its range makes loss
/// and gradient NaN.
///
/// Fails with [`Code::Argument`] for a divisor that is negative or not finite.
pub fn regression(words: Regression, context: Context<'_>) -> Made {
    let Regression { x, target, dx, loss, weight, len, kind, param, weights, divisor } = words;
    let ends = Ends { x, target, dx, loss };
    ends.expect(len, len, context)?;
    if let Some(id) = weights {
        context.expect("weights", id, len)?;
    }
    let kind = match kind {
        RegressionKind::Mse => loss::regression::Regression::Squared,
        RegressionKind::L1 => loss::regression::Regression::Absolute,
        RegressionKind::SmoothL1 => loss::regression::Regression::SmoothL1 { beta: param },
        RegressionKind::Huber => loss::regression::Regression::Huber { delta: param },
    };
    let (team, reduction) = (context.team, reduction(divisor)?);
    ends.made(context, weight, [weights, None], move |x, target, [of, _], dx| {
        kind.weighted(&team, reduction, [x, target], weights.map(|_| of), dx)
    })
}

/// Mean focal loss of logits `x` and bits `target`, both of `len` elements: see
/// [`focal_with_logits`]. A negative `gamma` makes loss and gradient NaN.
pub fn focal(words: Focal, context: Context<'_>) -> Made {
    let Focal { x, target, dx, loss, weight, len, alpha, gamma } = words;
    let ends = Ends { x, target, dx, loss };
    ends.expect(len, len, context)?;
    let team = context.team;
    ends.made(context, weight, NONE, move |x, target, _, dx| {
        focal_with_logits(&team, binary::Focal { alpha, gamma }, Reduction::Mean, x, target, dx)
    })
}

/// Mean Dice loss of `n` images' masks `target`, `[N, len]`, and the sigmoid of the logits `x`, as
/// long: see [`loss::dice::Dice::loss`].
pub fn dice(words: Dice, context: Context<'_>) -> Made {
    let Dice { x, target, dx, loss, weight, n, len, smooth } = words;
    let ends = Ends { x, target, dx, loss };
    let all = checked_len("x", &[n, len])?;
    ends.expect(all, all, context)?;
    let (team, reduction) = (context.team, Reduction::Mean);
    let dice = loss::dice::Dice { pixels: len, c: 1, smooth, reduction };
    let probabilities = own::<f32>(all)?;
    ends.made(context, weight, NONE, move |x, target, _, dx| {
        let mut p = probabilities.borrow_mut();
        p.copy_from_slice(x);
        let sigmoid = receptive_kernels::activation::Activation::Sigmoid;
        sigmoid.apply(&mut p);
        let mean = dice.loss(&team, &p, target, dx)?;
        sigmoid.backward(&p, dx);
        Ok(mean)
    })
}

/// Loss of boxes `x` and `target`, both `[outer, 4, inner]`, with `weights` `[outer, inner]`: see
/// [`box_iou::BoxIou::loss`].
///
/// Fails with [`Code::Argument`] for a divisor that is negative or not finite.
pub fn box_iou(words: BoxIou, context: Context<'_>) -> Made {
    let BoxIou { x, target, weights, dx, loss, weight, outer, inner, .. } = words;
    let (boxes, len) =
        (checked_len("boxes", &[outer, inner])?, checked_len("x", &[outer, 4, inner])?);
    let ends = Ends { x, target, dx, loss };
    ends.expect(len, len, context)?;
    context.expect("weights", weights, boxes)?;
    let kind = match words.kind {
        Overlap::Iou => box_iou::Overlap::Iou,
        Overlap::Giou => box_iou::Overlap::Giou,
        Overlap::Diou => box_iou::Overlap::Diou,
        Overlap::Ciou => box_iou::Overlap::Ciou,
    };
    let form = match words.form {
        BoxForm::Xyxy => box_iou::BoxForm::Corners,
        BoxForm::Ltrb => box_iou::BoxForm::Distances,
        BoxForm::Cxcywh => box_iou::BoxForm::Centre,
    };
    let (team, reduction) = (context.team, reduction(words.divisor)?);
    ends.made(context, weight, [Some(weights), None], move |x, target, [weights, _], dx| {
        box_iou::BoxIou { kind, form, inner, weights, reduction }.loss(&team, x, target, dx)
    })
}

/// Mean Dice loss of the softmax of logits `x` `[N, pixels, C]` and class indices `target`
/// `[N, pixels]`, each a whole number in f32: see [`loss::dice::SoftDice::loss`]. An index that is
/// no class makes loss and gradient NaN.
///
/// Fails with [`Code::Argument`] for an ignored index that is no whole number.
pub fn soft_dice(words: SoftDice, context: Context<'_>) -> Made {
    let SoftDice { x, target, dx, loss, weight, n, pixels, c, .. } = words;
    let SoftDice { smooth, batch, background, ignore, ignore_index, .. } = words;
    let ends = Ends { x, target, dx, loss };
    let rows = checked_len("target", &[n, pixels])?;
    ends.expect(checked_len("x", &[rows, c])?, rows, context)?;
    let ignored = ignored_label(ignore, ignore_index)?;
    let reduction = Reduction::Mean;
    let dice =
        loss::dice::SoftDice { pixels, classes: c, smooth, batch, background, ignored, reduction };
    let (team, labels) = (context.team, own::<i32>(rows)?);
    let sums = own::<loss::dice::Overlap>(checked_len("sums", &[n, c])?)?;
    ends.made(context, weight, NONE, move |x, target, _, dx| {
        let mut labels = labels.borrow_mut();
        labels.iter_mut().zip(target).for_each(|(to, &target)| *to = label(target));
        dice.loss(&team, x, &labels, dx, &mut sums.borrow_mut())
    })
}

/// Rows of `x` `[rows, C]` whose first largest element is at the index in `target` `[rows]`;
/// `count` `[1]` gets their number.
pub fn correct(words: Correct, context: Context<'_>) -> Made {
    let Correct { x, target, count, rows, c } = words;
    context.expect("x", x, checked_len("x", &[rows, c])?)?;
    context.expect("target", target, rows)?;
    context.expect("count", count, 1)?;
    let ids = [x, target, count].map(Some);
    made(context, Touches::new([x, target], count), move |memory| {
        let ([x, target, count], _) = memory.several(ids);
        let rows = x.chunks_exact(c).zip(&*target);
        let right = rows.filter(|(x, target)| largest(x) as f32 == **target).count();
        count[0] = right as f32;
    })
}

/// The index of the first of the largest elements.
fn largest(x: &[f32]) -> usize {
    let mut best = 0;
    for (at, &value) in x.iter().enumerate() {
        if value > x[best] {
            best = at;
        }
    }
    best
}

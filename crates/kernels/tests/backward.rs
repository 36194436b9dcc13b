//! Gradients against the derivatives as formulas in f64, and of softmax against its reference.

use proptest::prelude::*;
use receptive_kernels::activation::Activation::{Clip, LeakyRelu, Selu, Softsign};
use receptive_kernels::activation::backward::{
    Kept, elu_backward, mish_backward, prelu_backward, softplus_backward, softsign_backward,
};
use receptive_kernels::activation::formula;
use receptive_kernels::elementary::units::Elu;
use receptive_kernels::softmax;

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Multiples of 1/8 in -12..=12, 0 and all corners among them.
fn inputs() -> Vec<f32> {
    (-96..=96).map(|i| i as f32 / 8.0).collect()
}

fn expect(
    name: &str,
    x: &[f32],
    dy: &[f32],
    dx: &[f32],
    tolerance: f64,
    exact: impl Fn(f64) -> f64,
) {
    for ((&x, &dy), &dx) in x.iter().zip(dy).zip(dx) {
        let expected = f64::from(dy) * exact(x.into());
        let difference = (f64::from(dx) - expected).abs();
        assert!(
            difference <= tolerance * f64::from(dy.abs()),
            "{name} at {x}: {dx}, expected {expected}"
        );
    }
}

fn upstream(len: usize) -> Vec<f32> {
    (0..len).map(|i| ((i * 37) % 101) as f32 / 50.0 - 1.0).collect()
}

#[test]
fn activations() {
    let x = inputs();
    let dy = upstream(x.len());
    let more = [Clip { min: 0.0, max: 6.0 }, LeakyRelu { slope: -0.5 }];
    for activation in formula::ALL.iter().copied().chain(more) {
        let kept = match activation.kept() {
            Kept::Nothing => vec![f32::NAN; x.len()],
            Kept::Input => x.clone(),
            Kept::Output => x.iter().map(|&x| activation.value(x)).collect(),
        };
        let mut grad = dy.clone();
        activation.backward(&kept, &mut grad);
        // From an output that is rounded, 1 - y is as exact as y.
        expect(&format!("{activation:?}"), &x, &dy, &grad, 2e-7, |x| {
            formula::derivative(activation, x)
        });
    }
}

#[test]
fn activations_whose_output_is_not_kept() {
    let x = inputs();
    let dy = upstream(x.len());
    let run = |backward: &dyn Fn(&[f32], &mut [f32])| {
        let mut grad = dy.clone();
        backward(&x, &mut grad);
        grad
    };
    let check =
        |name, grad: &[f32], exact: &dyn Fn(f64) -> f64| expect(name, &x, &dy, grad, 2e-7, exact);
    check("softplus", &run(&softplus_backward), &sigmoid);
    check("softsign", &run(&softsign_backward), &|x| (1.0 + x.abs()).powi(-2));
    check("mish", &run(&mish_backward), &|x| {
        let t = x.exp().ln_1p().tanh();
        t + x * (1.0 - t * t) * sigmoid(x)
    });
    for alpha in [0.5f32, 1.0, 2.0] {
        let wide = f64::from(alpha);
        check("elu", &run(&|x, grad| elu_backward(Elu::new(alpha), x, grad)), &|x| {
            if x > 0.0 { 1.0 } else { wide * x.exp() }
        });
        check("celu", &run(&|x, grad| elu_backward(Elu::celu(alpha), x, grad)), &|x| {
            if x > 0.0 { 1.0 } else { (x / wide).exp() }
        });
    }
    let (alpha, scale) = (1.673_263_242_354_377_2, 1.050_700_987_355_480_5);
    check("selu", &run(&|x, grad| elu_backward(Elu::selu(), x, grad)), &|x| {
        scale * if x > 0.0 { 1.0 } else { alpha * x.exp() }
    });
}

/// The difference quotient of the forward kernel, which knows nothing of the formulas above.
#[test]
fn gradients_are_the_slopes_of_what_runs_forward() {
    let more = [Clip { min: 0.0, max: 6.0 }, LeakyRelu { slope: -0.5 }];
    for activation in formula::ALL.iter().copied().chain(more) {
        for x in [-5.3f32, -2.2, -0.7, 0.4, 1.3, 2.8, 7.1] {
            let h = 1.0 / 64.0;
            let slope = (f64::from(activation.value(x + h)) - f64::from(activation.value(x - h)))
                / (2.0 * f64::from(h));
            let kept = if activation.kept() == Kept::Output { activation.value(x) } else { x };
            let mut grad = [1.0];
            activation.backward(&[kept], &mut grad);
            assert!(
                (f64::from(grad[0]) - slope).abs() <= 3e-4,
                "{activation:?} at {x}: {}, {slope}",
                grad[0]
            );
        }
    }
}

#[test]
fn nan_and_infinities() {
    for activation in formula::ALL.iter().copied().skip(1) {
        let mut grad = [f32::NAN; 5];
        activation.backward(&[0.5; 5], &mut grad);
        assert!(grad.iter().all(|dx| dx.is_nan()), "{activation:?}");
        if activation.kept() == Kept::Input {
            let mut grad = [1.0; 2];
            activation.backward(&[f32::NEG_INFINITY, f32::INFINITY], &mut grad);
            let at_minus = if let LeakyRelu { slope } = activation { slope } else { 0.0 };
            let limits = match activation {
                Softsign => [0.0, 0.0],
                Selu => [0.0, 1.050_701],
                _ => [at_minus, 1.0],
            };
            assert_eq!(grad, limits, "{activation:?}");
        }
    }
}

proptest! {
    #[test]
    fn learned_slopes(rows in 0usize..9, c in 1usize..40, shared in any::<bool>()) {
        let slope: Vec<f32> = (0..if shared { 1 } else { c }).map(|i| i as f32 / 8.0 - 1.0).collect();
        let x: Vec<f32> = (0..rows * c).map(|i| ((i * 29) % 17) as f32 - 8.0).collect();
        let dy = upstream(rows * c);
        let (mut grad, mut slope_grad) = (dy.clone(), vec![f32::NAN; slope.len()]);
        prelu_backward(c, &slope, &x, &mut grad, &mut slope_grad);
        let channel = |i: usize| if shared { 0 } else { i % c };
        let mut sums = vec![0.0f64; slope.len()];
        for i in 0..rows * c {
            let below = x[i] <= 0.0;
            prop_assert_eq!(grad[i], if below { slope[channel(i)] * dy[i] } else { dy[i] });
            sums[channel(i)] += if below { f64::from(x[i]) * f64::from(dy[i]) } else { 0.0 };
        }
        for (got, expected) in slope_grad.iter().zip(sums) {
            prop_assert!((f64::from(*got) - expected).abs() <= 1e-6 * (1.0 + expected.abs()));
        }
    }

    #[test]
    fn softmax_along_any_axis(outer in 1usize..4, axis in 1usize..40, inner in 1usize..35, log in any::<bool>()) {
        let len = outer * axis * inner;
        let mut y: Vec<f32> = upstream(len).iter().map(|x| 20.0 * x).collect();
        y.chunks_exact_mut(axis * inner).for_each(|block| softmax::softmax(block, inner, log));
        let dy = upstream(len + 7)[7..].to_vec();
        let mut expected = vec![f32::NAN; len];
        softmax::backward::reference(axis, inner, log, &y, &dy, &mut expected);
        let mut got = dy;
        for (y, grad) in y.chunks_exact(axis * inner).zip(got.chunks_exact_mut(axis * inner)) {
            softmax::backward::backward(inner, log, y, grad);
        }
        for (got, expected) in got.iter().zip(&expected) {
            let difference = (got - expected).abs();
            prop_assert!(difference <= 2e-7 * (1.0 + expected.abs()), "{}, expected {}", got, expected);
        }
    }
}

/// A row has the same bits alone and beside others, and forward as backward its sum is right.
#[test]
fn softmax_gradients_sum_to_zero() {
    for axis in [1, 3, 4, 5, 17] {
        let mut y: Vec<f32> = upstream(axis);
        softmax::softmax(&mut y, 1, false);
        let mut grad = upstream(axis + 3)[3..].to_vec();
        softmax::backward::backward(1, false, &y, &mut grad);
        let sum: f32 = grad.iter().sum();
        assert!(sum.abs() <= 1e-6, "{axis}: {sum}");
    }
}

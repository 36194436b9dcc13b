//! Every update against its formula in f64, over many steps and on any number of threads.

use super::Update;
use super::adam::{Adam, Decay};
use super::clip::{coefficient, first_non_finite, partials_len, scale, sum_of_squares};
use super::rmsprop::{RmsProp, State};
use super::sgd::Sgd;
use crate::error::Code;
use crate::gradient_check::{assert_near, wide};
use crate::team::Team;
use crate::testing::Random;

const SIZES: [usize; 11] = [0, 1, 3, 4, 5, 63, 64, 65, 128, 129, 1000];
const TEAMS: [Team; 3] = [Team::SOLO, Team::eager(2), Team::eager(5)];
const STEPS: u32 = 6;

fn update(step: u32) -> Update {
    Update { lr: 0.1 / f64::from(step), scale: 0.5, step }
}

/// Runs `fast` with f32 slices (parameter and states) and `formula` with f64 ones.
fn compare(
    what: &str,
    len: usize,
    lens: [usize; 3],
    dirt: f32,
    fast: impl Fn(&Update, &[f32], &mut [f32], [&mut [f32]; 3], &Team),
    formula: impl Fn(&Update, &[f64], &mut [f64], [&mut [f64]; 3]),
) {
    let mut seen: Option<Vec<u32>> = None;
    for team in TEAMS {
        let random = &mut Random::new(len as u64 + 5);
        let mut p = random.vector(len);
        let mut exact = wide(&p);
        let [mut a, mut b, mut c] = lens.map(|len| vec![dirt; len]);
        let [mut d, mut e, mut f] = lens.map(|_| vec![0.0; len]);
        for step in 1..=STEPS {
            let g = random.vector(len);
            let update = update(step);
            fast(&update, &g, &mut p, [&mut a, &mut b, &mut c], &team);
            formula(&update, &wide(&g), &mut exact, [&mut d, &mut e, &mut f]);
            assert_near(&format!("{what}, {len}, step {step}"), &p, &exact, 32);
        }
        let now: Vec<u32> = p.iter().chain(&a).chain(&b).chain(&c).map(|p| p.to_bits()).collect();
        assert_eq!(*seen.get_or_insert_with(|| now.clone()), now, "{what}, {len}, {team:?}");
    }
}

#[test]
fn sgd() {
    for (momentum, dampening, nesterov, decay) in [
        (0.0, 0.0, false, 0.0),
        (0.0, 0.0, false, 0.1),
        (0.9, 0.0, false, 0.0),
        (0.9, 0.3, false, 0.01),
        (0.8, 0.0, true, 0.01),
    ] {
        let sgd = Sgd::new(momentum, dampening, nesterov, decay).unwrap();
        for len in SIZES {
            // The velocity is not read at the first step.
            compare(
                &format!("{sgd:?}"),
                len,
                [sgd.velocity_len(len), 0, 0],
                f32::NAN,
                |update, g, p, [velocity, ..], team| sgd.step(update, g, p, velocity, team),
                |update, g, p, [velocity, ..]| sgd.reference(update, g, p, velocity),
            );
        }
    }
}

#[test]
fn adam() {
    for (betas, eps, decay) in
        [((0.9, 0.999), 1e-8, 0.0), ((0.8, 0.95), 1e-3, 0.1), ((0.0, 0.5), 0.1, 0.01)]
    {
        for kind in [Decay::Gradient, Decay::Parameter] {
            let adam = Adam::new(betas, eps, decay, kind).unwrap();
            for len in SIZES {
                compare(
                    &format!("{adam:?}"),
                    len,
                    [len, len, 0],
                    0.0,
                    |update, g, p, [m, v, _], team| adam.step(update, g, p, (m, v), team),
                    |update, g, p, [m, v, _]| adam.reference(update, g, p, (m, v)),
                );
            }
        }
    }
}

#[test]
fn rmsprop() {
    for (momentum, centered, decay) in
        [(0.0, false, 0.0), (0.9, false, 0.01), (0.0, true, 0.0), (0.5, true, 0.1)]
    {
        // Close to its mean, a gradient has a small spread, which eps keeps from being divided by.
        let rmsprop = RmsProp::new(0.9, 0.1, decay, momentum, centered).unwrap();
        for len in SIZES {
            compare(
                &format!("{rmsprop:?}"),
                len,
                rmsprop.state_lens(len),
                0.0,
                |update, g, p, [square, mean, velocity], team| {
                    rmsprop.step(update, g, p, State { square, mean, velocity }, team);
                },
                |update, g, p, state| rmsprop.reference(update, g, p, state),
            );
        }
    }
}

#[test]
fn settings_that_mean_nothing() {
    let errors = [
        Sgd::new(-0.1, 0.0, false, 0.0).unwrap_err(),
        Sgd::new(0.0, f64::NAN, false, 0.0).unwrap_err(),
        Sgd::new(0.0, 0.0, true, 0.0).unwrap_err(),
        Sgd::new(0.9, 0.1, true, 0.0).unwrap_err(),
        Sgd::new(0.9, 0.0, true, f64::INFINITY).unwrap_err(),
        Adam::new((1.0, 0.9), 1e-8, 0.0, Decay::Gradient).unwrap_err(),
        Adam::new((0.9, f64::NAN), 1e-8, 0.0, Decay::Gradient).unwrap_err(),
        Adam::new((0.9, 0.9), -1e-8, 0.0, Decay::Parameter).unwrap_err(),
        RmsProp::new(1.0, 1e-8, 0.0, 0.0, false).unwrap_err(),
        RmsProp::new(0.9, 1e-8, 0.0, -0.5, false).unwrap_err(),
    ];
    assert!(errors.iter().all(|error| error.code == Code::Argument), "{errors:?}");
    assert_eq!(errors[5].message, "first beta is not 0 or more and below 1");
}

#[test]
fn norms_do_not_depend_on_threads() {
    for len in [0, 1, 7, 8, 9, 4095, 4096, 4097, 20_000] {
        let g = Random::new(len as u64).vector(len);
        let expected: f64 = g.iter().map(|&g| f64::from(g) * f64::from(g)).sum();
        let mut seen = None;
        for team in TEAMS {
            let got = sum_of_squares(&g, &mut vec![f64::NAN; partials_len(len)], &team);
            assert!((got - expected).abs() <= 1e-12 * expected, "{len}: {got}, not {expected}");
            assert_eq!(*seen.get_or_insert(got.to_bits()), got.to_bits(), "{len} {team:?}");
        }
    }
    // Squares that f32 does not hold.
    let got = sum_of_squares(&[3e30, 4e30], &mut [f64::NAN], &Team::SOLO);
    assert!((got.sqrt() / 5e30 - 1.0).abs() < 1e-6);
}

#[test]
fn coefficients() {
    assert_eq!(coefficient(0.0, 1.0), 1.0);
    assert_eq!(coefficient(0.5, 1.0), 1.0);
    assert_eq!(coefficient(4.0, 1.0), (1.0 / 4.000_001) as f32);
    assert_eq!(coefficient(f64::INFINITY, 1.0), 0.0);
    assert!(coefficient(f64::NAN, 1.0).is_nan());
    let mut x = [1.0, -2.0, 4.0];
    scale(&mut x, 0.25);
    assert_eq!(x, [0.25, -0.5, 1.0]);
}

#[test]
fn the_first_element_that_is_not_finite() {
    let mut x = Random::new(4).vector(10_000);
    x[17] = f32::MAX;
    x[18] = f32::MIN_POSITIVE / 2.0;
    assert_eq!(first_non_finite(&x), None);
    assert_eq!(first_non_finite(&[]), None);
    for (at, bad) in
        [(9_999, f32::NAN), (4_096, -f32::INFINITY), (4_095, f32::INFINITY), (0, -f32::NAN)]
    {
        x[at] = bad;
        assert_eq!(first_non_finite(&x), Some(at));
    }
}

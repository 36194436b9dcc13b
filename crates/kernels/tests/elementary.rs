//! Every function against the standard library's and libm's in f64: at every exponent, at mantissas
//! from end to end, and where its formula changes. `examples/ulp.rs` takes all floats.

#[path = "elementary/functions.rs"]
mod functions;

use functions::{FUNCTIONS, Function, ulps};
use receptive_kernels::elementary::slices;

/// The most that a function may be off, in units of the last place.
const WORST: f64 = 2.0;

/// Floats of every sign and exponent, 257 mantissas of each with both ends; and the neighbours of
/// what the functions treat apart.
fn floats() -> Vec<f32> {
    let mantissas = (0..=256u32).map(|i| (i * 0x7f_ffff) / 256);
    let mut all: Vec<f32> = (0..512u32)
        .flat_map(|top| mantissas.clone().map(move |low| f32::from_bits(top << 23 | low)))
        .collect();
    for edge in [
        1.0f32,
        0.5,
        0.346_573_6,
        core::f32::consts::FRAC_1_SQRT_2,
        core::f32::consts::SQRT_2,
        2.0,
        3.0,
        4.1,
        9.01,
        14.3,
        20.0,
        30.0,
        88.722_84,
        103.972_08,
        150.0,
        1e30,
    ] {
        for step in -300..=300 {
            let near = f32::from_bits(edge.to_bits().wrapping_add_signed(step));
            all.extend([near, -near]);
        }
    }
    // Not a multiple of a vector.
    all.truncate(all.len() / 4 * 4 - 1);
    all
}

fn check(function: &Function, xs: &[f32]) {
    let mut ys = vec![f32::NAN; xs.len()];
    ys.copy_from_slice(xs);
    (function.slice)(&mut ys);
    for (&x, &y) in xs.iter().zip(&ys) {
        let error = ulps(y, (function.exact)(f64::from(x)));
        assert!(error <= WORST, "{} of {x:e}: {y:e}, off by {error}", function.name);
        let alone = (function.value)(x);
        let same = alone.to_bits() == y.to_bits() || (alone.is_nan() && y.is_nan());
        assert!(same, "{} of {x:e}: {y:e}, alone {alone:e}", function.name);
    }
}

#[test]
fn all_are_within_two_units_of_the_last_place() {
    let xs = floats();
    FUNCTIONS.iter().for_each(|function| check(function, &xs));
}

#[test]
fn zeros_keep_their_sign() {
    for name in [
        "expm1",
        "tanh",
        "erf",
        "silu",
        "gelu",
        "gelu_tanh",
        "mish",
        "softsign",
        "elu",
        "selu",
        "celu",
    ] {
        let function = FUNCTIONS.iter().find(|function| function.name == name).unwrap();
        for zero in [0.0f32, -0.0] {
            assert_eq!((function.value)(zero).to_bits(), zero.to_bits(), "{name} of {zero}");
        }
    }
}

#[test]
fn limits_at_infinity() {
    for (name, below, above) in [
        ("exp", 0.0, f32::INFINITY),
        ("expm1", -1.0, f32::INFINITY),
        ("tanh", -1.0, 1.0),
        ("erf", -1.0, 1.0),
        ("sigmoid", 0.0, 1.0),
        ("silu", -0.0, f32::INFINITY),
        ("gelu", -0.0, f32::INFINITY),
        ("gelu_tanh", -0.0, f32::INFINITY),
        ("mish", -0.0, f32::INFINITY),
        ("softplus", 0.0, f32::INFINITY),
        ("softsign", -1.0, 1.0),
        ("elu", -0.7, f32::INFINITY),
        ("celu", -0.7, f32::INFINITY),
        ("celu_negative", f32::NEG_INFINITY, f32::INFINITY),
    ] {
        let function = FUNCTIONS.iter().find(|function| function.name == name).unwrap();
        let got = [f32::NEG_INFINITY, f32::INFINITY].map(function.value);
        assert_eq!(got.map(f32::to_bits), [below, above].map(f32::to_bits), "{name}: {got:?}");
    }
    let mut logs = [0.0, -0.0, f32::INFINITY, -1.0, f32::NEG_INFINITY, 1.0];
    slices::log(&mut logs);
    assert_eq!(logs[..3], [f32::NEG_INFINITY, f32::NEG_INFINITY, f32::INFINITY]);
    assert!(logs[3].is_nan() && logs[4].is_nan() && logs[5] == 0.0);
}

/// Slices of every length around a vector, between elements that must not change.
#[test]
fn slices_of_any_length() {
    for function in FUNCTIONS {
        for len in 0..10 {
            let mut values = [0.3f32; 12];
            (function.slice)(&mut values[1..1 + len]);
            for (i, value) in values.iter().enumerate() {
                let inside = (1..1 + len).contains(&i);
                let expected = if inside { (function.value)(0.3) } else { 0.3 };
                assert_eq!(
                    value.to_bits(),
                    expected.to_bits(),
                    "{} at {i} of {len}",
                    function.name
                );
            }
        }
    }
}

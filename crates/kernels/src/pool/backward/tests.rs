//! Every kernel against its formula, every formula against its forward.

use super::{adaptive, avg, global, max};
use crate::geometry::{Axis, Window};
use crate::gradient_check::{assert_differences, assert_near, dot, wide};
use crate::pool::adaptive::{Sizes, reference as adaptive_forward};
use crate::pool::avg::{Divisor, reference as avg_forward};
use crate::pool::max::reference as max_forward;
use crate::pool::{argmax, global as global_forward};
use crate::team::Team;
use crate::testing::Random;

/// A number below `bound`.
fn below(random: &mut Random, bound: usize) -> usize {
    ((f64::from(random.next()) + 1.0) / 2.0 * bound as f64) as usize
}

fn axis(random: &mut Random) -> Axis {
    let (kernel, dilation) = (1 + below(random, 4), 1 + below(random, 2));
    let span = dilation * (kernel - 1) + 1;
    Axis {
        size: 1 + below(random, 9),
        kernel,
        dilation,
        stride: 1 + below(random, 3),
        before: below(random, span),
        after: below(random, span),
        ceil: below(random, 2) == 1,
    }
}

/// Windows of all shapes, with their batch.
fn windows(count: usize) -> Vec<(usize, Window)> {
    let random = &mut Random::new(41);
    let channels = [1, 2, 3, 4, 5, 7, 8, 9, 16, 21];
    let mut all = vec![];
    while all.len() < count {
        let (y, x) = (axis(random), axis(random));
        let c = channels[below(random, channels.len())];
        if let Ok(window) = Window::new(c, y, x) {
            all.push((below(random, 4), window));
        }
    }
    all
}

fn lens(n: usize, window: &Window) -> (usize, usize) {
    let &Window { c, y, x, oh, ow } = window;
    (n * y.size * x.size * c, n * oh * ow * c)
}

/// The gradient of a linear function: each input element's image, times `dy`.
fn adjoint(len: usize, dy: &[f32], forward: impl Fn(&[f32], &mut [f32])) -> Vec<f64> {
    let mut x = vec![0.0; len];
    let mut y = vec![f32::NAN; dy.len()];
    let one = |at| {
        x[at] = 1.0;
        forward(&x, &mut y);
        x[at] = 0.0;
        dot(&wide(&y), &wide(dy))
    };
    (0..len).map(one).collect()
}

/// Fails unless all teams give the same bits, near what is expected.
fn assert_teams(what: &str, expected: &[f64], roundings: usize, run: impl Fn(&mut [f32], &Team)) {
    let mut bits: Option<Vec<u32>> = None;
    for team in [Team::SOLO, Team::eager(2), Team::eager(5)] {
        let mut dx = vec![f32::NAN; expected.len()];
        run(&mut dx, &team);
        assert_near(what, &dx, expected, roundings);
        let now: Vec<u32> = dx.iter().map(|dx| dx.to_bits()).collect();
        assert_eq!(*bits.get_or_insert_with(|| now.clone()), now, "{what}: {team:?}");
    }
}

/// Elements with many ties, now and then a NaN or an infinity.
fn with_ties(random: &mut Random, len: usize) -> Vec<f32> {
    let special = [f32::NAN, f32::NEG_INFINITY, f32::INFINITY];
    let one = |_| match below(random, 40) {
        few @ 0..3 => special[few],
        _ => (random.next() * 2.0).round(),
    };
    (0..len).map(one).collect()
}

#[test]
fn max_goes_to_the_maximum() {
    for (case, (n, window)) in windows(300).into_iter().enumerate() {
        let random = &mut Random::new(case as u64);
        let (len, out) = lens(n, &window);
        let (x, dy) = (with_ties(random, len), random.vector(out));
        let (mut y, mut expected_y) = (vec![0.5; out], vec![0.25; out]);
        let (mut bytes, mut words) = (vec![0xAAu8; out], vec![0xAAAAu16; out]);
        max_forward(&window, &x, &mut expected_y);
        for team in [Team::SOLO, Team::eager(3)] {
            y.fill(0.5);
            argmax::max_pool2d(&window, &x, &mut y, &mut bytes, &team);
            assert_eq!(y.len(), expected_y.len());
            for (y, expected) in y.iter().zip(&expected_y) {
                assert!(y == expected || y.is_nan() && expected.is_nan(), "{window:?}");
            }
            argmax::max_pool2d(&window, &x, &mut y, &mut words, &team);
            assert!(bytes.iter().zip(&words).all(|(&byte, &word)| u16::from(byte) == word));
        }
        let mut expected = vec![f64::NAN; len];
        max::reference(&window, &x, &dy, &mut expected);
        let what = format!("{window:?}");
        assert_teams(&what, &expected, 12, |dx, team| {
            max::max_pool2d(&window, &dy, &bytes, dx, team);
        });
        assert_teams(&what, &expected, 12, |dx, team| {
            max::max_pool2d(&window, &dy, &words, dx, team);
        });
    }
}

#[test]
fn windows_of_many_taps_need_words() {
    let axis =
        Axis { size: 20, kernel: 17, stride: 2, before: 8, after: 8, dilation: 1, ceil: false };
    let window = Window::new(3, axis, axis).unwrap();
    let (len, out) = lens(2, &window);
    let random = &mut Random::new(3);
    let (x, dy) = (random.vector(len), random.vector(out));
    let (mut y, mut offsets) = (vec![f32::NAN; out], vec![0u16; out]);
    argmax::max_pool2d(&window, &x, &mut y, &mut offsets, &Team::SOLO);
    assert!(offsets.iter().any(|&offset| offset > 255));
    let mut expected = vec![f64::NAN; len];
    max::reference(&window, &x, &dy, &mut expected);
    assert_teams("17 x 17", &expected, 12, |dx, team| {
        max::max_pool2d(&window, &dy, &offsets, dx, team);
    });
}

#[test]
#[should_panic(expected = "more taps")]
fn a_byte_is_refused_where_it_cannot_tell_the_taps_apart() {
    let axis =
        Axis { size: 20, kernel: 17, stride: 1, before: 0, after: 0, dilation: 1, ceil: false };
    let window = Window::new(1, axis, axis).unwrap();
    let (x, mut y, mut offsets) = ([0.0; 400], [0.0; 16], [0u8; 16]);
    argmax::max_pool2d(&window, &x, &mut y, &mut offsets, &Team::SOLO);
}

#[test]
fn max_agrees_with_differences() {
    for (n, window) in windows(40) {
        let (len, out) = lens(n, &window);
        if len > 400 {
            continue;
        }
        // Different eighths in a shuffled order, moved by a sixteenth: the maximum stays, and f32
        // is exact.
        let x: Vec<f32> = (0..len).map(|i| (i * 401 % 409) as f32 / 8.0).collect();
        let dy = Random::new(9).vector(out);
        let mut dx = vec![f64::NAN; len];
        max::reference(&window, &x, &dy, &mut dx);
        assert_differences(&format!("{window:?}"), &wide(&x), &dx, 1.0 / 16.0, |x| {
            let x: Vec<f32> = x.iter().map(|&x| x as f32).collect();
            let mut y = vec![f32::NAN; out];
            max_forward(&window, &x, &mut y);
            let seen = y.iter().zip(&dy).filter(|(y, _)| **y > f32::NEG_INFINITY);
            seen.map(|(&y, &dy)| f64::from(y) * f64::from(dy)).sum()
        });
    }
}

#[test]
fn avg_divides_as_the_forward() {
    for (case, (n, window)) in windows(200).into_iter().enumerate() {
        let (len, out) = lens(n, &window);
        let dy = Random::new(case as u64).vector(out);
        let mut expected = vec![f64::NAN; len];
        for divisor in [Divisor::Inside, Divisor::Padded, Divisor::Fixed(3)] {
            avg::reference(&window, divisor, &dy, &mut expected);
            let what = format!("{window:?} {divisor:?}");
            assert_teams(&what, &expected, 32, |dx, team| {
                avg::avg_pool2d(&window, divisor, &dy, dx, team);
            });
            if len <= 300 {
                let columns = adjoint(len, &dy, |x, y| avg_forward(&window, divisor, x, y));
                let columns: Vec<f32> = columns.iter().map(|&dx| dx as f32).collect();
                assert_near(&what, &columns, &expected, 32);
            }
        }
    }
}

#[test]
fn adaptive_windows_of_uneven_size() {
    let random = &mut Random::new(77);
    for _ in 0..150 {
        let n = below(random, 4);
        let mut size = |most| 1 + below(random, most);
        let sizes = Sizes { c: size(9), h: size(9), w: size(9), oh: size(12), ow: size(12) };
        let (len, out) = (n * sizes.h * sizes.w * sizes.c, n * sizes.oh * sizes.ow * sizes.c);
        let dy = random.vector(out);
        let mut expected = vec![f64::NAN; len];
        adaptive::reference(sizes, &dy, &mut expected);
        let what = format!("{sizes:?}");
        assert_teams(&what, &expected, 32, |dx, team| {
            adaptive::adaptive_avg_pool2d(sizes, &dy, dx, team);
        });
        if len <= 300 {
            let columns = adjoint(len, &dy, |x, y| adaptive_forward(sizes, x, y));
            let columns: Vec<f32> = columns.iter().map(|&dx| dx as f32).collect();
            assert_near(&what, &columns, &expected, 32);
        }
    }
}

#[test]
fn one_window_as_large_as_the_map() {
    let random = &mut Random::new(5);
    for (n, hw, c) in [(0, 4, 3), (1, 1, 1), (2, 49, 5), (9, 12, 8), (3, 35, 17)] {
        let (len, out) = (n * hw * c, n * c);
        let (x, dy) = (with_ties(random, len), random.vector(out));
        let mut expected = vec![f64::NAN; len];
        let what = format!("{n} {hw} {c}");
        global::avg_reference(hw, c, &dy, &mut expected);
        assert_teams(&what, &expected, 4, |dx, team| global::global_avg(hw, c, &dy, dx, team));
        let columns = adjoint(len, &dy, |x, y| global_forward::avg_reference(hw, c, x, y));
        let columns: Vec<f32> = columns.iter().map(|&dx| dx as f32).collect();
        assert_near(&what, &columns, &expected, 4);
        let (mut y, mut pixels) = (vec![0.5; out], vec![u32::MAX; out]);
        let mut expected_y = vec![0.25; out];
        global_forward::max_reference(hw, c, &x, &mut expected_y);
        argmax::global_max(hw, c, &x, &mut y, &mut pixels, &Team::eager(2));
        for (y, expected) in y.iter().zip(&expected_y) {
            assert!(y == expected || y.is_nan() && expected.is_nan(), "{what}");
        }
        global::max_reference(hw, c, &x, &dy, &mut expected);
        assert_teams(&what, &expected, 0, |dx, team| {
            global::global_max(hw, c, &dy, &pixels, dx, team);
        });
    }
}

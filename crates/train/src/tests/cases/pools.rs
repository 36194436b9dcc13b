//! Pooling.

use crate::tests::case::{Case, dirty};
use receptive_kernels::error::Code;
use receptive_kernels::pool::adaptive::Sizes;
use receptive_kernels::pool::avg::Divisor;
use receptive_kernels::pool::backward::{adaptive, avg, max};
use receptive_kernels::team::Team;
use receptive_kernels::testing::Random;
use receptive_program::contract::Window;

const N: usize = 2;

pub fn all() -> Vec<Case> {
    let stride = [2, 3];
    let uneven = Window {
        c: 5,
        h: 7,
        w: 8,
        kernel: [3, 2],
        stride,
        pad: [1, 0, 1, 1],
        dilation: [2, 1],
        ceil: true,
    };
    // More elements than a byte counts.
    let large =
        Window { c: 2, h: 19, w: 18, kernel: [17, 17], pad: [0; 4], dilation: [1; 2], ..uneven };
    let mut cases = vec![max_pool(&uneven), max_pool(&large)];
    for (count_include_pad, divisor) in [(false, 0), (true, 0), (false, 3)] {
        cases.push(avg_pool(&Window { dilation: [1, 1], ..uneven }, count_include_pad, divisor));
    }
    cases.extend([global([15, 6], false), global([1, 3], false)]);
    cases.extend([global([15, 6], true), global([1, 3], true)]);
    cases.extend([[3, 7, 5, 4, 3], [2, 3, 4, 5, 6]].map(adaptive_pool));
    cases
}

/// Elements of the input and the output of a window.
fn lens(words: &Window) -> [usize; 2] {
    let window = words.check().unwrap();
    [words.h * words.w, window.oh * window.ow].map(|pixels| N * pixels * words.c)
}

fn max_pool(words: &Window) -> Case {
    let mut random = Random::new(words.c as u64);
    let [x, dy] = lens(words).map(|len| random.vector(len));
    // Some maxima are equal.
    let x: Vec<f32> = x.iter().map(|x| (x * 4.0).round()).collect();
    let mut dx = dirty(x.len());
    max::reference(&words.check().unwrap(), &x, &dy, &mut dx);
    let case = Case::new(format!("{:?}", words.kernel), 78).read(&x).read(&dy).write(dx);
    case.sizes(&[N]).window(words)
}

fn avg_pool(words: &Window, count_include_pad: bool, fixed: usize) -> Case {
    let [len, out] = lens(words);
    let (dy, mut dx) = (Random::new(4).vector(out), dirty(len));
    let divisor = match fixed {
        0 if count_include_pad => Divisor::Padded,
        0 => Divisor::Inside,
        _ => Divisor::Fixed(fixed as u32),
    };
    avg::reference(&words.check().unwrap(), divisor, &dy, &mut dx);
    let case = Case::new(format!("{divisor:?}"), 79).read(&dy).write(dx);
    case.sizes(&[N]).window(words).sizes(&[count_include_pad.into(), fixed])
}

fn global([hw, c]: [usize; 2], is_max: bool) -> Case {
    let mut random = Random::new(hw as u64);
    let (x, dy) = (random.vector(N * hw * c), random.vector(N * c));
    let x: Vec<f32> = x.iter().map(|x| (x * 2.0).round()).collect();
    let dx = (0..x.len()).map(|i| {
        let (n, pixel, channel) = (i / (hw * c), i / c % hw, i % c);
        let dy = f64::from(dy[n * c + channel]);
        let value = |pixel: usize| x[(n * hw + pixel) * c + channel];
        let first = (0..pixel).all(|before| value(before) < value(pixel));
        let largest = (pixel..hw).all(|after| value(after) <= value(pixel));
        match is_max {
            true => dy * f64::from(first && largest),
            false => dy / hw as f64,
        }
    });
    let (dx, case) = (dx.collect(), Case::new(format!("{hw}x{c}, {is_max}"), 80));
    let case = case.maybe(is_max.then_some(&x[..])).read(&dy).write(dx);
    case.sizes(&[is_max.into(), N, hw, c])
}

fn adaptive_pool(sizes: [usize; 5]) -> Case {
    let [c, h, w, oh, ow] = sizes;
    let dy = Random::new(6).vector(N * oh * ow * c);
    let mut dx = dirty(N * h * w * c);
    adaptive::reference(Sizes { c, h, w, oh, ow }, &dy, &mut dx);
    let case = Case::new(format!("{sizes:?}"), 81).read(&dy).write(dx);
    case.sizes(&[N]).sizes(&sizes)
}

#[test]
fn max_pooling_needs_what_it_pooled() {
    let case = global([15, 6], false).draft();
    let mut other = case.clone();
    other.steps[0].1[3] = 1;
    assert!(case.compile(Team::SOLO).is_ok());
    let error = other.compile(Team::SOLO).map(|_| ()).unwrap_err();
    assert_eq!(error.code, Code::Argument);
}

//! Published vectors, distributions, and that every number is a function of its name alone.

use super::dropout::Dropout;
use super::fill::{fill_normal, fill_uniform};
use super::init::{
    Fan, Nonlinearity, constant, kaiming_normal, kaiming_uniform, layer_default, xavier_normal,
    xavier_uniform,
};
use super::orthogonal::orthogonal;
use super::philox::{LANES, lanes, philox4x32};
use super::shuffle::{permutation, shuffle};
use super::stream::{BATCH, Purpose, Stream, normals, uniform};
use crate::error::Code;
use crate::team::Team;
use crate::testing::Random;

const STREAM: Stream =
    Stream { seed: 0x1234_5678_9ABC_DEF0, purpose: Purpose::Dropout, id: 3, step: 5 };

/// The vectors of Random123 (`kat_vectors`): counter, key, words.
#[test]
fn the_published_vectors() {
    let vectors: [([u32; 4], [u32; 2], [u32; 4]); 3] = [
        ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        ([!0; 4], [!0; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
        (
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
            [0xa409_3822, 0x299f_31d0],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
        ),
    ];
    for (counter, key, expected) in vectors {
        assert_eq!(philox4x32(key, counter), expected);
        let mut words = [0; BATCH];
        lanes(key, counter[0], [counter[1], counter[2], counter[3]], &mut words);
        assert_eq!(words[..4], expected);
        for (lane, words) in words.chunks_exact(4).enumerate() {
            let [first, others @ ..] = counter;
            let [a, b, c] = others;
            let counter = [first.wrapping_add(lane as u32), a, b, c];
            assert_eq!(words, philox4x32(key, counter), "lane {lane} of {LANES}");
        }
    }
}

#[test]
fn words_do_not_depend_on_where_a_slice_begins() {
    for first in [0, 1, 2, 3, 4, 31, 32, 33, 1000] {
        for count in [0, 1, 2, 3, 31, 32, 33, 100] {
            let mut got = vec![];
            STREAM.words(first, count, |done, words| {
                assert_eq!(done, got.len());
                got.extend_from_slice(words);
            });
            let expected: Vec<u32> =
                (0..count as u64).map(|index| STREAM.word(first + index)).collect();
            assert_eq!(got, expected, "{count} from {first}");
        }
    }
}

#[test]
fn every_part_of_the_name_counts() {
    let others = [
        STREAM,
        Stream { seed: STREAM.seed ^ 1, ..STREAM },
        Stream { seed: STREAM.seed ^ (1 << 63), ..STREAM },
        Stream { purpose: Purpose::Init, ..STREAM },
        Stream { purpose: Purpose::Shuffle, ..STREAM },
        Stream { purpose: Purpose::Augmentation, ..STREAM },
        Stream { id: 4, ..STREAM },
        STREAM.at(6),
    ];
    let first: Vec<u32> = others.iter().map(|stream| stream.word(0)).collect();
    for (at, word) in first.iter().enumerate() {
        assert!(!first[..at].contains(word), "{:?}", others[at]);
    }
    assert_eq!(STREAM.at(6).at(5), STREAM);
}

/// Mean and standard deviation.
fn moments(x: &[f32]) -> (f64, f64) {
    let count = x.len() as f64;
    let mean = x.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
    let variance = x.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

#[test]
fn distributions() {
    assert_eq!((uniform(0), uniform(255)), (0.0, 0.0));
    assert_eq!(uniform(u32::MAX), 1.0 - 1.0 / (1u32 << 24) as f32);
    let mut x = vec![f32::NAN; 100_001];
    fill_uniform(&STREAM, -2.0, 4.0, &mut x);
    assert!(x.iter().all(|x| (-2.0..4.0).contains(x)));
    let (mean, std) = moments(&x);
    // The seed is fixed: five standard errors leave room for another one.
    assert!((mean - 1.0).abs() < 0.03 && (std - 6.0 / 12f64.sqrt()).abs() < 0.02, "{mean} {std}");
    x.fill(f32::NAN);
    fill_normal(&STREAM, 3.0, 0.5, &mut x);
    let (mean, std) = moments(&x);
    assert!((mean - 3.0).abs() < 0.01 && (std - 0.5).abs() < 0.01, "{mean} {std}");
    let within = |sigmas: f32| {
        x.iter().filter(|x| (**x - 3.0).abs() < 0.5 * sigmas).count() as f64 / x.len() as f64
    };
    assert!((within(1.0) - 0.682_69).abs() < 0.01 && (within(2.0) - 0.954_5).abs() < 0.005);
}

#[test]
fn the_extreme_words_are_finite_normals() {
    for words in [[0, 0], [0, u32::MAX], [u32::MAX, 0], [u32::MAX; 2], [0, 1 << 30]] {
        assert!(normals(words).iter().all(|x| x.abs() < 6.7), "{words:?}");
    }
}

/// The same on every variant, since all is integers and f64: a change here breaks reruns of seeds.
#[test]
fn bits_that_must_not_change() {
    let mut x = [f32::NAN; 6];
    fill_normal(&STREAM, 0.0, 1.0, &mut x);
    assert_eq!(x.map(f32::to_bits), NORMALS, "{:08x?}", x.map(f32::to_bits));
    fill_uniform(&STREAM, 0.0, 1.0, &mut x);
    assert_eq!(x.map(f32::to_bits), UNIFORMS, "{:08x?}", x.map(f32::to_bits));
    let mut order = [0; 8];
    permutation(&STREAM, &mut order);
    assert_eq!(order, ORDER);
}

const NORMALS: [u32; 6] =
    [0xbf81_6f71, 0xbea2_36c0, 0xc004_2636, 0xbe3c_337f, 0xbfa8_cdc3, 0xbf8f_0510];
const UNIFORMS: [u32; 6] =
    [0x3f12_03f4, 0x3f0c_5ee7, 0x3dee_e168, 0x3f03_9df7, 0x3e65_e710, 0x3f1c_a37e];
const ORDER: [u32; 8] = [6, 7, 1, 5, 2, 0, 3, 4];

#[test]
fn slices_of_any_length_begin_alike() {
    let mut long = [0.0; 70];
    for fill in [fill_normal, fill_uniform] {
        fill(&STREAM, 0.0, 1.0, &mut long);
        for len in 0..70 {
            let mut short = vec![f32::NAN; len];
            fill(&STREAM, 0.0, 1.0, &mut short);
            assert_eq!(short, long[..len]);
        }
    }
}

#[test]
fn permutations_are_even() {
    let mut counts = [[0; 5]; 5];
    for step in 0..20_000 {
        let mut order = [9; 5];
        permutation(&STREAM.at(step), &mut order);
        let mut sorted = order;
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3, 4]);
        order.iter().enumerate().for_each(|(at, &value)| counts[at][value as usize] += 1);
    }
    // 4000 expected, with a standard deviation of 57.
    assert!(counts.iter().flatten().all(|count| (3700..4300).contains(count)), "{counts:?}");
    let mut kept = [5, 5, 7];
    shuffle(&STREAM, &mut kept);
    kept.sort_unstable();
    assert_eq!(kept, [5, 5, 7]);
    shuffle(&STREAM, &mut []);
}

#[test]
fn dropout_of_all_probabilities() {
    for p in [0.0, 0.1, 0.5, 0.999, 1.0] {
        let dropout = Dropout::new(p).unwrap();
        let lens = [0, 1, 3, 31, 32, 33, 5000].map(|len| (len, 1));
        for (len, row) in lens.into_iter().chain([(0, 3), (7, 7), (96, 2), (5000, 8), (5000, 1000)])
        {
            let x = Random::new(len as u64).vector(len);
            let mut expected = vec![f32::NAN; len];
            dropout.reference(&STREAM, &x, row, &mut expected);
            for team in [Team::SOLO, Team::eager(2), Team::eager(7)] {
                let mut y = vec![f32::NAN; len];
                dropout.apply(&STREAM, &x, row, &mut y, &team);
                assert_eq!(y, expected, "{p} {len} {row} {team:?}");
            }
        }
        let (x, mut y) = (vec![1.0; 40_000], vec![f32::NAN; 40_000]);
        dropout.apply(&STREAM, &x, 1, &mut y, &Team::SOLO);
        let dropped = y.iter().filter(|y| **y == 0.0).count() as f64 / 40_000.0;
        assert!((dropped - p).abs() < 0.02, "{dropped} of {p}");
        let scale = (1.0 / (1.0 - p)) as f32;
        assert!(y.iter().all(|&y| y == 0.0 || y == scale), "{p}");
    }
}

#[test]
fn dropout_is_its_own_gradient() {
    let dropout = Dropout::new(0.4).unwrap();
    let (x, dy) = (Random::new(1).vector(99), Random::new(2).vector(99));
    let (mut y, mut dx) = (vec![f32::NAN; 99], vec![f32::NAN; 99]);
    dropout.apply(&STREAM, &x, 1, &mut y, &Team::SOLO);
    dropout.apply(&STREAM, &dy, 1, &mut dx, &Team::SOLO);
    for i in 0..99 {
        let slope = if y[i] == 0.0 { 0.0 } else { (1.0 / 0.6) as f32 };
        assert_eq!(dx[i], dy[i] * slope, "element {i}");
    }
    dropout.apply(&STREAM.at(6), &dy, 1, &mut y, &Team::SOLO);
    assert_ne!(y, dx, "another step has another mask");
}

#[test]
fn what_is_dropped_is_zero_whatever_it_was() {
    for row in [1, 32] {
        let mut y = [0.5; 64];
        Dropout::new(1.0).unwrap().apply(&STREAM, &[f32::INFINITY; 64], row, &mut y, &Team::SOLO);
        assert_eq!(y, [0.0; 64]);
    }
    for p in [-0.1, 1.1, f64::NAN] {
        assert_eq!(Dropout::new(p).unwrap_err().code, Code::Argument);
    }
}

#[test]
fn fans() {
    assert_eq!(Fan::of(&[10, 6]), Ok(Fan { input: 6, output: 10 }));
    assert_eq!(Fan::of(&[12, 2, 3, 5]), Ok(Fan { input: 30, output: 180 }));
    for bad in [&[][..], &[3], &[3, 0], &[usize::MAX, 2]] {
        assert_eq!(Fan::of(bad).unwrap_err().code, Code::Shape, "{bad:?}");
    }
    let gains = [
        (Nonlinearity::Linear, 1.0),
        (Nonlinearity::Tanh, 1.666_666_666_7),
        (Nonlinearity::Relu, core::f64::consts::SQRT_2),
        (Nonlinearity::LeakyRelu(0.5), 1.264_911_064_1),
        (Nonlinearity::Selu, 0.75),
    ];
    for (nonlinearity, gain) in gains {
        assert!((nonlinearity.gain() - gain).abs() < 1e-9, "{nonlinearity:?}");
    }
}

#[test]
fn initial_weights_have_their_spread() {
    let stream = Stream::new(7, Purpose::Init, 0);
    let fan = Fan { input: 50, output: 150 };
    let mut x = vec![f32::NAN; 30_000];
    let mut expect = |what: &str, std: f64, bound: f64, fill: &dyn Fn(&mut [f32])| {
        x.fill(f32::NAN);
        fill(&mut x);
        let (mean, got) = moments(&x);
        assert!(mean.abs() < 0.03 * std && (got / std - 1.0).abs() < 0.02, "{what}: {mean} {got}");
        let most = x.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        assert!(f64::from(most) <= bound * 1.000_001, "{what}: {most}");
    };
    let gain = Nonlinearity::Relu.gain();
    let root3 = 3f64.sqrt();
    expect("kaiming uniform", 0.2, 0.2 * root3, &|x| kaiming_uniform(&stream, 50, gain, x));
    expect("kaiming normal", 0.2, 2.0, &|x| kaiming_normal(&stream, 50, gain, x));
    expect("xavier uniform", 0.1, 0.1 * root3, &|x| xavier_uniform(&stream, fan, 1.0, x));
    expect("xavier normal", 0.2, 2.0, &|x| xavier_normal(&stream, fan, 2.0, x));
    let bound = 1.0 / 50f64.sqrt();
    expect("default", bound / root3, bound, &|x| layer_default(&stream, 50, x));
    constant(0.25, &mut x);
    assert!(x.iter().all(|&x| x == 0.25));
}

#[test]
fn orthogonal_matrices() {
    for (rows, cols) in [(0, 3), (1, 1), (1, 5), (4, 4), (5, 2), (3, 7), (40, 40), (16, 75)] {
        let mut q = vec![f32::NAN; rows * cols];
        orthogonal(&STREAM, (rows, cols), 1.5, &mut q).unwrap();
        let mut normal = vec![f32::NAN; rows * cols];
        fill_normal(&STREAM, 0.0, 1.0, &mut normal);
        let (m, n) = (rows.max(cols), rows.min(cols));
        let at = |x: &[f32], i: usize, j: usize| {
            f64::from(if rows < cols { x[j * cols + i] } else { x[i * cols + j] })
        };
        for j in 0..n {
            for k in 0..n {
                let product: f64 = (0..m).map(|i| at(&q, i, j) * at(&q, i, k)).sum();
                let expected = if j == k { 2.25 } else { 0.0 };
                assert!((product - expected).abs() < 2e-6, "{rows} x {cols}: {j} {k} {product}");
                // R = Q^T A is upper triangular with a positive diagonal: Q comes from A.
                let r: f64 = (0..m).map(|i| at(&q, i, j) * at(&normal, i, k)).sum();
                assert!(if j == k { r > 0.0 } else { j < k || r.abs() < 1e-5 }, "{j} {k} {r}");
            }
        }
    }
    let error = orthogonal(&STREAM, (3, 4), 1.0, &mut [0.0; 11]).unwrap_err();
    assert_eq!(error.code, Code::Shape);
}

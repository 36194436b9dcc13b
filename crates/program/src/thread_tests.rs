//! Steps that are shared out by rows, images or elements: the same bits on any number of threads, in
//! place and apart.

use crate::contract::{MAGIC, VERSION};
use crate::run::Program;
use crate::weights::Weights;
use receptive_kernels::team::Team;
use receptive_kernels::testing::Random;

/// Channels of every map.
const C: u32 = 7;

/// Sigmoid, whose two parameters mean nothing.
const SIGMOID: [u32; 3] = [4, 0, 0];

/// The words of a step after input and output, by its name and code.
fn steps() -> Vec<(&'static str, u32, Vec<u32>, u32)> {
    let rows = 1301;
    let with = |words: &[u32], more: &[u32]| [words, more].concat();
    let [size, alpha, beta, k] = [5, 0.1f32.to_bits(), 0.75f32.to_bits(), 1.0f32.to_bits()];
    let epsilon = 1e-5f32.to_bits();
    vec![
        ("affine", 8, with(&[0, 1, rows, C], &SIGMOID), rows * C),
        ("lrn", 9, vec![13, C, size, alpha, beta, k], 13 * C),
        ("unary", 10, with(&[9001], &SIGMOID), 9001),
        ("prelu", 11, vec![0, rows, C, C], rows * C),
        ("prelu, one slope", 11, vec![2, rows, C, 1], rows * C),
        ("softmax", 12, vec![431, C, 3, 0], 431 * C * 3),
        ("log-softmax of rows", 12, vec![rows, C, 1, 1], rows * C),
        ("group norm", 18, with(&[0, 1, 5, 11, C, 1, epsilon], &SIGMOID), 5 * 11 * C),
    ]
}

/// What the step makes of the same input twice: apart, for the input is read again, and in place.
fn run((code, words, len): (u32, &[u32], u32), team: Team) -> [Vec<f32>; 2] {
    let mut weights = Weights::default();
    let mut random = Random::new(5);
    for len in [C, C, 1] {
        weights.add_constant(random.vector(len as usize));
    }
    let mut program = vec![MAGIC, VERSION, 3, 1, 2, 2, len, len, len, 0, 1, 2];
    for y in [1, 2] {
        program.extend([code, words.len() as u32 + 2, 0, y]);
        program.extend(words);
    }
    let mut program = Program::compile(&program, &weights, team).unwrap();
    program.input_mut(0).unwrap().copy_from_slice(&random.vector(len as usize));
    program.run(&weights);
    [0, 1].map(|output| program.output(output).unwrap().to_vec())
}

#[test]
fn threads_change_no_bits() {
    for (name, code, words, len) in steps() {
        let [expected, in_place] = run((code, &words, len), Team::SOLO);
        assert!(expected.iter().all(|y| y.is_finite()), "{name}");
        assert_eq!(expected, in_place, "{name}");
        for threads in 1..4 {
            let answers = run((code, &words, len), Team::eager(threads));
            assert!(answers.iter().all(|answer| *answer == expected), "{name}, {threads} threads");
        }
    }
}

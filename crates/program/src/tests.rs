//! Whole programs: what is computed, and that bad descriptors are refused.

use crate::contract::{CODES, MAGIC, NONE, VERSION, decode};
use crate::reader::Reader;
use crate::run::Program;
use crate::step::Context;
use crate::weights::Weights;
use proptest::prelude::*;
use receptive_kernels::conv2d::select::{Requested, Usage, layout};
use receptive_kernels::error::Code;
use receptive_kernels::filter::{Filter, FilterSpec, Kind, Layout};
use receptive_kernels::team::Team;
use receptive_kernels::testing::{Random, assert_close};

/// A 3x3 convolution of 2 to 3 channels on a 4x4 map with ReLU, then a linear layer to 5.
fn weights(requested: Requested) -> Weights {
    let mut weights = Weights::default();
    let mut random = Random::new(5);
    for (kind, dims) in [(Kind::Conv, [3, 2, 3, 3]), (Kind::Linear, [5, 48, 1, 1])] {
        let spec = FilterSpec::new(kind, dims, 1).unwrap();
        let mut filter =
            Filter::new(spec, layout(requested, &spec, &Usage::PLAIN), Vec::new()).unwrap();
        filter.write_rows(0, &random.vector(dims.iter().product())).unwrap();
        weights.add_filter(filter);
    }
    weights.add_constant(random.vector(3));
    weights
}

fn words() -> Vec<u32> {
    let mut words = vec![MAGIC, VERSION, 3, 1, 1, 2, 32, 48, 5, 0, 2];
    let geometry = [2, 4, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 0];
    words.extend([1, 27, 0, 1, NONE, 0, 2, 1]);
    words.extend(geometry);
    words.extend([3, 1, 1, 0, 0, 3, 0]);
    words.extend([7, 10, 1, 2, 1, NONE, 1, 48, 5, 0, 0, 0]);
    words
}

fn run(requested: Requested) -> Vec<f32> {
    let weights = weights(requested);
    let mut program = Program::compile(&words(), &weights, Team::SOLO).unwrap();
    program.input_mut(0).unwrap().copy_from_slice(&Random::new(9).vector(32));
    program.run(&weights);
    program.output(0).unwrap().to_vec()
}

#[test]
fn every_algorithm_gives_the_same_answer() {
    use Requested::{Auto, Blocked, Im2col, Packed, Winograd, Winograd2};
    let expected = run(Requested::Naive);
    for requested in [Auto, Im2col, Blocked, Packed, Winograd, Winograd2] {
        assert_close(&run(requested), &expected, 48);
    }
}

#[test]
fn running_again_gives_the_same_bits() {
    let weights = weights(Requested::Auto);
    let mut program = Program::compile(&words(), &weights, Team::SOLO).unwrap();
    let input = Random::new(9).vector(32);
    let answers: Vec<Vec<f32>> = (0..3)
        .map(|_| {
            program.input_mut(0).unwrap().copy_from_slice(&input);
            program.run(&weights);
            program.output(0).unwrap().to_vec()
        })
        .collect();
    assert!(answers[0].iter().all(|value| value.is_finite()));
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[1], answers[2]);
}

#[test]
fn errors_name_code_and_step() {
    let weights = weights(Requested::Auto);
    let compile = |at: usize, word: u32| {
        let mut words = words();
        words[at] = word;
        Program::compile(&words, &weights, Team::SOLO).map(|_| ()).unwrap_err()
    };
    let rows: [(usize, u32, Code, Option<usize>); 11] = [
        (0, 1, Code::Descriptor, None),
        (1, 1, Code::Descriptor, None),
        (5, 3, Code::Descriptor, Some(2)),
        (6, 31, Code::Shape, Some(0)),
        (8, 6, Code::Shape, Some(1)),
        (9, 2, Code::Descriptor, Some(0)),
        (11, 99, Code::Descriptor, Some(0)),
        (12, 28, Code::Descriptor, Some(0)),
        (16, 2, Code::Weights, Some(0)),
        (22, 2, Code::Weights, Some(0)),
        (22, 9, Code::Geometry, Some(0)),
    ];
    for (at, word, code, step) in rows {
        let error = compile(at, word);
        assert_eq!((error.code, error.step), (code, step), "word {at} = {word}: {error}");
    }
    for len in 0..words().len() {
        assert!(Program::compile(&words()[..len], &weights, Team::SOLO).is_err(), "{len} words");
    }
}

#[test]
fn a_filter_must_be_complete_and_written_once() {
    let spec = FilterSpec::new(Kind::Linear, [4, 2, 1, 1], 1).unwrap();
    let mut filter = Filter::new(spec, Layout::Panels, Vec::new()).unwrap();
    filter.write_rows(2, &[5., 6., 7., 8.]).unwrap();
    let incomplete = filter.expect_complete().unwrap_err();
    assert!(incomplete.message.contains("2 of 4"), "{incomplete}");
    assert_eq!(filter.write_rows(2, &[0., 0.]).unwrap_err().code, Code::Weights);
    assert_eq!(filter.write_rows(3, &[0., 0., 0., 0.]).unwrap_err().code, Code::Weights);
    assert_eq!(filter.write_rows(0, &[1.]).unwrap_err().code, Code::Weights);
    assert_eq!(filter.write_rows(usize::MAX, &[1., 2.]).unwrap_err().code, Code::Weights);
    filter.write_rows(0, &[1., 2., 3., 4.]).unwrap();
    filter.expect_complete().unwrap();
    assert_eq!(filter.data()[..8], [1., 3., 5., 7., 0., 0., 0., 0.]);
    assert_eq!(filter.data()[8..], [2., 4., 6., 8., 0., 0., 0., 0.]);
}

#[test]
fn the_scale_is_applied_in_f64() {
    let spec = FilterSpec::new(Kind::Conv, [1, 64, 1, 1], 1).unwrap();
    let scale = 1.0 / 3.0f64;
    let mut filter = Filter::new(spec, Layout::Raw, vec![scale]).unwrap();
    let weights = Random::new(2).vector(64);
    filter.write_rows(0, &weights).unwrap();
    let in_f64 = weights.iter().map(|&weight| (f64::from(weight) * scale) as f32);
    let in_f32 = weights.iter().map(|&weight| weight * scale as f32);
    assert!(filter.data().iter().copied().eq(in_f64));
    assert!(!filter.data().iter().copied().eq(in_f32));
    assert!(Filter::new(spec, Layout::Raw, vec![1.0; 2]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    /// Hostile words are refused or run; they never panic.
    #[test]
    fn mutated_descriptors_never_panic(
        changes in prop::collection::vec((0usize..60, prop_oneof![0u32..64, any::<u32>()]), 1..6),
    ) {
        let weights = weights(Requested::Auto);
        let mut words = words();
        for (at, word) in changes {
            let len = words.len();
            words[at % len] = word;
        }
        // A value table with huge lengths is refused by the steps before memory is allocated.
        if let Ok(mut program) = Program::compile(&words, &weights, Team::SOLO) {
            program.run(&weights);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    /// Whatever the words are, a decoder answers; it never panics.
    #[test]
    fn decoders_survive_anything(words in prop::collection::vec(prop_oneof![0u32..9, any::<u32>()], 0..48)) {
        let mut weights = Weights::default();
        weights.add_constant(vec![1.0; 4]);
        let lens = [4usize, 16, 64, 4];
        for code in CODES {
            let _ = decode(code, &mut Reader::new(&words), Context { lens: &lens, weights: &weights, team: Team::SOLO });
        }
    }
}

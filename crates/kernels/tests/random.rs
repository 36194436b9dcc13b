//! The random numbers of a seed, against `fixtures/random.txt`: bits that must never change, since
//! runs are repeated by their seeds. The tests of the WebAssembly modules read the same file.
//!
//! Each line of it is a name and the bits of the numbers, in hexadecimal.

use receptive_kernels::random::fill::{fill_normal, fill_uniform};
use receptive_kernels::random::init::{
    Fan, kaiming_normal, kaiming_uniform, xavier_normal, xavier_uniform,
};
use receptive_kernels::random::orthogonal::orthogonal;
use receptive_kernels::random::shuffle::permutation;
use receptive_kernels::random::stream::{Purpose, Stream};

const SEED: u64 = 0x1234_5678_9ABC_DEF0;

fn line(name: &str, bits: &[u32]) -> String {
    let bits: Vec<String> = bits.iter().map(|bits| format!("{bits:08x}")).collect();
    format!("{name} {}\n", bits.join(" "))
}

fn numbers(name: &str, purpose: Purpose, fill: impl Fn(&Stream, &mut [f32])) -> String {
    // Odd, since normal numbers come in pairs.
    let mut out = [f32::NAN; 7];
    let step = if purpose == Purpose::Init { 0 } else { 5 };
    fill(&Stream::new(SEED, purpose, 3).at(step), &mut out);
    line(name, &out.map(f32::to_bits))
}

#[test]
fn bits_of_a_seed() {
    use Purpose::{Augmentation, Init};
    let fan = Fan { input: 50, output: 150 };
    let mut order = [0; 9];
    permutation(&Stream::new(SEED, Purpose::Shuffle, 0).at(5), &mut order);
    let mut matrix = [f32::NAN; 6];
    orthogonal(&Stream::new(SEED, Init, 3), (2, 3), 1.5, &mut matrix).unwrap();
    let got = [
        line("permutation", &order),
        numbers("uniforms", Augmentation, |stream, out| fill_uniform(stream, 0.0, 1.0, out)),
        numbers("uniform", Init, |stream, out| fill_uniform(stream, -0.25, 0.25, out)),
        numbers("normal", Init, |stream, out| fill_normal(stream, 0.0, 0.5, out)),
        numbers("kaimingUniform", Init, |stream, out| kaiming_uniform(stream, 50, 1.5, out)),
        numbers("kaimingNormal", Init, |stream, out| kaiming_normal(stream, 50, 1.5, out)),
        numbers("xavierUniform", Init, |stream, out| xavier_uniform(stream, fan, 1.5, out)),
        numbers("xavierNormal", Init, |stream, out| xavier_normal(stream, fan, 1.5, out)),
        line("orthogonal", &matrix.map(f32::to_bits)),
    ];
    assert_eq!(got.concat(), include_str!("fixtures/random.txt"));
}

//! Slices of random numbers. Element `i` is made of the words of its own index.

use super::stream::{Stream, normals, uniform};

/// Uniform on `[low, high)`: `low + u * (high - low)`.
pub fn fill_uniform(stream: &Stream, low: f32, high: f32, out: &mut [f32]) {
    let width = high - low;
    stream.words(0, out.len(), |done, words| {
        for (out, &word) in out[done..].iter_mut().zip(words) {
            *out = low + uniform(word) * width;
        }
    });
}

/// Normal with the given mean and standard deviation. Elements come in pairs, one word each.
pub fn fill_normal(stream: &Stream, mean: f32, std: f32, out: &mut [f32]) {
    each_normal(stream, out.len(), |at, value| out[at] = mean + value * std);
}

/// Hands `count` numbers of the standard normal distribution to `take`, with their index.
pub(super) fn each_normal(stream: &Stream, count: usize, mut take: impl FnMut(usize, f32)) {
    // The words of a pair are neighbours and start at an even index, as every batch does.
    stream.words(0, count.next_multiple_of(2), |done, words| {
        for (pair, words) in words.chunks_exact(2).enumerate() {
            for (which, value) in normals([words[0], words[1]]).into_iter().enumerate() {
                let at = done + 2 * pair + which;
                if at < count {
                    take(at, value);
                }
            }
        }
    });
}

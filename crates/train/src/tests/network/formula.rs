//! The forward of the network as loops in f64. It shares nothing with the kernels.

use super::program::{CLASSES, IMAGES};

/// A map of one image, `[size, size, c]`.
struct Map {
    c: usize,
    size: usize,
    data: Vec<f64>,
}

impl Map {
    fn new(c: usize, size: usize, value: impl Fn(usize, usize, usize) -> f64) -> Self {
        let mut data = Vec::new();
        for at in 0..size * size * c {
            data.push(value(at / c / size, at / c % size, at % c));
        }
        Map { c, size, data }
    }

    /// An element, 0 outside.
    fn at(&self, y: usize, x: usize, c: usize) -> f64 {
        let inside = y < self.size && x < self.size;
        if inside { self.data[(y * self.size + x) * self.c + c] } else { 0.0 }
    }

    /// 5x5 weights `[OC, C, 5, 5]`, and ReLU.
    fn convolved(&self, weight: &[f64], bias: &[f64], pad: usize) -> Map {
        let product = |y: usize, x: usize, oc: usize| {
            let mut sum = bias[oc];
            for (tap, kernel) in weight[oc * self.c * 25..][..self.c * 25].iter().enumerate() {
                let (c, ky, kx) = (tap / 25, tap / 5 % 5, tap % 5);
                // What is left of 0 is far right.
                let (y, x) = ((y + ky).wrapping_sub(pad), (x + kx).wrapping_sub(pad));
                sum += kernel * self.at(y, x, c);
            }
            sum.max(0.0)
        };
        Map::new(bias.len(), self.size + 2 * pad - 4, product)
    }

    /// Windows of 2x2.
    fn pooled(&self, of: impl Fn([f64; 4]) -> f64) -> Map {
        Map::new(self.c, self.size / 2, |y, x, c| {
            of([(0, 0), (0, 1), (1, 0), (1, 1)].map(|(i, j)| self.at(2 * y + i, 2 * x + j, c)))
        })
    }
}

/// The mean loss of all images.
pub fn loss(params: &[Vec<f64>], images: &[f32], labels: &[f32]) -> f64 {
    let mut sum = 0.0;
    for (image, &label) in images.chunks_exact(144).zip(labels) {
        let map = Map::new(1, 12, |y, x, _| f64::from(image[y * 12 + x]));
        let map = map.convolved(&params[0], &params[1], 0);
        let map = map.pooled(|window| window.into_iter().fold(f64::NEG_INFINITY, f64::max));
        let map = map.convolved(&params[2], &params[3], 2);
        let features = map.pooled(|window| window.iter().sum::<f64>() / 4.0).data;
        let logits: Vec<f64> = (0..CLASSES)
            .map(|class| {
                let weights = params[4][class * 16..].iter();
                let product: f64 = weights.zip(&features).map(|(w, x)| w * x).sum();
                params[5][class] + product
            })
            .collect();
        let all: f64 = logits.iter().map(|x| x.exp()).sum();
        sum += all.ln() - logits[label as usize];
    }
    sum / IMAGES as f64
}

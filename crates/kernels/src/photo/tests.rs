use super::Photo;
use super::reference::prepare;
use super::spec::{Colour, Layout, Spec};
use super::taps::{Filter, Taps};
use proptest::prelude::*;

fn tables(depth: usize) -> Vec<[f32; 256]> {
    (0..depth).map(|c| std::array::from_fn(|v| v as f32 / 7.0 - c as f32)).collect()
}

fn bytes(len: usize, seed: u32) -> Vec<u8> {
    let mut state = seed | 1;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        // Whole runs of 0 and 255 are where sums overshoot and where alpha is opaque.
        match state % 5 {
            0 => 0,
            1 | 2 => 255,
            _ => (state >> 8) as u8,
        }
    };
    (0..len).map(next).collect()
}

/// Rows in pieces of at most `piece`.
fn streamed(spec: Spec, source: &[u8], piece: usize) -> Vec<f32> {
    let row_bytes = spec.width * spec.channels;
    let mut photo = Photo::new(spec).unwrap();
    photo.rows.fill(0xa5);
    photo.row.fill(0xa5);
    photo.ring.fill(0xa5);
    while photo.next_row() < photo.end_row() {
        let from = photo.next_row() * row_bytes;
        let room = photo.rows_mut();
        let count = piece.min(room.len() / row_bytes).min((source.len() - from) / row_bytes);
        room[..count * row_bytes].copy_from_slice(&source[from..][..count * row_bytes]);
        let count = count.min(photo.end_row() - photo.next_row());
        photo.push(count).unwrap();
    }
    photo.out().to_vec()
}

fn axis() -> impl Strategy<Value = (usize, usize, usize, usize)> {
    let sizes = prop_oneof![1usize..6, 6usize..40, Just(16), Just(17)];
    (sizes.clone(), sizes).prop_flat_map(|(from, to)| {
        (Just(from), Just(to), 0..to).prop_flat_map(move |(from, to, start)| {
            (Just(from), Just(to), Just(start), 1..=to - start)
        })
    })
}

proptest! {
    #[test]
    fn rows_give_the_same_bits_as_whole_passes(
        x in axis(), y in axis(), channels in prop_oneof![Just(1usize), Just(3), Just(4)],
        bicubic: bool, interleaved: bool, colour in 0..3usize, piece in 1..9usize, seed: u32,
        cut in prop_oneof![Just(0.0), 0.0..0.99], around in prop_oneof![Just([0usize; 4]), [0..5usize, 0..5usize, 0..5usize, 0..5usize]],
    ) {
        let colour = [Colour::Rgb, Colour::Bgr, Colour::Grey][colour];
        let depth = if colour == Colour::Grey { 1 } else { 3 };
        let [above, below, before, behind] = around;
        let spec = Spec {
            frame: [above + y.3 + below, before + x.3 + behind], frame_top: above, frame_left: before,
            width: x.0, out_width: x.1, left: x.2, crop_width: x.3,
            height: y.0, extent: [x.0 as f64 - cut, y.0 as f64 - cut / 2.0], out_height: y.1, top: y.2, crop_height: y.3,
            channels, colour, tables: tables(depth), fills: (0..depth).map(|c| 1000.0 + c as f32).collect(),
            filter: if bicubic { Filter::Bicubic } else { Filter::Bilinear },
            layout: if interleaved { Layout::Interleaved } else { Layout::Planar },
        };
        let source = bytes(x.0 * y.0 * channels, seed);
        let expected = prepare(&spec, &source).unwrap();
        let got = streamed(spec, &source, piece);
        let differ = expected.iter().zip(&got).position(|(a, b)| !(a == b));
        prop_assert!(expected.len() == got.len() && differ.is_none(), "element {differ:?}");
    }

    #[test]
    fn weights_sum_to_one(from in 1..300usize, to in 1..300usize, bicubic: bool) {
        let filter = if bicubic { Filter::Bicubic } else { Filter::Bilinear };
        let taps = Taps::new((from, from as f64), to, 0, to, filter).unwrap();
        for o in 0..to {
            let (first, weights) = taps.of(o);
            prop_assert!(first + weights.len() <= from && !weights.is_empty());
            let sum: i64 = weights.iter().map(|&w| i64::from(w)).sum();
            prop_assert!((sum - (1 << 22)).unsigned_abs() <= weights.len() as u64);
        }
    }
}

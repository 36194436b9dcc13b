//! Boxes that are proposed, found, matched and drawn.

use super::anchors::Grid;
use super::coder::{MOST_GROWTH, clip, decode, encode, is_as_large};
use super::detections::{Detections, Found, detections};
use super::matcher::{Match, Thresholds, matches};
use super::proposals::{Level, Most, highest, proposals};
use super::sampler::{Share, sample};
use super::{Edges, Image, Rules};
use crate::boxes::overlap::iou;
use crate::random::stream::{Purpose, Stream};
use crate::testing::Random;

const RULES: Rules = Rules { score: 0.0, least: 1e-3, iou: 0.7, weights: [1.0; 4] };
const IMAGE: Image = Image { height: 24.0, width: 32.0 };

#[test]
fn decoding_undoes_encoding() {
    let mut random = Random::new(2);
    for _ in 0..200 {
        let v = random.vector(8);
        let made = |v: &[f32]| {
            let (x, y) = (40.0 * v[0], 40.0 * v[1]);
            [x, y, x + 20.0 + 15.0 * v[2], y + 20.0 + 15.0 * v[3]]
        };
        let (from, to) = (made(&v[..4]), made(&v[4..]));
        let weights = [10.0, 10.0, 5.0, 5.0];
        let got = decode(from, encode(from, to, weights), weights);
        for (got, to) in got.iter().zip(to) {
            assert!((got - to).abs() <= 2e-5, "{got}, expected {to}");
        }
    }
}

#[test]
fn a_box_grows_by_so_much_at_most() {
    let from = [0.0, 0.0, 2.0, 4.0];
    let [left, top, right, bottom] = decode(from, [0.0, 0.0, 1e30, MOST_GROWTH], [1.0; 4]);
    assert!((right - left - 125.0).abs() < 1e-3 && (bottom - top - 250.0).abs() < 1e-3);
    assert!(decode(from, [f32::NAN; 4], [1.0; 4]).iter().all(|v| v.is_nan()));
    assert!(decode(from, [0.0, 0.0, f32::NAN, 0.0], [1.0; 4])[0].is_nan());
}

#[test]
fn clipping_keeps_nan_and_small_boxes_are_told() {
    assert_eq!(clip([-5.0, 3.0, 90.0, 30.0], IMAGE), [0.0, 3.0, 32.0, 24.0]);
    assert!(clip([f32::NAN, 0.0, 1.0, 1.0], IMAGE)[0].is_nan());
    assert!(is_as_large([0.0, 0.0, 1.0, 1.0], 1.0));
    for bad in [[0.0, 0.0, 0.5, 2.0], [f32::NAN, 0.0, 9.0, 9.0], [4.0, 0.0, 1.0, 9.0]] {
        assert!(!is_as_large(bad, 1.0), "{bad:?}");
    }
}

#[test]
fn the_highest_are_in_order_with_ties_by_index() {
    let values = [1.0, 3.0, f32::NAN, 3.0, -f32::INFINITY, 2.0, f32::INFINITY, 3.0];
    assert_eq!(highest(&values, 3), [6, 1, 3]);
    assert_eq!(highest(&values, 99), [6, 1, 3, 7, 5, 0, 4]);
    assert_eq!(highest(&values, 0), [0usize; 0]);
    assert_eq!(highest(&[], 4), [0usize; 0]);
}

fn grid() -> Grid {
    let boxes = vec![[-4.0, -4.0, 4.0, 4.0], [-8.0, -2.0, 8.0, 2.0]];
    Grid { h: 3, w: 4, stride: [8.0, 8.0], boxes }
}

#[test]
fn anchors_go_by_lines_columns_and_boxes() {
    let grid = grid();
    assert_eq!(grid.len(), 24);
    assert_eq!(grid.get(0), [-4.0, -4.0, 4.0, 4.0]);
    assert_eq!(grid.get(3), [0.0, -2.0, 16.0, 2.0]);
    assert_eq!(grid.get(8), [-4.0, 4.0, 4.0, 12.0]);
}

/// Two images; the second has NaN throughout, and so no proposals.
#[test]
fn proposals_are_filled_up() {
    let grid = grid();
    let mut objectness = Random::new(3).vector(2 * grid.len());
    objectness[grid.len()..].fill(f32::NAN);
    let offsets = Random::new(4).vector(8 * grid.len());
    let level = Level { objectness: &objectness, offsets: &offsets, grid: &grid };
    let most = Most { before: 20, after: 12 };
    let (mut y, mut counts) = (vec![f32::NAN; 2 * 12 * 5], [f32::NAN; 2]);
    proposals(&[level], IMAGE, &RULES, most, &mut y, &mut counts);
    assert!(counts[0] > 3.0 && counts[0] <= 12.0 && counts[1] == 0.0, "{counts:?}");
    for (at, row) in y.chunks_exact(5).enumerate() {
        if at < counts[0] as usize {
            let [image, left, top, right, bottom] = *row else { unreachable!() };
            assert!(image == 0.0 && 0.0 <= left && left < right && right <= 32.0, "{row:?}");
            assert!(0.0 <= top && top < bottom && bottom <= 24.0, "{row:?}");
        } else {
            assert_eq!(row, [-1.0, 0.0, 0.0, 0.0, 0.0]);
        }
    }
    let kept: Vec<Edges> = y
        .chunks_exact(5)
        .take(counts[0] as usize)
        .map(|row| [row[1], row[2], row[3], row[4]])
        .collect();
    for (at, &a) in kept.iter().enumerate() {
        assert!(kept[..at].iter().all(|&b| iou(a, b) <= 0.7));
    }
}

#[test]
fn detections_are_of_classes_over_the_threshold() {
    let rois = [0.0, 2.0, 2.0, 10.0, 10.0, 1.0, 4.0, 4.0, 20.0, 20.0, -1.0, 0.0, 0.0, 0.0, 0.0];
    // Of the first region class 2, of the second classes 1 and 2; the third is of no image.
    let logits = [0.0, -9.0, 5.0, -9.0, 3.0, 2.9, 0.0, 9.0, 9.0];
    let found = Found { rois: &rois, logits: &logits, offsets: &[0.0; 36], classes: 3 };
    let (mut boxes, mut scores) = ([f32::NAN; 16], [f32::NAN; 4]);
    let (mut labels, mut counts) = ([f32::NAN; 4], [f32::NAN; 2]);
    let y = Detections {
        boxes: &mut boxes,
        scores: &mut scores,
        labels: &mut labels,
        counts: &mut counts,
    };
    detections(found, IMAGE, &Rules { score: 0.05, iou: 0.5, ..RULES }, y);
    assert_eq!(counts, [1.0, 2.0]);
    assert_eq!(labels, [2.0, 0.0, 1.0, 2.0]);
    assert_eq!(boxes[..4], [2.0, 2.0, 10.0, 10.0]);
    assert_eq!(boxes[4..8], [0.0; 4]);
    assert_eq!(boxes[12..], [4.0, 4.0, 20.0, 20.0]);
    assert!(scores[0] > 0.99 && scores[1] == 0.0 && scores[2] > scores[3], "{scores:?}");
}

#[test]
fn boxes_are_matched_by_overlap() {
    let truths = [[0.0, 0.0, 10.0, 10.0], [20.0, 20.0, 24.0, 24.0]];
    let found = [
        [0.0, 0.0, 10.0, 9.0],
        [0.0, 0.0, 10.0, 5.0],
        [50.0, 50.0, 60.0, 60.0],
        // Overlaps the second most, though by 1/6.
        [20.0, 20.0, 30.0, 30.0],
        [20.0, 20.0, 30.0, 30.0],
    ];
    let thresholds = Thresholds { match_from: 0.7, background_below: 0.3, low_quality: true };
    let got = matches(found.into_iter(), &truths, &thresholds);
    let (first, second) = (Match::Truth(0), Match::Truth(1));
    assert_eq!(got, [first, Match::Ignored, Match::Background, second, second]);
    let strict = Thresholds { low_quality: false, ..thresholds };
    let got = matches(found.into_iter(), &truths, &strict);
    assert_eq!(got[3..], [Match::Background; 2]);
    assert_eq!(matches(found.into_iter(), &[], &thresholds), [Match::Background; 5]);
    assert_eq!(matches([].into_iter(), &truths, &thresholds), []);
}

#[test]
fn as_many_are_drawn_as_there_may_be() {
    let kinds = [Match::Truth(0), Match::Background, Match::Background, Match::Ignored];
    let all: Vec<Match> = (0..400).map(|at| kinds[at % 4]).collect();
    let share = Share { all: 64, positive: 0.25 };
    let stream = Stream::new(7, Purpose::Dropout, 3);
    let [positive, negative] = sample(&all, share, &stream, 0);
    assert_eq!((positive.len(), negative.len()), (16, 48));
    assert!(positive.iter().all(|&at| all[at] == Match::Truth(0)));
    assert!(negative.iter().all(|&at| all[at] == Match::Background));
    assert_eq!(sample(&all, share, &stream, 0), [positive.clone(), negative]);
    assert_ne!(sample(&all, share, &stream.at(1), 0)[0], positive);
    // Too few of either kind: all of them, and background in place of what is matched.
    let [positive, negative] = sample(&all[..8], share, &stream, 0);
    assert_eq!((positive, negative), (vec![0, 4], vec![1, 2, 5, 6]));
    let few: Vec<Match> = (0..200).map(|at| kinds[usize::from(at > 2)]).collect();
    let [positive, negative] = sample(&few, share, &stream, 0);
    assert_eq!((positive.len(), negative.len()), (3, 61));
}

/// Every box is drawn about as often as every other: 4000 draws of 5 of 20, mean 1000 each.
#[test]
fn draws_are_even() {
    let all = vec![Match::Background; 20];
    let mut times = [0usize; 20];
    let stream = Stream::new(1, Purpose::Dropout, 0);
    for step in 0..4000 {
        let [_, drawn] = sample(&all, Share { all: 5, positive: 0.5 }, &stream.at(step), 0);
        drawn.into_iter().for_each(|at| times[at] += 1);
    }
    // Six standard deviations of sqrt(4000 / 4 * 3 / 4) = 27.4.
    assert!(times.iter().all(|&n| n.abs_diff(1000) < 165), "{times:?}");
}

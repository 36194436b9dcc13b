//! What is drawn to learn from, against a plain statement of the rules.

use super::anchors::Grid;
use super::coder::encode;
use super::matcher::Thresholds;
use super::sampler::Share;
use super::targets::{Drawn, LevelTargets, RegionTargets, Rule, Truths, of_anchors};
use super::{Edges, edges};
use crate::boxes::overlap::iou;
use crate::random::stream::{Purpose, Stream};

const ANCHORS: Rule = Rule {
    thresholds: Thresholds { match_from: 0.7, background_below: 0.3, low_quality: true },
    share: Share { all: 1000, positive: 1.0 },
    weights: [1.0; 4],
};
const REGIONS: Rule = Rule {
    thresholds: Thresholds { match_from: 0.5, background_below: 0.5, low_quality: false },
    share: Share { all: 6, positive: 0.5 },
    weights: [10.0, 10.0, 5.0, 5.0],
};

fn stream(seed: u64) -> Stream {
    Stream::new(seed, Purpose::Sampling, 3)
}

fn grids() -> [Grid; 2] {
    let grid = |h: usize, side: f32| Grid {
        h,
        w: h,
        stride: [32.0 / h as f32; 2],
        boxes: vec![[-side, -side, side, side], [-side, -side / 2.0, side, side / 2.0]],
    };
    [grid(4, 4.0), grid(2, 8.0)]
}

/// Two images of three rows: one true box each at the least, the last row of the first is empty.
const TRUTHS: [f32; 30] = [
    4.0, 4.0, 12.0, 12.0, 1.0, 10.0, 12.0, 26.0, 20.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, //
    0.0, 0.0, 0.0, 0.0, 0.0, -3.0, 8.0, 9.0, 40.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0,
];

fn boxes_of(rows: &[f32]) -> Vec<Edges> {
    rows.chunks_exact(5).filter(|row| row[4] != 0.0).map(edges).collect()
}

/// 1, 0 or -1 for what does not count, and the true box, by the paper's words.
fn expected(anchor: Edges, all: &[Edges], truths: &[Edges]) -> (i32, usize) {
    let overlaps: Vec<f32> = truths.iter().map(|&truth| iou(truth, anchor)).collect();
    let best =
        (0..truths.len()).rev().max_by(|&a, &b| overlaps[a].total_cmp(&overlaps[b])).unwrap();
    let is_best = (0..truths.len()).any(|truth| {
        let most = all.iter().map(|&other| iou(truths[truth], other)).fold(0.0, f32::max);
        most > 0.0 && overlaps[truth] == most
    });
    let label = match overlaps[best] {
        overlap if overlap >= 0.7 || is_best => 1,
        overlap if overlap < 0.3 => 0,
        _ => -1,
    };
    (label, best)
}

/// All values of the levels, which begin as NaN.
fn written(grids: &[Grid], n: usize, drawn: Option<&[Vec<Drawn>]>) -> Vec<[Vec<f32>; 4]> {
    let mut first = 0;
    let mut all = Vec::new();
    for grid in grids {
        let len = n * grid.len();
        let [mut labels, mut weights, mut offsets, mut offset_weights] =
            [len, len, 4 * len, 4 * len].map(|len| vec![f32::NAN; len]);
        let level = LevelTargets {
            labels: &mut labels,
            weights: &mut weights,
            offsets: &mut offsets,
            offset_weights: &mut offset_weights,
        };
        level.write(drawn, first, grid.len());
        all.push([labels, weights, offsets, offset_weights]);
        first += grid.len();
    }
    all
}

#[test]
fn anchors_learn_what_the_paper_says() {
    let grids = grids();
    let anchors: Vec<Edges> =
        grids.iter().flat_map(|grid| (0..grid.len()).map(|at| grid.get(at))).collect();
    let drawn = of_anchors(&grids, &TRUTHS, 2, &ANCHORS, &stream(1));
    let levels = written(&grids, 2, drawn.as_deref());
    let mut counted = 0;
    for (image, rows) in TRUTHS.chunks_exact(15).enumerate() {
        let truths = boxes_of(rows);
        for (at, &anchor) in anchors.iter().enumerate() {
            let (level, at) = if at < 32 { (0, at) } else { (1, at - 32) };
            let to = image * grids[level].len() + at;
            let [labels, weights, offsets, offset_weights] = &levels[level];
            let (label, truth) = expected(anchor, &anchors, &truths);
            assert_eq!(labels[to], if label == 1 { 1.0 } else { 0.0 }, "image {image}, {anchor:?}");
            assert_eq!(weights[to] > 0.0, label >= 0, "image {image}, {anchor:?}");
            counted += usize::from(label >= 0);
            let (offsets, of) = (&offsets[4 * to..][..4], &offset_weights[4 * to..][..4]);
            let want = encode(anchor, truths[truth], [1.0; 4]);
            assert_eq!(offsets, if label == 1 { want } else { [0.0; 4] });
            assert_eq!(of, [if label == 1 { weights[to] } else { 0.0 }; 4]);
        }
    }
    let positive = levels.iter().flat_map(|level| &level[0]).sum::<f32>();
    assert!(positive >= 3.0, "each true box has an anchor at the least: {positive}");
    let weights = levels.iter().flat_map(|level| &level[1]).filter(|&&weight| weight > 0.0);
    assert!(
        weights.clone().count() == counted && weights.clone().all(|&w| w == 1.0 / counted as f32)
    );
}

#[test]
fn few_are_drawn_the_same_for_a_seed() {
    let rule = Rule { share: Share { all: 8, positive: 0.25 }, ..ANCHORS };
    let of = |seed| of_anchors(&grids(), &TRUTHS, 2, &rule, &stream(seed)).unwrap();
    assert_eq!(of(5), of(5));
    assert!((6..12).any(|seed| of(seed) != of(5)));
    for image in of(5) {
        assert_eq!(image.len(), 8);
        assert!(image.iter().filter(|one| one.truth.is_some()).count() <= 2);
    }
    assert!(of(5)[0] != of(5)[1]);
}

#[test]
fn without_true_boxes_all_is_background() {
    let grids = grids();
    let drawn = of_anchors(&grids, &[0.0; 10], 2, &ANCHORS, &stream(1)).unwrap();
    assert!(drawn.iter().all(|image| image.len() == 40));
    assert!(drawn.iter().flatten().all(|one| one.truth.is_none()));
}

#[test]
fn a_true_box_that_is_none_is_told() {
    let good = [1.0, 2.0, 9.0, 8.0, 2.0];
    assert_eq!(Truths::read(&good, 3).unwrap().labels, [2]);
    for (at, value) in [
        (0, f32::NAN),
        (2, f32::INFINITY),
        (2, 1.0),
        (3, 1.5),
        (4, 3.0),
        (4, -1.0),
        (4, 1.5),
        (4, f32::NAN),
    ] {
        let mut bad = good;
        bad[at] = value;
        assert_eq!(Truths::read(&bad, 3), None, "{bad:?}");
        let levels =
            written(&grids(), 1, of_anchors(&grids(), &bad, 1, &ANCHORS, &stream(1)).as_deref());
        // The first stage does not know how many classes there are.
        if bad[4] != 3.0 {
            assert!(
                levels.iter().all(|level| level[1].iter().chain(&level[3]).all(|w| w.is_nan())),
                "{bad:?}"
            );
            assert!(levels.iter().all(|level| level[0].iter().chain(&level[2]).all(|&v| v == 0.0)));
        }
        let [_, labels, weights, ..] = regions(&[0.0, 0.0, 0.0, 4.0, 4.0], &bad, 1);
        assert!(
            weights.iter().all(|weight| weight.is_nan())
                && labels.iter().all(|&label| label == 0.0),
            "{bad:?}"
        );
    }
}

/// Regions, labels, weights, offsets and their weights of three classes.
fn regions(proposed: &[f32], truths: &[f32], n: usize) -> [Vec<f32>; 5] {
    let [mut rois, mut labels, mut weights, mut offsets, mut offset_weights] =
        [5, 1, 1, 12, 12].map(|width| vec![f32::NAN; n * 6 * width]);
    let targets = RegionTargets {
        rois: &mut rois,
        labels: &mut labels,
        weights: &mut weights,
        offsets: &mut offsets,
        offset_weights: &mut offset_weights,
    };
    targets.write([proposed, truths], [n, 3], &REGIONS, &stream(2));
    [rois, labels, weights, offsets, offset_weights]
}

#[test]
fn regions_are_proposed_ones_and_true_boxes() {
    let proposed = [
        [0.0, 5.0, 4.0, 12.0, 12.0],   // as the first true box
        [0.0, 20.0, 20.0, 30.0, 30.0], // background
        [0.0, 6.0, 6.0, 6.0, 9.0],     // without a size
        [1.0, -3.0, 8.0, 9.0, 30.0],   // as the true box of the second image
        [-1.0, 0.0, 0.0, 0.0, 0.0],
        [-1.0, 0.0, 0.0, 0.0, 0.0],
    ];
    let [rois, labels, weights, offsets, offset_weights] =
        regions(proposed.as_flattened(), &TRUTHS, 2);
    let row = |at: usize| &rois[5 * at..][..5];
    // Of the first image three with an object, at most half of six, then the background.
    assert_eq!(row(0), proposed[0]);
    assert_eq!(row(1), [0.0, 4.0, 4.0, 12.0, 12.0]);
    assert_eq!(row(2), [0.0, 10.0, 12.0, 26.0, 20.0]);
    assert_eq!(row(3), proposed[1]);
    assert_eq!(row(6), proposed[3]);
    assert_eq!(row(7), [1.0, -3.0, 8.0, 9.0, 40.0]);
    for at in [4, 5, 8, 9, 10, 11] {
        assert_eq!((row(at), labels[at], weights[at]), (&[-1.0, 0.0, 0.0, 0.0, 0.0][..], 0.0, 0.0));
    }
    assert_eq!(labels[..8], [1.0, 1.0, 2.0, 0.0, 0.0, 0.0, 2.0, 2.0]);
    let sixth = 1.0 / 6.0;
    assert_eq!(weights[..8], [sixth, sixth, sixth, sixth, 0.0, 0.0, sixth, sixth]);
    let want = encode(edges(&proposed[0][1..]), edges(&TRUTHS), REGIONS.weights);
    assert_eq!(offsets[4..8], want);
    for (at, &label) in labels.iter().enumerate() {
        for class in 0..3 {
            let of = (at * 3 + class) * 4;
            let own = label > 0.0 && label as usize == class;
            assert_eq!(
                offset_weights[of..][..4],
                [if own { sixth } else { 0.0 }; 4],
                "{at}, {class}"
            );
            assert!(own || offsets[of..][..4] == [0.0; 4]);
        }
    }
}

#[test]
fn nothing_proposed_and_no_true_box_weigh_nothing() {
    let [rois, labels, weights, ..] = regions(&[-1.0, 0.0, 0.0, 0.0, 0.0], &[0.0; 5], 1);
    assert!(rois.chunks_exact(5).all(|row| row == [-1.0, 0.0, 0.0, 0.0, 0.0]));
    assert!(labels.iter().chain(&weights).all(|&value| value == 0.0));
}

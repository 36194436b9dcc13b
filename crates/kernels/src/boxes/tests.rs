use super::order::{falling, pair, parts, score, sort, sorted};
use super::overlap::{ciou, diou, giou, iou};
use super::scan::{Activation, Scan, scan};
use super::{Method, Options, Rect, prepared, reference, soft, suppress};
use crate::simd::{LANES, Native};
use crate::testing::Random;
use proptest::prelude::*;

const METHODS: [Method; 4] = [Method::Greedy, Method::Distance, Method::Gaussian, Method::Linear];

/// Numbers that a box or a score may be in a broken file.
const ODD: [f32; 8] =
    [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, f32::MAX, f32::MIN_POSITIVE, -1.0];

/// What a set of boxes is like.
#[derive(Debug, Clone, Copy)]
struct Set {
    len: usize,
    groups: u32,
    /// Sides of a box, over those of the picture.
    size: f32,
    /// Coordinates and scores are multiples of this, so that there are duplicates and ties.
    grain: f32,
    /// One number in so many is an odd one, or none if it is 0.
    odd: usize,
    seed: u64,
}

impl Set {
    fn draw(&self) -> (Vec<Rect>, Vec<f32>, Vec<u32>) {
        let mut random = Random::new(self.seed);
        let mut unit = || random.vector(1)[0] / 2.0 + 0.5;
        let mut number = |scale: f32| {
            let x = (unit() * scale / self.grain).round() * self.grain;
            let odd = self.odd > 0 && (unit() * self.odd as f32) as usize == 0;
            if odd { ODD[(unit() * 8.0) as usize % 8] } else { x }
        };
        let boxes = (0..self.len).map(|_| {
            let [left, top] = [number(1.0), number(1.0)];
            [left, top, left + number(self.size), top + number(self.size)]
        });
        let boxes: Vec<Rect> = boxes.collect();
        let scores = (0..self.len).map(|_| number(1.0)).collect();
        let groups = (0..self.len)
            .map(|_| ((number(1.0).abs() * self.groups as f32) as u32).wrapping_mul(77));
        (boxes, scores, groups.collect())
    }
}

fn set() -> impl Strategy<Value = Set> {
    let len = prop_oneof![
        Just(0),
        Just(1),
        Just(LANES - 1),
        Just(LANES),
        Just(LANES + 1),
        5usize..40,
        200usize..400
    ];
    let size = prop_oneof![Just(0.03f32), Just(0.3), Just(2.0)];
    let grain = prop_oneof![Just(0.125f32), Just(1.0 / 64.0), Just(1e-6)];
    (len, 1u32..6, size, grain, prop_oneof![Just(0usize), Just(9)], any::<u64>()).prop_map(
        |(len, groups, size, grain, odd, seed)| Set { len, groups, size, grain, odd, seed },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn suppression_gives_the_bits_of_the_reference(
        set in set(), method in 0..4usize, iou in prop_oneof![Just(0.0), Just(0.5), Just(1.0), Just(1e-9), 0.0..1.0],
        max in prop_oneof![Just(usize::MAX), 0usize..20], by_group: bool, floor in prop_oneof![Just(None), (0.0..0.5).prop_map(Some)],
        sigma in 0.05..2.0f64, candidates in prop_oneof![Just(usize::MAX), 0usize..20, 50usize..250],
    ) {
        let (boxes, scores, groups) = set.draw();
        let options = Options { iou, max, candidates, method: METHODS[method], sigma, floor };
        let groups = by_group.then_some(&groups[..]);
        let expected = reference::suppress(&boxes, &scores, groups, &options);
        let got = suppress(&boxes, &scores, groups, &options);
        prop_assert_eq!(&got, &expected);
        prop_assert!(got.scores.is_sorted_by(|a, b| a >= b));
        prop_assert!(got.indices.len() <= max && got.scores.iter().all(|score| !score.is_nan()));
    }

    #[test]
    fn scanning_gives_the_bits_of_the_reference(
        candidates in prop_oneof![0usize..=LANES + 1, Just(255), Just(256), Just(257), 600usize..700],
        classes in prop_oneof![0usize..=LANES + 1, 7usize..9, Just(17)],
        layout in 0..3usize, object in 0..3usize, sigmoid: bool, multi_label: bool,
        threshold in prop_oneof![Just(0.0), Just(1.0), Just(0.5), Just(-1.0), Just(1e-39), Just(1.0 - 1e-7), 0.0..1.0],
        most in prop_oneof![Just(0), Just(1), Just(3), Just(100), Just(usize::MAX)], grain in prop_oneof![Just(0.25f32), Just(1e-6)],
        odd in prop_oneof![Just(0usize), Just(5)], seed: u64,
    ) {
        let (before, after) = (3, 2);
        let width = before + classes + after;
        let (candidate_stride, class_stride, offset, across) = match layout {
            0 => (1, candidates, before * candidates, candidates),
            1 => (width, 1, before, 1),
            _ => (2 * width, 2, 2 * before, 2),
        };
        let objectness = match object { 0 => None, 1 => Some((0, candidate_stride)), _ => Some((2 * across, candidate_stride)) };
        let len = 2 * width * candidates;
        let mut random = Random::new(seed);
        let scale = if sigmoid { 16.0 } else { 1.0 };
        let scores: Vec<f32> = (0..len).map(|_| {
            let [x, which, at] = [(); 3].map(|()| random.vector(1)[0]);
            let x = if sigmoid { x * scale } else { x.abs() };
            if odd > 0 && which.abs() * (odd as f32) < 1.0 { ODD[(at.abs() * 8.0) as usize % 8] } else { (x / grain).round() * grain }
        }).collect();
        let activation = if sigmoid { Activation::Sigmoid } else { Activation::None };
        let spec = Scan { candidates, classes, candidate_stride, class_stride, offset, objectness, activation, threshold, multi_label, most };
        let spec = spec.check(len).unwrap();
        let (got, expected) = (scan(&spec, &scores), reference::scan(&spec, &scores));
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn overlaps_are_numbers_within_their_bounds(set in set()) {
        let (boxes, ..) = Set { len: 2, ..set }.draw();
        let (a, b) = (boxes[0], boxes[1]);
        // Roundings alone lead beyond.
        let within = |x: f32, low: f32| (low - 1e-5..=1.0 + 1e-5).contains(&x);
        prop_assert!(within(iou(a, b), 0.0) && within(giou(a, b), -1.0) && within(diou(a, b), -1.0) && within(ciou(a, b), -1.5));
        prop_assert!(iou(a, b) == iou(b, a) && diou(a, b) == diou(b, a));
        prop_assert!(diou(a, b) <= iou(a, b) && giou(a, b) <= iou(a, b) && ciou(a, b) <= diou(a, b));
    }

    #[test]
    fn pairs_are_sorted_by_key_and_stay_in_order(mut pairs: Vec<(u32, u32)>, few: bool) {
        if few { pairs.iter_mut().for_each(|(key, _)| *key %= 3) }
        let mut got: Vec<u64> = pairs.iter().map(|&(key, own)| pair(key, own)).collect();
        sort(&mut got);
        pairs.sort_by_key(|&(key, _)| key);
        prop_assert_eq!(got.into_iter().map(parts).collect::<Vec<_>>(), pairs);
    }

    #[test]
    fn keys_rise_where_scores_fall(a: f32, b: f32) {
        prop_assume!(!a.is_nan() && !b.is_nan());
        prop_assert_eq!(falling(a).cmp(&falling(b)), b.partial_cmp(&a).unwrap());
        prop_assert!(score(falling(a)) == a);
    }
}

#[test]
fn zeros_are_equal_whatever_their_sign() {
    let order = sorted(&[-0.0, 0.0, f32::NAN, -0.0], |score| !score.is_nan());
    assert_eq!(order.into_iter().map(|own| parts(own).1).collect::<Vec<_>>(), [0, 1, 3]);
}

#[test]
fn overlaps_that_can_be_computed_by_hand() {
    let (a, b) = ([0.0, 0.0, 2.0, 2.0], [1.0, 0.0, 3.0, 2.0]);
    assert_eq!(iou(a, b), 2.0 / 6.0);
    assert_eq!(giou(a, b), 2.0 / 6.0);
    assert_eq!(diou(a, b), 2.0 / 6.0 - 1.0 / 13.0);
    assert_eq!(ciou(a, b), diou(a, b));
    let c = [4.0, 0.0, 6.0, 1.0];
    assert_eq!(giou(a, c), -6.0 / 12.0);
    assert!(ciou(a, c) < diou(a, c));
    assert_eq!([iou(a, a), giou(a, a), diou(a, a), ciou(a, a)], [1.0; 4]);
    // Two negative sides make a positive product.
    let turned = [2.0, 2.0, 0.0, 0.0];
    assert_eq!(
        [iou(a, turned), giou(a, turned), diou(a, turned), ciou(a, turned)],
        [0.0, -1.0, -1.0, -1.0]
    );
}

#[test]
fn boxes_without_a_size_are_kept_and_suppress_nothing() {
    let odd = [
        [5.0, 5.0, 5.0, 9.0],
        [9.0, 9.0, 1.0, 1.0],
        [f32::NEG_INFINITY, 0.0, f32::INFINITY, 9.0],
        [f32::NAN, 0.0, 9.0, 9.0],
        [0.0, 0.0, f32::MAX, f32::MAX],
    ];
    let boxes: Vec<Rect> = odd.iter().flat_map(|&own| [own, own, [0.0, 0.0, 9.0, 9.0]]).collect();
    let scores: Vec<f32> = (0..boxes.len()).map(|i| 1.0 - i as f32 / 100.0).collect();
    for method in METHODS {
        let options = Options { method, floor: Some(0.9), ..Options::greedy(0.5, usize::MAX) };
        let kept = suppress(&boxes, &scores, None, &options).indices;
        let solid = kept.iter().filter(|&&at| at % 3 == 2).count();
        assert_eq!(
            (solid, kept.len()),
            (1, 1 + kept.iter().filter(|&&at| at % 3 < 2).count()),
            "{method:?}"
        );
        assert!(kept.starts_with(&[0, 1, 2, 3, 4, 6]), "{method:?}: {kept:?}");
    }
}

#[test]
fn the_threshold_is_the_number_that_was_written() {
    // An IoU of 0.6 in f32 is over 0.6 in f64, and one of 0.7 is not over 0.7.
    for (side, limit, kept) in [(6.0, 0.6, 1), (7.0, 0.7, 2)] {
        let boxes = [[0.0, 0.0, 10.0, 1.0], [0.0, 0.0, side, 1.0]];
        assert_eq!(
            suppress(&boxes, &[1.0, 0.5], None, &Options::greedy(limit, 9)).indices.len(),
            kept
        );
    }
}

/// How many pairs of boxes soft suppression lets meet.
fn meetings(boxes: &[Rect], candidates: usize) -> u64 {
    let scores: Vec<f32> = (0..boxes.len()).map(|i| 0.5 + (i * 37 % 101) as f32 / 300.0).collect();
    let gaussian = Options { method: Method::Gaussian, ..Options::greedy(0.5, usize::MAX) };
    let options = Options { candidates, sigma: 1e6, ..gaussian };
    let (work, order) = prepared(boxes, &scores, None, &options);
    let (kept, pairs) = soft::run::<Native>(work, order);
    assert_eq!(kept.indices.len(), boxes.len().min(candidates));
    pairs
}

#[test]
fn soft_suppression_lets_only_boxes_meet_that_touch() {
    // A wall of tiles, each of which touches the eight around it.
    let side = 100;
    let tile = |i: usize| [(i % side) as f32, (i / side) as f32];
    let boxes: Vec<Rect> =
        (0..side * side).map(tile).map(|[x, y]| [x, y, x + 1.5, y + 1.5]).collect();
    let touching = 4 * side * (side - 1) - 2 * (side - 1);
    assert_eq!(meetings(&boxes, usize::MAX), touching as u64);
}

#[test]
fn candidates_bound_the_work_of_soft_suppression_where_all_touch() {
    let boxes: Vec<Rect> = (0..2000).map(|i| [0.0, 0.0, 9.0 + i as f32 / 999.0, 9.0]).collect();
    for candidates in [0usize, 1, 4, 100] {
        let pairs = candidates as u64 * candidates.saturating_sub(1) as u64 / 2;
        assert_eq!(meetings(&boxes, candidates), pairs);
    }
}

#[test]
fn what_has_no_meaning_is_refused() {
    let good = Options::greedy(0.5, 1);
    assert!(good.check().is_ok());
    for iou in [f64::NAN, -0.1, 1.1] {
        assert!(Options { iou, ..good }.check().is_err());
    }
    for sigma in [f64::NAN, 0.0, f64::INFINITY] {
        assert!(Options { sigma, ..good }.check().is_err());
    }
    assert!(Options { floor: Some(f64::NAN), ..good }.check().is_err());
    let spec = Scan {
        candidates: 3,
        classes: 2,
        candidate_stride: 5,
        class_stride: 1,
        offset: 1,
        objectness: Some((4, 5)),
        activation: Activation::None,
        threshold: 0.5,
        multi_label: false,
        most: 9,
    };
    assert!(spec.check(15).is_ok() && spec.check(14).is_err());
    assert!(Scan { objectness: None, ..spec }.check(13).is_ok());
    assert!(Scan { objectness: None, ..spec }.check(12).is_err());
    assert!(Scan { offset: usize::MAX, ..spec }.check(99).is_err());
    assert!(Scan { candidates: usize::MAX, ..spec }.check(99).is_err());
    assert!(Scan { threshold: f64::NAN, ..spec }.check(15).is_err());
    assert!(Scan { candidates: 0, ..spec }.check(0).is_ok());
}

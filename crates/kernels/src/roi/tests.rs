//! Kernels against their references, and what degenerate regions give.

use super::bins::{Bins, level_of, tap};
use super::position::{Position, position};
use super::{Align, Canonical, Level, Mode, ROW, align, backward, pool, reference};
use crate::gradient_check::{assert_near, wide};
use crate::team::Team;
use crate::testing::Random;

const ALL: Align = Align { c: 3, oh: 2, ow: 3, sampling: 2, aligned: false, mode: Mode::Avg };

/// Inside, over each edge, outside, thin, empty, inverted, huge; of both images, and of none.
fn regions() -> Vec<f32> {
    let edges: [[f32; 4]; 14] = [
        [1.0, 2.0, 9.5, 11.25],
        [0.0, 0.0, 16.0, 12.0],
        [-7.0, -3.0, 5.0, 30.0],
        [-40.0, -40.0, -30.0, -30.0],
        [50.0, 3.0, 60.0, 9.0],
        [3.0, 3.0, 3.25, 11.0],
        [4.0, 4.0, 4.0, 4.0],
        [9.0, 8.0, 2.0, 1.0],
        [-200.0, -300.0, 400.0, 500.0],
        [15.5, 11.5, 16.5, 12.5],
        [0.3, 0.7, 13.1, 7.9],
        [5.0, 5.0, f32::INFINITY, 9.0],
        [5.0, f32::NAN, 8.0, 9.0],
        [1.0, 2.0, 9.5, 11.25],
    ];
    let image = |at: usize| if at == 13 { -1.0 } else { (at % 3) as f32 };
    edges.iter().enumerate().flat_map(|(at, e)| [image(at), e[0], e[1], e[2], e[3]]).collect()
}

fn assert_same(what: &str, got: &[f32], expected: &[f32]) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (at, (got, expected)) in got.iter().zip(expected).enumerate() {
        assert!((got - expected).abs() <= 4e-6, "{what}, element {at}: {got}, expected {expected}");
    }
}

/// Every form, sizes of maps and numbers of channels around those of vectors.
#[test]
fn align_agrees_with_its_formula() {
    let rois = regions();
    for (h, w, c) in [(1, 1, 1), (2, 7, 3), (6, 8, 4), (9, 5, 5), (12, 16, 17)] {
        let x = Random::new(7).vector(2 * h * w * c);
        for scale in [1.0, 0.5, 0.25] {
            let level = Level { x: &x, h, w, scale };
            for (oh, ow) in [(1, 1), (2, 3), (7, 7)] {
                for (sampling, aligned) in
                    [(0, false), (0, true), (1, false), (2, true), (5, false)]
                {
                    for mode in [Mode::Avg, Mode::Max] {
                        let form = Align { c, oh, ow, sampling, aligned, mode };
                        let len = rois.len() / ROW * oh * ow * c;
                        let (mut got, mut expected) = (vec![f32::NAN; len], vec![f32::NAN; len]);
                        reference::roi_align(&form, level, &rois, &mut expected);
                        for threads in [1, 3] {
                            got.fill(f32::NAN);
                            let team = Team::eager(threads);
                            align::roi_align(&form, None, &[level], &rois, &mut got, &team);
                            assert_same(
                                &format!("{form:?} of {h} x {w}, {scale}"),
                                &got,
                                &expected,
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn no_regions_are_no_work() {
    let level = Level { x: &[1.0; 12], h: 2, w: 2, scale: 1.0 };
    align::roi_align(&ALL, None, &[level], &[], &mut [], &Team::SOLO);
    pool::roi_pool([3, 2, 2], level, &[], &mut [], &Team::SOLO);
}

/// A region a thousand million pixels wide has no sample on most bins, and is done at once.
#[test]
fn huge_regions_end() {
    let level = Level { x: &[1.0; 12], h: 2, w: 2, scale: 1.0 };
    for far in [1e6, 1e9, 1e30, f32::MAX] {
        let mut y = [f32::NAN; 18];
        let form = Align { sampling: 0, ..ALL };
        align::roi_align(&form, None, &[level], &[0.0, -far, -far, far, far], &mut y, &Team::SOLO);
        assert!(y.iter().all(|y| (0.0..=1.0).contains(y)), "{far}: {y:?}");
        let mut dx = [f32::NAN; 12];
        let target = backward::Target { h: 2, w: 2, level: 0, scales: &[1.0], canonical: None };
        let roi = [0.0, -far, -far, far, far];
        backward::roi_align(&form, target, &roi, &y, &mut dx, &Team::SOLO);
        assert!(dx.iter().all(|dx| dx.is_finite()), "{far}: {dx:?}");
    }
}

#[test]
fn visible_samples_are_all_on_the_map() {
    for (from, to, bins, size) in [(-9.0, 40.0, 3, 6), (0.0, 6.0, 2, 6), (-300.0, 9.0, 1, 4)] {
        let form = Align { sampling: 0, ..ALL };
        let axis = Bins::new(&form, [from, to], 1.0, bins);
        for bin in 0..bins {
            let all = 0..axis.samples() as usize;
            let on_map = |i: &usize| tap(axis.place(bin, *i), size).is_some();
            let seen: Vec<usize> = axis.visible(bin, size).filter(on_map).collect();
            assert_eq!(seen, all.filter(on_map).collect::<Vec<_>>());
            assert!(axis.visible(bin, size).len() <= size + 8);
        }
    }
}

#[test]
fn pool_agrees_with_its_formula() {
    let rois = regions();
    for (h, w, c) in [(1, 1, 1), (2, 7, 3), (6, 8, 4), (9, 5, 5)] {
        let x = Random::new(8).vector(2 * h * w * c);
        for scale in [1.0, 0.5] {
            let level = Level { x: &x, h, w, scale };
            for (oh, ow) in [(1, 1), (2, 3), (7, 7)] {
                let len = rois.len() / ROW * oh * ow * c;
                let (mut got, mut expected) = (vec![f32::NAN; len], vec![f32::NAN; len]);
                reference::roi_pool([c, oh, ow], level, &rois, &mut expected);
                pool::roi_pool([c, oh, ow], level, &rois, &mut got, &Team::eager(2));
                assert_eq!(got, expected, "{h} x {w} x {c}, {scale}, {oh} x {ow}");
            }
        }
    }
}

/// Of channels that are all alike it is RoIAlign, with the same samples.
#[test]
fn position_sensitive_align_is_align_of_equal_channels() {
    let (h, w, oh, ow) = (6, 8, 2, 3);
    let x = Random::new(9).vector(2 * h * w);
    let spread: Vec<f32> = x.iter().flat_map(|&x| vec![x; 2 * oh * ow]).collect();
    let rois = regions();
    let len = rois.len() / ROW * oh * ow;
    for sampling in [0, 2] {
        let form = Align { c: 1, oh, ow, sampling, aligned: true, mode: Mode::Avg };
        let (mut got, mut expected) = (vec![f32::NAN; 2 * len], vec![f32::NAN; len]);
        reference::roi_align(&form, Level { x: &x, h, w, scale: 0.5 }, &rois, &mut expected);
        let kind = Position { c: 2, oh, ow, sampling: Some(sampling) };
        position(kind, Level { x: &spread, h, w, scale: 0.5 }, &rois, &mut got, &Team::eager(2));
        let expected: Vec<f32> = expected.iter().flat_map(|&y| [y, y]).collect();
        assert_same(&format!("sampling {sampling}"), &got, &expected);
    }
}

#[test]
fn levels_are_those_of_the_paper() {
    let canonical = Canonical { size: 224.0, level: 4 };
    let of = |side: f32| {
        level_of(
            [5.0, 5.0, 5.0 + side, 5.0 + side],
            canonical,
            [0.25, 0.125, 0.0625, 0.03125].into_iter(),
        )
    };
    let sides = [0.0, 1.0, 56.0, 111.9, 112.0, 223.9, 224.0, 447.0, 448.0, 5000.0];
    assert_eq!(sides.map(of), [0, 0, 0, 0, 1, 1, 2, 2, 3, 3]);
    assert_eq!(of(f32::NAN), 0);
}

/// The forward pass is linear in the map: its gradient is exact but for rounding.
#[test]
fn the_gradient_is_what_differences_say() {
    let (h, w, c, n) = (5, 6, 3, 2);
    let rois = regions();
    let mut random = Random::new(3);
    for (sampling, aligned) in [(0, false), (2, false), (2, true), (1, true), (0, true)] {
        let form = Align { sampling, aligned, ..ALL };
        let dy = random.vector(rois.len() / ROW * form.oh * form.ow * c);
        let mut unit = vec![0.0; n * h * w * c];
        let expected: Vec<f64> = (0..unit.len())
            .map(|at| {
                unit[at] = 1.0;
                let mut y = vec![f32::NAN; dy.len()];
                let level = Level { x: &unit, h, w, scale: 0.5 };
                reference::roi_align(&form, level, &rois, &mut y);
                unit[at] = 0.0;
                wide(&y).iter().zip(wide(&dy)).map(|(y, dy)| y * dy).sum()
            })
            .collect();
        let target = backward::Target { h, w, level: 0, scales: &[0.5], canonical: None };
        let mut alone = vec![f32::NAN; expected.len()];
        backward::roi_align(&form, target, &rois, &dy, &mut alone, &Team::SOLO);
        assert_near(&format!("{form:?}"), &alone, &expected, 64);
        let mut loops = vec![f64::NAN; expected.len()];
        let level = Level { x: &[], h, w, scale: 0.5 };
        reference::roi_align_gradient(&form, level, &rois, &dy, &mut loops);
        assert_near(&format!("{form:?}, loops"), &alone, &loops, 64);
        for threads in [2, 3, 7] {
            let mut dx = vec![f32::NAN; expected.len()];
            backward::roi_align(&form, target, &rois, &dy, &mut dx, &Team::eager(threads));
            assert_eq!(dx, alone, "{threads} threads");
        }
    }
}

/// Each region's gradient goes to the level that it was read from.
#[test]
fn levels_of_a_pyramid_share_the_gradient() {
    let canonical = Some(Canonical { size: 8.0, level: 1 });
    let (scales, sizes) = ([1.0, 0.5], [(12, 16), (6, 8)]);
    let rois = [0.0, 1.0, 1.0, 5.0, 5.0, 0.0, 0.0, 0.0, 12.0, 12.0];
    let maps: Vec<Vec<f32>> = sizes.iter().map(|(h, w)| Random::new(4).vector(h * w * 3)).collect();
    let levels: Vec<Level<'_>> = (0..2)
        .map(|i| Level { x: &maps[i], h: sizes[i].0, w: sizes[i].1, scale: scales[i] })
        .collect();
    let mut y = vec![f32::NAN; 2 * 18];
    align::roi_align(&ALL, canonical, &levels, &rois, &mut y, &Team::SOLO);
    let dy = Random::new(5).vector(y.len());
    for (at, level) in levels.iter().enumerate() {
        let mut expected = vec![f32::NAN; 18];
        reference::roi_align(&ALL, *level, &rois[at * ROW..][..ROW], &mut expected);
        assert_same("level", &y[at * 18..][..18], &expected);
        let target = |level, canonical| backward::Target {
            h: sizes[at].0,
            w: sizes[at].1,
            level,
            scales: &scales,
            canonical,
        };
        let (mut got, mut expected) =
            (vec![f32::NAN; level.x.len()], vec![f32::NAN; level.x.len()]);
        backward::roi_align(&ALL, target(at, canonical), &rois, &dy, &mut got, &Team::SOLO);
        let (roi, dy) = (&rois[at * ROW..][..ROW], &dy[at * 18..][..18]);
        backward::roi_align(&ALL, target(at, None), roi, dy, &mut expected, &Team::SOLO);
        assert_eq!(got, expected);
    }
}

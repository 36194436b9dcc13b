//! What a detector is to say: the same as the kernels, whose own tests know the rules.

use crate::contract::{HYPER_DRAW, HYPER_SEED};
use crate::tests::case::Case;
use crate::tests::draft::hyper;
use receptive_kernels::random::stream::{Purpose, Stream};
use receptive_kernels::region::anchors::Grid;
use receptive_kernels::region::matcher::Thresholds;
use receptive_kernels::region::sampler::Share;
use receptive_kernels::region::targets::{LevelTargets, RegionTargets, Rule, of_anchors};

const SEED: u64 = 0x0fed_cba9_8765_4321;
const DRAW: u32 = 0x0002_0005;
const STREAM: usize = 9;

/// Two images of two rows.
const TRUTHS: [f32; 20] = [
    4.0, 4.0, 12.0, 12.0, 1.0, 10.0, 12.0, 26.0, 20.0, 2.0, //
    0.0, 0.0, 0.0, 0.0, 0.0, -3.0, 8.0, 9.0, 40.0, 2.0,
];

pub fn all() -> Vec<Case> {
    vec![anchors("anchors", &TRUTHS), anchors("no object", &[0.0; 20]), regions()]
}

/// The number of the run and the seed among what changes from run to run.
fn drawn_by() -> (Vec<f32>, Stream) {
    let mut hyper = hyper(1, 0.0).to_vec();
    for (at, half) in hyper[HYPER_SEED..][..4].iter_mut().enumerate() {
        *half = f32::from((SEED >> (16 * at)) as u16);
    }
    for (at, half) in hyper[HYPER_DRAW..][..2].iter_mut().enumerate() {
        *half = f32::from((DRAW >> (16 * at)) as u16);
    }
    (hyper, Stream::new(SEED, Purpose::Sampling, STREAM as u32).at(DRAW))
}

/// The words of a rule.
fn rule(case: Case, rule: &Rule) -> Case {
    let Rule { thresholds: Thresholds { match_from, background_below, low_quality }, .. } = *rule;
    let case = case.floats(&[match_from, background_below]).sizes(&[low_quality.into()]);
    case.sizes(&[rule.share.all]).floats(&[rule.share.positive]).floats(&rule.weights)
}

fn anchors(name: &str, truths: &[f32]) -> Case {
    let rule_of = Rule {
        thresholds: Thresholds { match_from: 0.7, background_below: 0.3, low_quality: true },
        share: Share { all: 12, positive: 0.25 },
        weights: [1.0, 1.0, 2.0, 2.0],
    };
    let grid = |side: usize, half: f32| Grid {
        h: side,
        w: side,
        stride: [32.0 / side as f32; 2],
        boxes: vec![[-half, -half, half, half], [-half, -2.0, half, 2.0]],
    };
    let grids = [grid(4, 4.0), grid(2, 8.0)];
    let (hyper, stream) = drawn_by();
    let drawn = of_anchors(&grids, truths, 2, &rule_of, &stream);
    let case = Case::new(name, 113).read(truths).read_least(&hyper).sizes(&[2, 2, STREAM]);
    let mut case = rule(case, &rule_of).sizes(&[grids.len()]);
    let mut first = 0;
    for grid in &grids {
        let len = 2 * grid.len();
        let mut values = [len, len, 4 * len, 4 * len].map(|len| vec![f32::NAN; len]);
        let [labels, weights, offsets, offset_weights] = &mut values;
        let level = LevelTargets { labels, weights, offsets, offset_weights };
        level.write(drawn.as_deref(), first, grid.len());
        first += grid.len();
        case = values.iter().fold(case, |case, value| case.write_narrow(value));
        case = case.sizes(&[grid.h, grid.w, grid.boxes.len()]).floats(&grid.stride);
    }
    let boxes: Vec<f32> = grids.iter().flat_map(|grid| grid.boxes.concat()).collect();
    case.sizes(&[boxes.len() / 4]).floats(&boxes)
}

fn regions() -> Case {
    let rule_of = Rule {
        thresholds: Thresholds { match_from: 0.5, background_below: 0.5, low_quality: false },
        share: Share { all: 3, positive: 0.5 },
        weights: [10.0, 10.0, 5.0, 5.0],
    };
    let rois: [f32; 30] = [
        0.0, 5.0, 4.0, 12.0, 12.0, 0.0, 20.0, 20.0, 30.0, 30.0, 0.0, 1.0, 20.0, 8.0, 30.0, //
        1.0, -3.0, 8.0, 9.0, 30.0, 1.0, 20.0, 2.0, 28.0, 9.0, -1.0, 0.0, 0.0, 0.0, 0.0,
    ];
    let (hyper, stream) = drawn_by();
    let mut values = [5, 1, 1, 12, 12].map(|width| vec![f32::NAN; 2 * 3 * width]);
    let [to, labels, weights, offsets, offset_weights] = &mut values;
    let targets = RegionTargets { rois: to, labels, weights, offsets, offset_weights };
    targets.write([&rois, &TRUTHS], [2, 3], &rule_of, &stream);
    assert!(values[1].iter().any(|&label| label > 0.0), "something is learnt");
    let case = Case::new("regions", 114).read(&rois).read(&TRUTHS).read_least(&hyper);
    let case = values.iter().fold(case, |case, value| case.write_narrow(value));
    rule(case.sizes(&[2, 3, 2, 3, STREAM]), &rule_of)
}

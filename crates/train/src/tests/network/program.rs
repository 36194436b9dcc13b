//! The program of the network.

use super::super::draft::{Draft, float, hyper, window};
use crate::contract::HYPER_RATES;
use receptive_kernels::team::Team;
use receptive_kernels::testing::Random;
use receptive_program::contract::Window;
use receptive_program::run::Program;
use receptive_program::weights::Weights;

pub const IMAGES: usize = 8;
pub const CLASSES: usize = 3;
/// Weights and biases of three layers.
pub const PARAMS: usize = 6;
/// Elements of each: 5x5 of 1 to 3 channels, 5x5 of 3 to 4, and 16 features to classes.
const LENS: [usize; PARAMS] = [75, 3, 300, 4, 16 * CLASSES, CLASSES];
const RATE: f32 = 0.02;
/// The word for none.
const NONE: usize = u32::MAX as usize;
const RELU: [usize; 3] = [1, 0, 0];

/// 12x12 to 8x8, to 4x4 by pooling, 4x4 with padding, to 2x2 by pooling.
fn windows() -> [Window; 4] {
    [(1, 12, 5, 1, 0), (3, 8, 2, 2, 0), (3, 4, 5, 1, 2), (4, 4, 2, 2, 0)].map(
        |(c, size, kernel, stride, pad)| Window {
            c,
            h: size,
            w: size,
            kernel: [kernel; 2],
            stride: [stride; 2],
            pad: [pad; 4],
            dilation: [1; 2],
            ceil: false,
        },
    )
}

/// Elements of the maps after convolution, pooling, convolution and pooling.
const MAPS: [usize; 4] = [IMAGES * 192, IMAGES * 48, IMAGES * 64, IMAGES * 16];

/// The program, and where its values are.
pub struct Network {
    draft: Draft,
    program: Program,
    updates: usize,
    ids: Ids,
}

struct Ids {
    images: usize,
    labels: usize,
    hyper: usize,
    loss: usize,
    norms: usize,
    params: [usize; PARAMS],
    states: [usize; PARAMS],
    gradients: [usize; PARAMS],
}

/// The maps of the forward, which the gradients read.
struct Maps {
    /// After each ReLU and pooling; the logits last.
    relu: [usize; 2],
    pool: [usize; 2],
    logits: usize,
}

fn forward(draft: &mut Draft, ids: &Ids) -> Maps {
    let ([c1, p1, c2, p2], p) = (windows().map(|w| window(&w)), ids.params);
    let [conv1, relu1] = [(); 2].map(|()| draft.value(MAPS[0]));
    let pool1 = draft.value(MAPS[1]);
    let [conv2, relu2] = [(); 2].map(|()| draft.value(MAPS[2]));
    let (pool2, logits) = (draft.value(MAPS[3]), draft.value(IMAGES * CLASSES));
    draft.step(64, &[&[ids.images, conv1, p[0], p[1], IMAGES], &c1, &[3, 1]]);
    draft.step(10, &[&[conv1, relu1, MAPS[0]], &RELU]);
    draft.step(3, &[&[relu1, pool1, IMAGES], &p1]);
    draft.step(64, &[&[pool1, conv2, p[2], p[3], IMAGES], &c2, &[4, 1]]);
    draft.step(10, &[&[conv2, relu2, MAPS[2]], &RELU]);
    draft.step(4, &[&[relu2, pool2, IMAGES], &p2, &[0, 0]]);
    draft.step(70, &[&[pool2, logits, p[4], p[5], IMAGES, 16, CLASSES]]);
    Maps { relu: [relu1, relu2], pool: [pool1, pool2], logits }
}

fn back(draft: &mut Draft, ids: &Ids, maps: &Maps) {
    let ([c1, p1, c2, p2], p, g) = (windows().map(|w| window(&w)), ids.params, ids.gradients);
    let dlogits = draft.value(IMAGES * CLASSES);
    let [dpool2, drelu2, dconv2] = [MAPS[3], MAPS[2], MAPS[2]].map(|len| draft.value(len));
    let [dpool1, drelu1, dconv1] = [MAPS[1], MAPS[0], MAPS[0]].map(|len| draft.value(len));
    let judged = [maps.logits, ids.labels, dlogits, ids.loss, float(1.0), IMAGES, CLASSES];
    draft.step(96, &[&judged, &[NONE, float(0.0), 0, 0, NONE, float(0.0)]]);
    draft.step(72, &[&[maps.pool[1], dlogits, g[4], IMAGES, 16, CLASSES]]);
    draft.step(73, &[&[dlogits, g[5], IMAGES, CLASSES]]);
    draft.step(71, &[&[dlogits, p[4], dpool2, IMAGES, 16, CLASSES]]);
    draft.step(79, &[&[dpool2, drelu2, IMAGES], &p2, &[0, 0]]);
    draft.step(74, &[&[drelu2, maps.relu[1], dconv2, MAPS[2]], &RELU]);
    draft.step(66, &[&[maps.pool[0], dconv2, g[2], IMAGES], &c2, &[4, 1]]);
    draft.step(73, &[&[dconv2, g[3], MAPS[2] / 4, 4]]);
    draft.step(65, &[&[dconv2, p[2], dpool1, IMAGES], &c2, &[4, 1]]);
    draft.step(78, &[&[maps.relu[0], dpool1, drelu1, IMAGES], &p1]);
    draft.step(74, &[&[drelu1, maps.relu[0], dconv1, MAPS[0]], &RELU]);
    draft.step(66, &[&[ids.images, dconv1, g[0], IMAGES], &c1, &[3, 1]]);
    draft.step(73, &[&[dconv1, g[1], MAPS[0] / 3, 3]]);
    let pairs = g.iter().zip(LENS).flat_map(|(&id, len)| [id, len]).collect::<Vec<_>>();
    draft.step(103, &[&[ids.norms, PARAMS], &pairs]);
}

fn update(draft: &mut Draft, ids: &Ids) {
    let [decay, beta1, beta2, eps] = [0.0, 0.9, 0.999, 1e-8].map(float);
    for (at, len) in LENS.into_iter().enumerate() {
        let common = [ids.params[at], ids.gradients[at], ids.states[at], ids.hyper, HYPER_RATES];
        let settings = [ids.norms, float(5.0), len, decay, beta1, beta2, eps, 0];
        draft.step(105, &[&common, &settings]);
    }
}

impl Network {
    pub fn new(team: Team) -> Self {
        let mut draft = Draft::default();
        let ids = Ids {
            images: draft.input(IMAGES * 144),
            labels: draft.input(IMAGES),
            hyper: draft.input(HYPER_RATES + 1),
            loss: draft.output(1),
            norms: draft.output(2 + PARAMS),
            params: LENS.map(|len| draft.kept(len)),
            states: LENS.map(|len| draft.kept(2 * len)),
            gradients: LENS.map(|len| draft.output(len)),
        };
        let maps = forward(&mut draft, &ids);
        back(&mut draft, &ids, &maps);
        let updates = draft.steps.len();
        update(&mut draft, &ids);
        let program = draft.compile(team).unwrap();
        let mut network = Network { draft, program, updates, ids };
        network.start();
        network
    }

    /// Weights as large as the root of their inputs allows, states of zeros.
    fn start(&mut self) {
        let (mut random, scales) = (Random::new(21), [0.3, 0.1, 0.2, 0.1, 0.3, 0.1]);
        for (at, scale) in scales.into_iter().enumerate() {
            let param = random.vector(LENS[at]).iter().map(|x| scale * x).collect::<Vec<_>>();
            self.fill(self.ids.params[at], &param);
            self.fill(self.ids.states[at], &vec![0.0; 2 * LENS[at]]);
        }
    }

    fn fill(&mut self, id: usize, data: &[f32]) {
        let at = self.draft.input_at(id);
        self.program.input_mut(at).unwrap().copy_from_slice(data);
    }

    fn output(&self, id: usize) -> Vec<f32> {
        self.program.output(self.draft.output_at(id)).unwrap().to_vec()
    }

    pub fn images(&self) -> Vec<f32> {
        Random::new(20).vector(IMAGES * 144)
    }

    pub fn labels(&self) -> Vec<f32> {
        (0..IMAGES).map(|at| (at % CLASSES) as f32).collect()
    }

    /// Forward and back, without the updates; the loss.
    pub fn judge(&mut self, labels: &[f32]) -> f32 {
        self.fill(self.ids.images, &self.images());
        self.fill(self.ids.labels, labels);
        self.program.run_steps(0..self.updates, &Weights::default()).unwrap();
        self.output(self.ids.loss)[0]
    }

    /// One run with the updates; the loss before them.
    pub fn learn(&mut self, step: usize) -> f32 {
        self.fill(self.ids.hyper, &hyper(step, RATE));
        let loss = self.judge(&self.labels());
        let all = self.draft.steps.len();
        self.program.run_steps(self.updates..all, &Weights::default()).unwrap();
        loss
    }

    pub fn norms(&self) -> Vec<f32> {
        self.output(self.ids.norms)
    }

    pub fn params(&self) -> Vec<Vec<f32>> {
        self.ids.params.map(|id| self.output(id)).to_vec()
    }

    pub fn states(&self) -> Vec<Vec<f32>> {
        self.ids.states.map(|id| self.output(id)).to_vec()
    }

    pub fn gradients(&self) -> Vec<Vec<f32>> {
        self.ids.gradients.map(|id| self.output(id)).to_vec()
    }
}

//! A program of one step, its words in the order of the contract's fields, and what it has to give.

use super::draft::{self, Draft};
use receptive_kernels::team::Team;
use receptive_program::contract::Window;
use receptive_program::weights::Weights;

/// What a step does with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Read,
    /// Read, and allowed to be longer.
    ReadLeast,
    Write,
    Change,
}

/// A value of the step.
#[derive(Debug, Clone)]
pub struct Value {
    pub role: Role,
    /// What is in it before.
    pub before: Vec<f32>,
    /// What has to be in it after.
    pub after: Vec<f64>,
}

/// A step with its values.
#[derive(Debug, Clone)]
pub struct Case {
    pub name: String,
    pub code: u32,
    pub words: Vec<usize>,
    pub values: Vec<Value>,
    /// Which of the words are values.
    pub ids: Vec<usize>,
    /// Terms of the longest sum.
    terms: usize,
}

impl Case {
    pub fn new(name: impl Into<String>, code: u32) -> Self {
        let name = name.into();
        Case { name, code, words: vec![], values: vec![], ids: vec![], terms: 8 }
    }

    /// Sums have as many terms as this: what the tolerance is computed from.
    pub fn terms(self, terms: usize) -> Self {
        Case { terms, ..self }
    }

    fn value(mut self, role: Role, before: Vec<f32>, after: Vec<f64>) -> Self {
        self.ids.push(self.words.len());
        self.words.push(self.values.len());
        self.values.push(Value { role, before, after });
        self
    }

    pub fn read(self, data: &[f32]) -> Self {
        self.value(Role::Read, data.to_vec(), Vec::new())
    }

    pub fn read_least(self, data: &[f32]) -> Self {
        self.value(Role::ReadLeast, data.to_vec(), Vec::new())
    }

    pub fn maybe(self, data: Option<&[f32]>) -> Self {
        match data {
            Some(data) => self.read(data),
            None => self.none(),
        }
    }

    pub fn none(self) -> Self {
        self.sizes(&[u32::MAX as usize])
    }

    pub fn write(self, after: Vec<f64>) -> Self {
        self.value(Role::Write, Vec::new(), after)
    }

    pub fn write_narrow(self, after: &[f32]) -> Self {
        self.write(wide(after))
    }

    pub fn change(self, before: &[f32], after: Vec<f64>) -> Self {
        assert_eq!(before.len(), after.len());
        self.value(Role::Change, before.to_vec(), after)
    }

    /// Sizes, flags and variants.
    pub fn sizes(mut self, sizes: &[usize]) -> Self {
        self.words.extend(sizes);
        self
    }

    pub fn floats(mut self, floats: &[f32]) -> Self {
        self.words.extend(floats.iter().copied().map(draft::float));
        self
    }

    pub fn window(self, window: &Window) -> Self {
        self.sizes(&draft::window(window))
    }

    pub fn draft(&self) -> Draft {
        let mut draft = Draft::default();
        for (id, value) in self.values.iter().enumerate() {
            draft.value(value.before.len().max(value.after.len()));
            if value.role != Role::Write {
                draft.inputs.push(id);
            }
            if matches!(value.role, Role::Write | Role::Change) {
                draft.outputs.push(id);
            }
        }
        draft.step(self.code, &[&self.words]);
        draft
    }

    /// What the step gives on a team.
    fn run(&self, team: Team) -> Vec<Vec<f32>> {
        let draft = self.draft();
        let mut program = draft.compile(team).unwrap_or_else(|error| panic!("{self}: {error}"));
        // A second run finds scratch as the first left it.
        let mut answers = [(); 2].map(|()| {
            for (at, &id) in draft.inputs.iter().enumerate() {
                program.input_mut(at).unwrap().copy_from_slice(&self.values[id].before);
            }
            program.run(&Weights::default());
            let outputs = 0..draft.outputs.len();
            outputs.map(|at| program.output(at).unwrap().to_vec()).collect::<Vec<_>>()
        });
        let [first, second] = &mut answers;
        assert_eq!(bits(first), bits(second), "{self}: another run");
        core::mem::take(first)
    }

    /// Fails unless the step gives what it has to, and the same bits on each team.
    pub fn check(&self) {
        let solo = self.run(Team::SOLO);
        let expected = self.values.iter().filter(|value| !value.after.is_empty());
        for (at, (got, value)) in solo.iter().zip(expected).enumerate() {
            self.compare(at, got, &value.after);
        }
        for threads in [1, 2, 3] {
            let answer = self.run(Team::eager(threads));
            assert_eq!(bits(&answer), bits(&solo), "{self}: {threads} threads");
        }
    }

    fn compare(&self, output: usize, got: &[f32], expected: &[f64]) {
        assert_eq!(got.len(), expected.len(), "{self}");
        let largest = expected.iter().fold(0.0f64, |most, value| most.max(value.abs()));
        let tolerance = 2.0 * f64::from(f32::EPSILON) * (self.terms as f64 + 8.0) * largest;
        for (at, (&got, &expected)) in got.iter().zip(expected).enumerate() {
            let close = (f64::from(got) - expected).abs() <= tolerance;
            assert!(close, "{self}, output {output}, element {at}: {got}, expected {expected}");
        }
    }
}

impl core::fmt::Display for Case {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "step {} ({})", self.code, self.name)
    }
}

pub fn bits(values: &[Vec<f32>]) -> Vec<Vec<u32>> {
    values.iter().map(|value| value.iter().map(|x| x.to_bits()).collect()).collect()
}

pub fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|&x| f64::from(x)).collect()
}

/// Memory that a reference has to fill.
pub fn dirty(len: usize) -> Vec<f64> {
    vec![f64::NAN; len]
}

/// The gradient of `loss` at `x` by central differences of the fourth order, in f64.
pub fn slopes(x: &[f32], loss: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    slopes_at(x, 1e-3, loss)
}

/// The same with a step that is smaller than the distance to the next corner of `loss`.
pub fn slopes_at(x: &[f32], step: f64, loss: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let mut x = wide(x);
    (0..x.len())
        .map(|at| {
            let here = x[at];
            let mut difference = |step: f64| {
                let [more, less] = [here + step, here - step].map(|moved| {
                    x[at] = moved;
                    loss(&x)
                });
                x[at] = here;
                more - less
            };
            (8.0 * difference(step) - difference(2.0 * step)) / (12.0 * step)
        })
        .collect()
}

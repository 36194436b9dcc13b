//! The words of a program, written value by value and step by step.

use crate::contract::{HYPER_RATES, HYPER_STEP, VERSION, decode};
use receptive_kernels::error::Error;
use receptive_kernels::team::Team;
use receptive_program::contract::{MAGIC, Window};
use receptive_program::run::Program;
use receptive_program::weights::Weights;

/// A program that is being written. Values are numbered in the order in which they are added.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub lens: Vec<usize>,
    pub inputs: Vec<usize>,
    pub outputs: Vec<usize>,
    pub steps: Vec<(u32, Vec<u32>)>,
}

impl Draft {
    /// A value that steps write.
    pub fn value(&mut self, len: usize) -> usize {
        self.lens.push(len);
        self.lens.len() - 1
    }

    /// A value that is filled before a run.
    pub fn input(&mut self, len: usize) -> usize {
        let id = self.value(len);
        self.inputs.push(id);
        id
    }

    /// A value that is read after a run.
    pub fn output(&mut self, len: usize) -> usize {
        let id = self.value(len);
        self.outputs.push(id);
        id
    }

    /// A value that is kept from run to run.
    pub fn kept(&mut self, len: usize) -> usize {
        let id = self.input(len);
        self.outputs.push(id);
        id
    }

    /// A step, its words in several pieces.
    pub fn step(&mut self, code: u32, words: &[&[usize]]) {
        let words = words.concat().into_iter().map(|word| u32::try_from(word).unwrap()).collect();
        self.steps.push((code, words));
    }

    /// All words.
    pub fn words(&self) -> Vec<u32> {
        let Draft { lens, inputs, outputs, steps } = self;
        let mut words = vec![MAGIC, VERSION];
        words.extend([lens.len(), inputs.len(), outputs.len(), steps.len()].map(|n| n as u32));
        words.extend([lens, inputs, outputs].into_iter().flatten().map(|&word| word as u32));
        for (code, step) in steps {
            words.extend([*code, step.len() as u32]);
            words.extend(step);
        }
        words
    }

    pub fn compile(&self, team: Team) -> Result<Program, Error> {
        compile(&self.words(), team)
    }

    /// Where a value stands among the inputs.
    pub fn input_at(&self, id: usize) -> usize {
        self.inputs.iter().position(|&input| input == id).unwrap()
    }

    /// Where a value stands among the outputs.
    pub fn output_at(&self, id: usize) -> usize {
        self.outputs.iter().position(|&output| output == id).unwrap()
    }
}

pub fn compile(words: &[u32], team: Team) -> Result<Program, Error> {
    Program::compile_by(decode, VERSION, words, &Weights::default(), team)
}

/// The word of a float.
pub fn float(value: f32) -> usize {
    value.to_bits() as usize
}

/// The words of a window.
pub fn window(window: &Window) -> Vec<usize> {
    let &Window { c, h, w, kernel, stride, pad, dilation, ceil } = window;
    let sizes = [&[c, h, w][..], &kernel, &stride, &pad, &dilation, &[ceil.into()]];
    sizes.concat()
}

/// What every update reads: the number of the update and one learning rate.
pub fn hyper(step: usize, rate: f32) -> Vec<f32> {
    let mut hyper = vec![0.0; HYPER_RATES + 1];
    hyper[HYPER_STEP] = step as f32;
    hyper[HYPER_RATES] = rate;
    hyper
}

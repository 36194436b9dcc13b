//! The surface of training that TypeScript sees: programs compiled, steps run, random numbers drawn.
//!
//! A module of its own beside that of inference: pages that only run models need not load the
//! gradients. Parameters are values of a program, so there are neither constants nor filters here.
//! Tensors do not pass through: the caller writes inputs into and reads outputs from memory at the
//! addresses that [`Engine`] gives.
//!
//! What throws throws an `Error` whose `code` is one of
//! [`Code::as_str`](receptive_kernels::error::Code::as_str), with `step` where a step is at fault.

#[path = "../../wasm/src/module.rs"]
mod module;
mod random;

use core::ops::Range;
use module::thrown;
use receptive_kernels::error::{Code, Error};
use receptive_kernels::team::Team;
use receptive_program::run::Program;
use receptive_program::weights::Weights;
use receptive_train::contract::{VERSION as CONTRACT, decode};
use wasm_bindgen::prelude::*;

/// Programs that learn.
#[wasm_bindgen]
pub struct Engine {
    team: Team,
    /// Always empty: what the steps of inference would read constants and filters from.
    weights: Weights,
    programs: Vec<Option<Program>>,
}

#[wasm_bindgen]
impl Engine {
    /// An engine whose programs run on `threads` threads, the caller included; 0 counts as 1.
    #[wasm_bindgen(constructor)]
    pub fn new(threads: usize) -> Engine {
        Engine { team: Team::of(threads), weights: Weights::default(), programs: Vec::new() }
    }

    /// Decodes a descriptor into a program and returns its id. Throws as [`Program::compile_by`]
    /// fails; nothing of the program is kept then.
    pub fn compile(&mut self, words: &[u32]) -> Result<usize, JsValue> {
        let program = Program::compile_by(decode, CONTRACT, words, &self.weights, self.team);
        let program = Some(program.map_err(thrown)?);
        match self.programs.iter().position(Option::is_none) {
            Some(free) => {
                self.programs[free] = program;
                Ok(free)
            }
            None => {
                self.programs.push(program);
                Ok(self.programs.len() - 1)
            }
        }
    }

    /// Where an input starts in memory, in bytes: until the program is released, though each growth
    /// of memory may detach the host's views of it. Throws `engine/argument` for a program or an
    /// input that is none.
    #[wasm_bindgen(js_name = inputPtr)]
    pub fn input_ptr(&mut self, program: usize, input: usize) -> Result<usize, JsValue> {
        let input = self.program(program)?.input_mut(input).map_err(thrown)?;
        Ok(input.as_mut_ptr() as usize)
    }

    /// Elements of an input, f32 each. Throws as `inputPtr`.
    #[wasm_bindgen(js_name = inputLen)]
    pub fn input_len(&mut self, program: usize, input: usize) -> Result<usize, JsValue> {
        Ok(self.program(program)?.input_mut(input).map_err(thrown)?.len())
    }

    /// Where an output starts in memory, in bytes, for as long as `inputPtr` says; its elements are
    /// those of the last run. Throws `engine/argument` for a program or an output that is none.
    #[wasm_bindgen(js_name = outputPtr)]
    pub fn output_ptr(&mut self, program: usize, output: usize) -> Result<usize, JsValue> {
        let output = self.program(program)?.output(output).map_err(thrown)?;
        Ok(output.as_ptr() as usize)
    }

    /// Elements of an output, f32 each. Throws as `outputPtr`.
    #[wasm_bindgen(js_name = outputLen)]
    pub fn output_len(&mut self, program: usize, output: usize) -> Result<usize, JsValue> {
        Ok(self.program(program)?.output(output).map_err(thrown)?.len())
    }

    /// Runs the steps `from..to`. Throws `engine/argument` for a program that is none or steps that
    /// it does not have.
    #[wasm_bindgen(js_name = runSteps)]
    pub fn run_steps(&mut self, program: usize, from: usize, to: usize) -> Result<(), JsValue> {
        let program = found(&mut self.programs, program).map_err(thrown)?;
        program.run_steps(Range { start: from, end: to }, &self.weights).map_err(thrown)
    }

    /// Bytes of a program's arena and scratch. Throws `engine/argument` for a program that is none.
    #[wasm_bindgen(js_name = programBytes)]
    pub fn program_bytes(&mut self, program: usize) -> Result<usize, JsValue> {
        Ok(self.program(program)?.bytes())
    }

    /// Frees a program. Its id may be given to a later one. Throws `engine/argument` for a program
    /// that is none.
    pub fn release(&mut self, program: usize) -> Result<(), JsValue> {
        self.program(program)?;
        self.programs[program] = None;
        Ok(())
    }

    fn program(&mut self, id: usize) -> Result<&mut Program, JsValue> {
        found(&mut self.programs, id).map_err(thrown)
    }
}

fn found(programs: &mut [Option<Program>], id: usize) -> Result<&mut Program, Error> {
    let program = programs.get_mut(id).and_then(Option::as_mut);
    program.ok_or_else(|| Error::new(Code::Argument, format!("there is no program {id}")))
}

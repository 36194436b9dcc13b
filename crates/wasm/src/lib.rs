//! The surface that TypeScript sees: weights in, programs compiled, runs started.
//!
//! Tensors do not pass through here: the caller writes inputs into and reads outputs from memory
//! at the addresses this gives, so that a run crosses the boundary once. Photos and boxes take the
//! same way.
//!
//! What throws throws an `Error` whose `code` is one of
//! [`Code::as_str`](receptive_kernels::error::Code::as_str), with `step` where a step is at fault.

mod boxes;
mod module;

use core::ops::Range;
use module::thrown;
use receptive_kernels::error::{Code, Error};
use receptive_kernels::filter::Filter;
use receptive_kernels::photo;
use receptive_kernels::team::Team;
use receptive_program::filter::read as read_filter;
use receptive_program::photo::read as read_photo;
use receptive_program::run::Program;
use receptive_program::weights::Weights;
use wasm_bindgen::prelude::*;

/// The weights of a model and the programs that use them.
#[wasm_bindgen]
pub struct Engine {
    team: Team,
    weights: Weights,
    programs: Vec<Option<Program>>,
}

#[wasm_bindgen]
impl Engine {
    /// An engine without weights, whose programs run on `threads` threads, the caller included; 0
    /// counts as 1.
    #[wasm_bindgen(constructor)]
    pub fn new(threads: usize) -> Engine {
        Engine { team: Team::of(threads), weights: Weights::default(), programs: Vec::new() }
    }

    /// Lets memory grow once for `bytes` of weights to come. Each time that it grows, the host may
    /// look for garbage, which takes longer than packing a small layer. Where there is no room,
    /// nothing happens: what does not fit later on will say so.
    pub fn reserve(&mut self, bytes: usize) {
        let mut room: Vec<u8> = Vec::new();
        // The allocator keeps what is freed. Unread, or the compiler would drop the whole of it.
        let _ = core::hint::black_box(room.try_reserve_exact(bytes));
    }

    /// Keeps a constant for as long as the engine lives, and returns its slot.
    pub fn constant(&mut self, data: Vec<f32>) -> usize {
        self.weights.add_constant(data)
    }

    /// Declares a filter, whose rows follow by `filterRows`, and returns its slot.
    ///
    /// `spec`: kind (0 convolution, 1 transposed, 2 linear), four dimensions, groups, usage
    /// (strides, dilations, output map), algorithm.
    /// `scale`: a factor for each output channel, or nothing.
    ///
    /// Throws `engine/descriptor` for words that mean nothing, `engine/geometry` for sizes of 0 or
    /// channels that do not divide into groups, `engine/shape` for another number of factors or a
    /// size that memory cannot address, `engine/memory` where the filter does not fit.
    pub fn filter(&mut self, spec: &[u32], scale: Vec<f64>) -> Result<usize, JsValue> {
        let filter = read_filter(spec).and_then(|(spec, layout)| Filter::new(spec, layout, scale));
        Ok(self.weights.add_filter(filter.map_err(thrown)?))
    }

    /// Bytes that a filter will take once it is packed; `spec` as for `filter`, which throws the
    /// same codes but `engine/memory`.
    #[wasm_bindgen(js_name = packedBytes)]
    pub fn packed_bytes(&self, spec: &[u32]) -> Result<usize, JsValue> {
        let len = read_filter(spec).and_then(|(spec, layout)| spec.stored_len(layout));
        Ok(len.map_err(thrown)? * size_of::<f32>())
    }

    /// Writes whole rows of a filter's first dimension, from `first_row` on, each once, in any
    /// order.
    ///
    /// Throws `engine/argument` for a slot that is no filter, `engine/weights` for part of a row, a
    /// row that the filter does not have, or one that was written before.
    #[wasm_bindgen(js_name = filterRows)]
    pub fn filter_rows(
        &mut self,
        id: usize,
        first_row: usize,
        rows: &[f32],
    ) -> Result<(), JsValue> {
        let filter = self.weights.filter_mut(id).map_err(thrown)?;
        filter.write_rows(first_row, rows).map_err(thrown)
    }

    /// Decodes a descriptor into a program and returns its id. Throws as [`Program::compile`]
    /// fails; nothing of the program is kept then.
    pub fn compile(&mut self, words: &[u32]) -> Result<usize, JsValue> {
        let program = Program::compile(words, &self.weights, self.team).map_err(thrown)?;
        match self.programs.iter().position(Option::is_none) {
            Some(free) => {
                self.programs[free] = Some(program);
                Ok(free)
            }
            None => {
                self.programs.push(Some(program));
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

    /// Runs a program on the inputs that were written. Throws `engine/argument` for a program that
    /// is none; traps where a thread of the pool has died.
    pub fn run(&mut self, program: usize) -> Result<(), JsValue> {
        let program = found(&mut self.programs, program).map_err(thrown)?;
        program.run(&self.weights);
        Ok(())
    }

    /// Runs the steps `from..to`. Throws `engine/argument` for a program that is none or steps that
    /// it does not have.
    #[wasm_bindgen(js_name = runSteps)]
    pub fn run_steps(&mut self, program: usize, from: usize, to: usize) -> Result<(), JsValue> {
        let program = found(&mut self.programs, program).map_err(thrown)?;
        program.run_steps(Range { start: from, end: to }, &self.weights).map_err(thrown)
    }

    /// The name of the algorithm that a step runs. Throws `engine/argument` for a program or a step
    /// that is none.
    pub fn algorithm(&mut self, program: usize, step: usize) -> Result<String, JsValue> {
        Ok(self.program(program)?.algorithm(step).map_err(thrown)?.to_owned())
    }

    /// Bytes of a program's arena and scratch. Throws `engine/argument` for a program that is none.
    #[wasm_bindgen(js_name = programBytes)]
    pub fn program_bytes(&mut self, program: usize) -> Result<usize, JsValue> {
        Ok(self.program(program)?.bytes())
    }

    /// Bytes of all weights.
    #[wasm_bindgen(js_name = weightBytes)]
    pub fn weight_bytes(&self) -> usize {
        self.weights.bytes()
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

/// A photo on its way into a net: written a few rows at a time, and read as the input.
#[wasm_bindgen]
pub struct Photo(photo::Photo);

#[wasm_bindgen]
impl Photo {
    /// A photo with no rows yet; `words`, `tables` and `fills` as `receptive_program::photo::read`
    /// takes them. Throws as that fails, and `engine/memory` where the input does not fit.
    #[wasm_bindgen(constructor)]
    pub fn new(words: &[u32], tables: &[f32], fills: &[f32]) -> Result<Photo, JsValue> {
        read_photo(words, tables, fills).and_then(photo::Photo::new).map(Photo).map_err(thrown)
    }

    /// The row of the photo to write next, counted from its top.
    #[wasm_bindgen(js_name = nextRow)]
    pub fn next_row(&self) -> usize {
        self.0.next_row()
    }

    /// The row after the last that is needed.
    #[wasm_bindgen(js_name = endRow)]
    pub fn end_row(&self) -> usize {
        self.0.end_row()
    }

    /// Where rows are to be written, in bytes: whole rows of pixels, one behind the other. The
    /// address is the same for all of them.
    #[wasm_bindgen(js_name = rowsPtr)]
    pub fn rows_ptr(&mut self) -> usize {
        self.0.rows_mut().as_mut_ptr() as usize
    }

    /// Bytes that fit there, a multiple of a row.
    #[wasm_bindgen(js_name = rowsLen)]
    pub fn rows_len(&mut self) -> usize {
        self.0.rows_mut().len()
    }

    /// Takes in the first `count` rows that were written. Throws `engine/argument` for more than
    /// fit or are needed.
    pub fn push(&mut self, count: usize) -> Result<(), JsValue> {
        self.0.push(count).map_err(thrown)
    }

    /// Where the input starts in memory, in bytes: complete once all rows up to `endRow` were taken
    /// in.
    #[wasm_bindgen(js_name = outPtr)]
    pub fn out_ptr(&self) -> usize {
        self.0.out().as_ptr() as usize
    }

    /// Elements of the input, f32 each.
    #[wasm_bindgen(js_name = outLen)]
    pub fn out_len(&self) -> usize {
        self.0.out().len()
    }
}

fn found(programs: &mut [Option<Program>], id: usize) -> Result<&mut Program, Error> {
    let program = programs.get_mut(id).and_then(Option::as_mut);
    program.ok_or_else(|| Error::new(Code::Argument, format!("there is no program {id}")))
}

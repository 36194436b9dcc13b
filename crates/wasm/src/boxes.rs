//! Scores and boxes of a detector.

use crate::module::thrown;
use receptive_kernels::boxes::scan::scan;
use receptive_kernels::boxes::suppress;
use receptive_kernels::error::{Code, Error};
use receptive_program::boxes::{read_options, read_scan};
use wasm_bindgen::prelude::*;

/// Numbers of a detector, written by the caller, and what was found among them.
#[wasm_bindgen]
pub struct Boxes {
    floats: Vec<f32>,
    groups: Vec<u32>,
    /// Columns of as many as were found: indices, classes if they were scanned, bits of scores.
    found: Vec<u32>,
}

#[wasm_bindgen]
impl Boxes {
    /// Room for `floats` numbers, f32, and for a group of each box, u32, or for none; zeros before
    /// they are written. Throws `engine/memory` where they do not fit.
    #[wasm_bindgen(constructor)]
    pub fn new(floats: usize, groups: usize) -> Result<Boxes, JsValue> {
        let (floats, groups) = (zeros(floats)?, zeros(groups)?);
        Ok(Boxes { floats, groups, found: Vec::new() })
    }

    /// Where floats are to be written, in bytes.
    #[wasm_bindgen(js_name = floatsPtr)]
    pub fn floats_ptr(&mut self) -> usize {
        self.floats.as_mut_ptr() as usize
    }

    /// Where groups are to be written, in bytes.
    #[wasm_bindgen(js_name = groupsPtr)]
    pub fn groups_ptr(&mut self) -> usize {
        self.groups.as_mut_ptr() as usize
    }

    /// Scans the floats as `receptive_program::boxes::read_scan` says, and returns how many scores
    /// count. Found are then columns of u32, as long: candidates, classes, bits of probabilities.
    /// Throws as that fails.
    pub fn scan(&mut self, words: &[u32], threshold: f64) -> Result<usize, JsValue> {
        let spec = read_scan(words, threshold, self.floats.len()).map_err(thrown)?;
        let found = scan(&spec, &self.floats);
        self.found.clear();
        self.found.extend(found.iter().map(|hit| hit.index));
        self.found.extend(found.iter().map(|hit| hit.class));
        self.found.extend(found.iter().map(|hit| hit.score.to_bits()));
        Ok(found.len())
    }

    /// Suppresses boxes, `[n, 4]`, whose scores, `[n]`, follow them; the numbers are those of
    /// `receptive_program::boxes::read_options`. Returns how many are kept. Found are then columns
    /// of u32, as long: indices of boxes, bits of scores.
    ///
    /// Throws as that fails, and `engine/shape` where boxes, scores and groups are not as many.
    pub fn suppress(
        &mut self,
        words: &[u32],
        iou: f64,
        sigma: f64,
        floor: f64,
    ) -> Result<usize, JsValue> {
        let options = read_options(words, iou, sigma, floor).map_err(thrown)?;
        let (boxes, scores) = self.floats.split_at(self.floats.len() / 5 * 4);
        let sides = boxes.chunks_exact(4).filter_map(<[f32]>::first_chunk);
        let groups = (!self.groups.is_empty()).then_some(&self.groups[..]);
        if scores.len() * 4 != boxes.len() || groups.is_some_and(|all| all.len() != scores.len()) {
            let text = "boxes, scores and groups have different numbers";
            return Err(thrown(Error::new(Code::Shape, text)));
        }
        let kept = suppress(&sides.copied().collect::<Vec<_>>(), scores, groups, &options);
        self.found = kept.indices;
        self.found.extend(kept.scores.iter().map(|score| score.to_bits()));
        Ok(kept.scores.len())
    }

    /// Where the columns of what was found are, in bytes; anew after each search.
    #[wasm_bindgen(js_name = foundPtr)]
    pub fn found_ptr(&self) -> usize {
        self.found.as_ptr() as usize
    }
}

/// Zeros, or [`Code::Memory`] where they do not fit.
fn zeros<T: Default + Clone>(len: usize) -> Result<Vec<T>, JsValue> {
    let mut all = Vec::new();
    let room = all.try_reserve_exact(len);
    room.map_err(|_| thrown(Error::new(Code::Memory, "there is no memory for the boxes")))?;
    all.resize(len, T::default());
    Ok(all)
}

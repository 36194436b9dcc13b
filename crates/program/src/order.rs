//! Checks that every value is written once, all at once or channels by channels, and only read
//! after that.

use crate::step::{Access, ValueId};
use core::ops::Range;
use receptive_kernels::error::{Code, Error};
use receptive_kernels::part::Channels;

const TWICE: &str = "is written twice";

/// What was written of a value so far.
#[derive(Debug, Clone, Default)]
struct Written {
    whole: bool,
    /// Channels of a pixel, once some of them were written.
    row: usize,
    /// Which, in ascending order.
    parts: Vec<Range<usize>>,
    /// How many.
    count: usize,
}

impl Written {
    /// Fails where something was written before.
    fn all(&mut self) -> Result<(), &'static str> {
        if self.whole || self.count > 0 {
            return Err(TWICE);
        }
        self.whole = true;
        Ok(())
    }

    /// Fails where one of the channels was written before, or the row had another length.
    fn part(&mut self, &Channels { row, first, count }: &Channels) -> Result<(), &'static str> {
        if self.count > 0 && self.row != row {
            return Err("has rows of two lengths");
        }
        let at = self.parts.partition_point(|part| part.start < first);
        let before = at.checked_sub(1).is_some_and(|at| self.parts[at].end > first);
        let after = self.parts.get(at).is_some_and(|part| part.start < first + count);
        if self.whole || before || after {
            return Err(TWICE);
        }
        self.parts.insert(at, first..first + count);
        self.row = row;
        self.count += count;
        self.whole = self.count == row;
        Ok(())
    }
}

/// Fails with [`Code::Descriptor`] unless every value is complete before it is read, no element is
/// written twice, what a step changes is an input and an output, and all outputs are complete.
///
/// `values` is how many there are. Inputs are complete before the first step.
pub fn check(
    steps: &[Access],
    values: usize,
    inputs: &[ValueId],
    outputs: &[ValueId],
) -> Result<(), Error> {
    let mut written = vec![Written::default(); values];
    let missing = |id: ValueId| {
        Error::new(Code::Descriptor, format!("value {id} of {values} is used before it is written"))
    };
    for &input in inputs {
        written.get_mut(input).ok_or_else(|| missing(input))?.whole = true;
    }
    for (at, step) in steps.iter().enumerate() {
        for &read in &step.reads {
            if !written.get(read).is_some_and(|value| value.whole) {
                return Err(missing(read).at_step(at));
            }
        }
        if step.changes {
            kept(step, inputs, outputs).map_err(|error| error.at_step(at))?;
            continue;
        }
        for &further in &step.further {
            let value = written.get_mut(further).ok_or_else(|| missing(further))?;
            value.all().map_err(|what| wrong(further, what).at_step(at))?;
        }
        let value = written.get_mut(step.write).ok_or_else(|| missing(step.write))?;
        let done = match &step.parts[..] {
            [] => value.all(),
            parts => parts.iter().try_for_each(|part| value.part(part)),
        };
        done.map_err(|what| wrong(step.write, what).at_step(at))?;
    }
    match outputs.iter().find(|&&id| !written.get(id).is_some_and(|value| value.whole)) {
        Some(&id) => Err(missing(id)),
        None => Ok(()),
    }
}

fn wrong(id: ValueId, what: &str) -> Error {
    Error::new(Code::Descriptor, format!("value {id} {what}"))
}

/// Fails unless what a step changes is kept from run to run.
fn kept(step: &Access, inputs: &[ValueId], outputs: &[ValueId]) -> Result<(), Error> {
    let kept = |id: &ValueId| inputs.contains(id) && outputs.contains(id);
    match core::iter::once(&step.write).chain(&step.further).find(|id| !kept(id)) {
        Some(&id) => Err(wrong(id, "is changed, but is no input and output")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps that write channels `[row, first, count]` of value 1, a step that reads it.
    fn accepts(parts: &[[usize; 3]]) -> bool {
        let write = |&[row, first, count]: &[usize; 3]| {
            let parts = vec![Channels::new(row, first, count).unwrap()];
            Access { reads: vec![0], write: 1, parts, ..Access::default() }
        };
        let mut steps: Vec<Access> = parts.iter().map(write).collect();
        steps.push(Access { reads: vec![1], write: 2, ..Access::default() });
        check(&steps, 3, &[0], &[2]).is_ok()
    }

    #[test]
    fn parts_are_apart_and_complete() {
        let rows: [(&[[usize; 3]], bool); 11] = [
            (&[[6, 0, 6]], true),
            (&[[6, 0, 2], [6, 2, 4]], true),
            (&[[6, 2, 4], [6, 0, 2]], true),
            (&[[6, 4, 2], [6, 0, 2], [6, 2, 2]], true),
            (&[], false),
            (&[[6, 0, 5]], false),
            (&[[6, 0, 2], [6, 3, 3]], false),
            (&[[6, 0, 3], [6, 2, 4]], false),
            (&[[6, 2, 4], [6, 0, 3]], false),
            (&[[6, 0, 6], [6, 0, 6]], false),
            (&[[6, 0, 2], [4, 2, 2]], false),
        ];
        for (parts, fits) in rows {
            assert_eq!(accepts(parts), fits, "{parts:?}");
        }
    }

    #[test]
    fn what_is_changed_is_kept() {
        let change = |write, further: &[usize]| Access {
            reads: vec![1],
            write,
            further: further.to_vec(),
            changes: true,
            ..Access::default()
        };
        let accepts =
            |step, inputs: &[usize], outputs: &[usize]| check(&[step], 3, inputs, outputs).is_ok();
        assert!(accepts(change(0, &[2]), &[0, 1, 2], &[0, 2]));
        assert!(!accepts(change(0, &[2]), &[0, 1, 2], &[0]));
        assert!(!accepts(change(0, &[2]), &[0, 1], &[0, 2]));
        assert!(!accepts(change(2, &[]), &[0, 1], &[0]));
    }

    #[test]
    fn several_values_are_written_by_one_step() {
        let step = |further: &[usize]| Access {
            reads: vec![0],
            write: 1,
            further: further.to_vec(),
            ..Access::default()
        };
        assert!(check(&[step(&[2])], 3, &[0], &[1, 2]).is_ok());
        assert!(check(&[step(&[1])], 3, &[0], &[1]).is_err());
        assert!(check(&[step(&[3])], 3, &[0], &[1]).is_err());
        assert!(check(&[step(&[0])], 3, &[0], &[1]).is_err());
    }

    #[test]
    fn a_part_is_not_written_after_the_whole_nor_read_by_its_own_writer() {
        let parts = vec![Channels::new(4, 0, 2).unwrap()];
        let part = |reads| Access { reads, write: 1, parts: parts.clone(), ..Access::default() };
        let whole = Access { reads: vec![0], write: 1, ..Access::default() };
        for steps in [
            vec![whole.clone(), part(vec![0])],
            vec![part(vec![0]), whole],
            vec![part(vec![0]), part(vec![1])],
        ] {
            assert!(check(&steps, 2, &[0], &[0]).is_err(), "{steps:?}");
        }
        let input = Access { write: 0, ..part(vec![0]) };
        assert!(check(&[input], 1, &[0], &[0]).is_err());
    }
}

//! Constants and packed filters of a model, shared by all its programs.

use receptive_kernels::error::{Code, Error, expect_len};
use receptive_kernels::filter::Filter;

/// Index of a constant or a filter.
pub type SlotId = usize;

/// Constants and filters by slot id.
#[derive(Debug, Default)]
pub struct Weights {
    slots: Vec<Slot>,
}

#[derive(Debug)]
enum Slot {
    Constant(Vec<f32>),
    Filter(Filter<'static>),
}

impl Weights {
    /// Keeps a constant and returns its slot.
    pub fn add_constant(&mut self, data: Vec<f32>) -> SlotId {
        self.slots.push(Slot::Constant(data));
        self.slots.len() - 1
    }

    /// Keeps a filter, whose rows may still be missing, and returns its slot.
    pub fn add_filter(&mut self, filter: Filter<'static>) -> SlotId {
        self.slots.push(Slot::Filter(filter));
        self.slots.len() - 1
    }

    /// A constant whose slot was checked with [`Weights::expect_constant`].
    ///
    /// # Panics
    /// If the slot is no constant.
    pub fn constant(&self, id: SlotId) -> &[f32] {
        match &self.slots[id] {
            Slot::Constant(data) => data,
            Slot::Filter(_) => unreachable!("slot {id} was checked to be a constant"),
        }
    }

    /// A filter whose slot was checked with [`Weights::expect_filter`].
    ///
    /// # Panics
    /// If the slot is no filter.
    pub fn filter(&self, id: SlotId) -> &Filter<'_> {
        match &self.slots[id] {
            Slot::Filter(filter) => filter,
            Slot::Constant(_) => unreachable!("slot {id} was checked to be a filter"),
        }
    }

    /// The filter at a slot, to be written, or [`Code::Argument`] if there is none.
    pub fn filter_mut(&mut self, id: SlotId) -> Result<&mut Filter<'static>, Error> {
        match self.slots.get_mut(id) {
            Some(Slot::Filter(filter)) => Ok(filter),
            _ => Err(Error::new(Code::Argument, format!("slot {id} is not a filter"))),
        }
    }

    /// Fails with [`Code::Weights`] unless slot `id` is a constant, with [`Code::Shape`] unless it
    /// has `len` elements; `what` names it.
    pub fn expect_constant(&self, what: &str, id: SlotId, len: usize) -> Result<(), Error> {
        match self.slots.get(id) {
            Some(Slot::Constant(data)) => expect_len(what, len, data.len()),
            _ => Err(Error::new(Code::Weights, format!("{what}: slot {id} is not a constant"))),
        }
    }

    /// The filter at slot `id`, or [`Code::Weights`] if there is none or rows of it are missing.
    pub fn expect_filter(&self, id: SlotId) -> Result<&Filter<'_>, Error> {
        let Some(Slot::Filter(filter)) = self.slots.get(id) else {
            return Err(Error::new(Code::Weights, format!("slot {id} is not a filter")));
        };
        filter.expect_complete()?;
        Ok(filter)
    }

    /// Bytes of the elements of all slots, as they are packed.
    pub fn bytes(&self) -> usize {
        let len = |slot: &Slot| match slot {
            Slot::Constant(data) => data.len(),
            Slot::Filter(filter) => filter.len(),
        };
        self.slots.iter().map(len).sum::<usize>() * size_of::<f32>()
    }
}

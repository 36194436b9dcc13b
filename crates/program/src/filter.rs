//! The words that declare a filter.

use crate::reader::Reader;
use receptive_kernels::conv2d::select::{Requested, Usage, layout};
use receptive_kernels::error::{Code, Error};
use receptive_kernels::filter::{FilterSpec, Kind, Layout};

/// Reads `kind dims[4] groups SH SW DH DW OH OW algorithm`: what a filter is and how it is laid out.
pub fn read(words: &[u32]) -> Result<(FilterSpec, Layout), Error> {
    let mut words = Reader::new(words);
    let kind = match words.word()? {
        0 => Kind::Conv,
        1 => Kind::ConvTranspose,
        2 => Kind::Linear,
        other => {
            return Err(Error::new(Code::Descriptor, format!("no filter kind {other}")));
        }
    };
    let dims = [words.size()?, words.size()?, words.size()?, words.size()?];
    let groups = words.size()?;
    let mut pair = || Ok([words.size()?, words.size()?]);
    let usage = Usage { stride: pair()?, dilation: pair()?, map: pair()? };
    let requested = requested(words.word()?)?;
    words.end()?;
    let spec = FilterSpec::new(kind, dims, groups)?;
    Ok((spec, layout(requested, &spec, &usage)))
}

fn requested(word: u32) -> Result<Requested, Error> {
    match word {
        0 => Ok(Requested::Auto),
        1 => Ok(Requested::Naive),
        2 => Ok(Requested::Im2col),
        3 => Ok(Requested::Packed),
        4 => Ok(Requested::Winograd),
        5 => Ok(Requested::Blocked),
        6 => Ok(Requested::Winograd2),
        other => Err(Error::new(Code::Descriptor, format!("no algorithm has number {other}"))),
    }
}

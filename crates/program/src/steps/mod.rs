//! The steps, one file an op.
//!
//! Maps are channels-last. Each `step` takes the words of its op, whose values and sizes
//! [`crate::contract`] names, and returns the checked step. It fails with [`Code::Argument`] for an
//! id that is no value, with [`Code::Weights`] for a slot that is no constant where one is wanted,
//! with [`Code::Shape`] for a value or a constant of another length than the sizes give or sizes
//! that overflow, and as its own comment says. What is written may hold anything before, but for a
//! value whose memory the step takes over.
//!
//! [`Code::Argument`]: receptive_kernels::error::Code::Argument
//! [`Code::Weights`]: receptive_kernels::error::Code::Weights
//! [`Code::Shape`]: receptive_kernels::error::Code::Shape

pub mod adaptive_avg_pool2d;
pub mod affine;
pub mod avg_pool2d;
pub mod binary;
pub mod box_detections;
pub mod choose;
pub mod concat;
pub mod conv2d;
pub mod conv_transpose2d;
pub mod gather;
pub mod global_pool2d;
pub mod group_norm;
pub mod linear;
pub mod lrn;
pub mod mat_mul;
pub mod math;
pub mod max_pool2d;
pub mod pad;
pub mod pixel_shuffle;
mod pooling;
pub mod prelu;
pub mod proposals;
pub mod ps_roi;
pub mod rearrange;
pub mod recurrent;
pub mod reduce;
pub mod resize2d;
pub mod roi_align;
pub mod roi_pool;
mod rows;
pub mod sample;
pub mod slice;
pub mod softmax;
pub mod transpose;
pub mod unary;

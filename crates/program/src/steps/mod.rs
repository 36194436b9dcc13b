//! The steps, one file an op.

pub mod adaptive_avg_pool2d;
pub mod affine;
pub mod avg_pool2d;
pub mod binary;
pub mod box_detections;
pub mod concat;
pub mod conv2d;
pub mod conv_transpose2d;
pub mod global_pool2d;
pub mod group_norm;
pub mod linear;
pub mod lrn;
pub mod max_pool2d;
pub mod pad;
pub mod pixel_shuffle;
mod pooling;
pub mod prelu;
pub mod proposals;
pub mod ps_roi;
pub mod resize2d;
pub mod roi_align;
pub mod roi_pool;
mod rows;
pub mod slice;
pub mod softmax;
pub mod transpose;
pub mod unary;

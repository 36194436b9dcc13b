//! One function for each step of the contract, which checks its words; in reading order:
//!
//! - layers with parameters, forward and back: [`conv2d`], [`transposed`], [`linear`], [`norm`],
//!   [`prelu`];
//! - gradients of what has none: [`elementwise`], [`pool`], [`movement`], [`roi`];
//! - what judges, and by what: [`loss`], [`targets`];
//! - what changes parameters: [`update`].
//!
//! Maps are channels-last. Each function takes the words of its step, whose values and sizes
//! [`crate::contract`] names, and fails with [`Code::Argument`] for an id that is no value, with
//! [`Code::Shape`] for a value of another length than the sizes give, with [`Code::Descriptor`] for
//! a value that stands twice, with [`Code::Memory`] where what a step keeps besides its values does
//! not fit, and as its own comment says. What is written anew may hold anything before.
//!
//! [`Code::Argument`]: receptive_kernels::error::Code::Argument
//! [`Code::Shape`]: receptive_kernels::error::Code::Shape
//! [`Code::Memory`]: receptive_kernels::error::Code::Memory
//! [`Code::Descriptor`]: receptive_kernels::error::Code::Descriptor

mod conv2d;
mod elementwise;
mod linear;
mod loss;
mod movement;
mod norm;
mod pool;
mod prelu;
mod roi;
mod targets;
mod transposed;
mod update;

pub use conv2d::{conv2d_forward, conv2d_input_grad, conv2d_weight_grad};
pub use elementwise::{activation_grad, binary_grad, dropout, softmax_grad};
pub use linear::{column_sums, linear_forward, linear_input_grad, linear_weight_grad};
pub use loss::{
    bce_with_logits, box_iou, correct, cross_entropy, dice, focal, regression, soft_cross_entropy,
    soft_dice,
};
pub use movement::{pad_grad, resize2d_grad};
pub use norm::{
    batch_norm_eval, batch_norm_eval_grad, batch_norm_running, batch_norm_train,
    batch_norm_train_grad, group_norm_forward, group_norm_grad, lrn_grad,
};
pub use pool::{adaptive_avg_pool2d_grad, avg_pool2d_grad, global_pool2d_grad, max_pool2d_grad};
pub use prelu::{prelu_forward, prelu_input_grad, prelu_slope_grad};
pub use roi::roi_align_grad;
pub use targets::{anchor_targets, region_targets};
pub use transposed::{transposed_forward, transposed_input_grad, transposed_weight_grad};
pub use update::{accumulate, adam, gradient_norms, rmsprop, sgd};

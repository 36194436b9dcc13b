//! Every step against its formula; what is refused; and a network that learns.

mod case;
mod cases;
mod draft;
mod network;
mod refused;

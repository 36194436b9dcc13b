// Types of a graph, as an object and as plain data.
export type { GraphData, NodeData } from '../../graph/to-data.js';
export type { Json } from '../../graph/op.js';
export type { Graph, GraphValue, NamedValue, Node, Param } from '../../graph/graph.js';
export type { Dim, Shape } from '../../tensor/shape.js';

// Networks written in TypeScript: layer functions, and what is done with the graphs they make.
export * from './graphs.js';
export { graphFromData, graphToData } from '../../ops/data.js';
export { graphSummary } from '../../program/graph-summary.js';
export type { GraphSummary } from '../../program/graph-summary.js';
export type { LayerSummary } from '../../program/layers.js';
export type { LayerWindow, SlidingWindow } from '../../program/window.js';
export { withOutputs } from '../../ops/with-outputs.js';
export * from '../../ops/layers.js';
export * from '../../models/detection/parts.js';
export { unitField } from '../../session/unit-field.js';
export type { UnitField, UnitLayers } from '../../session/unit-field.js';

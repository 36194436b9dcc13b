import type { Head } from '../head.js';
import { anchorsFor, flatMaps, mapsFit, stackedMaps } from './yolo-maps.js';

/**
 * YOLOv3, YOLOv4 and their tiny forms: for each stride a map [1, A * (5 + C), h, w], [1, h, w, A * (5 + C)] or [1, h, w, A, 5 + C] of
 * logits: centre, size, objectness, scores (Redmon and Farhadi 2018, arXiv 1804.02767). Anchors that nobody names are those of the
 * published YOLOv3: tiny for two maps, full for three.
 */
export const yolov3: Head = {
  name: 'yolov3',
  about: 'a map of anchors for each stride',
  fit(question) {
    const stacked = question.outputs.every(({ shape }) => shape.length === 5);
    const maps = stacked ? stackedMaps(question, 'anchors last') : flatMaps(question);
    if (typeof maps === 'string') return maps;
    const anchors = anchorsFor('yolov3', maps, question);
    if (typeof anchors === 'string') return anchors;
    const { xyScale = 1 } = question.spec;
    return mapsFit(maps, anchors, question, { centre: (value) => value * xyScale - (xyScale - 1) / 2, size: Math.exp });
  },
};

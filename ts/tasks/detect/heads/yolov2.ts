import type { Head } from '../head.js';
import { anchorsFor, flatMaps, mapsFit } from './yolo-maps.js';

/**
 * YOLOv2: one map [1, A * (5 + C), h, w] of logits: centre, size, objectness, and scores of classes that exclude each other
 * (Redmon and Farhadi 2016, arXiv 1612.08242). Its anchors differ from file to file, so that they have to be said.
 */
export const yolov2: Head = {
  name: 'yolov2',
  about: 'one map of anchors; a softmax makes scores',
  fit(question) {
    const maps = flatMaps(question);
    if (typeof maps === 'string') return maps;
    if (maps.length !== 1) return 'needs one map';
    const anchors = anchorsFor('yolov2', maps, question);
    return typeof anchors === 'string' ? anchors : mapsFit(maps, anchors, question, { centre: (value) => value, size: Math.exp, softmax: true });
  },
};

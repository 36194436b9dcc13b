/** The chapters, in order. Each is a folder that is fetched when it is opened; its address has been shared, and never changes. */
import type { ComponentType } from 'preact';
import type { Words } from './words.js';

export interface Chapter {
  /** Its name in the address. */
  readonly slug: string;
  readonly title: Words<string>;
  readonly open: () => Promise<{ readonly default: ComponentType }>;
}

export const CHAPTERS: readonly Chapter[] = [
  { slug: '2-by-hand', title: { en: 'Convolution by hand', ko: '손으로 하는 합성곱' }, open: () => import('../chapters/02-by-hand/chapter.js') },
  { slug: '9-inside', title: { en: 'Inside a real network', ko: '진짜 신경망 속' }, open: () => import('../chapters/09-inside/chapter.js') },
  { slug: '10-history', title: { en: 'LeNet to ResNet', ko: 'LeNet에서 ResNet까지' }, open: () => import('../chapters/10-history/chapter.js') },
  { slug: '14-tasks', title: { en: 'Not only classes', ko: '분류 너머' }, open: () => import('../chapters/14-tasks/chapter.js') },
];

export const SLUGS: readonly string[] = CHAPTERS.map(({ slug }) => slug);

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
  { slug: '1-pixels', title: { en: 'Pixels', ko: '픽셀' }, open: () => import('../chapters/01-pixels/chapter.js') },
  { slug: '2-by-hand', title: { en: 'Convolution by hand', ko: '손으로 하는 합성곱' }, open: () => import('../chapters/02-by-hand/chapter.js') },
  { slug: '3-kernels', title: { en: 'Kernels on your photo', ko: '내 사진에 커널을' }, open: () => import('../chapters/03-kernels/chapter.js') },
  { slug: '4-channels', title: { en: 'Channels and many kernels', ko: '채널과 여러 커널' }, open: () => import('../chapters/04-channels/chapter.js') },
  { slug: '7-pooling', title: { en: 'ReLU and pooling', ko: 'ReLU와 풀링' }, open: () => import('../chapters/07-pooling/chapter.js') },
];

export const SLUGS: readonly string[] = CHAPTERS.map(({ slug }) => slug);

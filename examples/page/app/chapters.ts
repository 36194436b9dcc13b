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
  { slug: '5-stride', title: { en: 'Stride, padding, dilation', ko: '스트라이드, 패딩, 간격' }, open: () => import('../chapters/05-stride/chapter.js') },
  { slug: '6-sharing', title: { en: 'Parameter sharing', ko: 'Parameter Sharing(가중치 공유)' }, open: () => import('../chapters/06-sharing/chapter.js') },
  { slug: '7-pooling', title: { en: 'ReLU and pooling', ko: 'ReLU와 풀링' }, open: () => import('../chapters/07-pooling/chapter.js') },
  { slug: '8-race', title: { en: 'From naive to Winograd', ko: 'naive에서 Winograd까지' }, open: () => import('../chapters/08-race/chapter.js') },
  { slug: '9-inside', title: { en: 'Inside a real network', ko: '진짜 신경망 속' }, open: () => import('../chapters/09-inside/chapter.js') },
  { slug: '10-history', title: { en: 'LeNet to ResNet', ko: 'LeNet에서 ResNet까지' }, open: () => import('../chapters/10-history/chapter.js') },
  { slug: '11-digits', title: { en: 'Draw a digit, a postal code', ko: '숫자와 우편번호 쓰기' }, open: () => import('../chapters/11-digits/chapter.js') },
  { slug: '12-train', title: { en: 'Train it', ko: '학습시키기' }, open: () => import('../chapters/12-train/chapter.js') },
  { slug: '13-vanishing', title: { en: 'Vanishing gradients', ko: '기울기 소실' }, open: () => import('../chapters/13-vanishing/chapter.js') },
  { slug: '14-tasks', title: { en: 'Not only classes', ko: '분류 너머' }, open: () => import('../chapters/14-tasks/chapter.js') },
];

export const SLUGS: readonly string[] = CHAPTERS.map(({ slug }) => slug);

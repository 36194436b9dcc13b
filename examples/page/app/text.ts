/** What the frame says. */
import type { Words } from './words.js';

const en = {
  title: 'How a network sees',
  skip: 'Skip to the chapter',
  chapters: 'Chapters',
  otherLanguage: '한국어',
  dark: 'Dark',
  light: 'Light',
  full: 'Full screen',
  print: 'Print',
  previous: 'Previous',
  next: 'Next',
  loading: 'Loading the chapter',
  chapterOf: (number: number, count: number) => `${number} of ${count}`,
  cell: (of: string, row: number, column: number) => `${of}, row ${row}, column ${column}`,
  foot: 'Everything is computed here, in your browser, by Rust kernels in WebAssembly. Your photos are not sent anywhere. Once opened, a chapter works offline.',
};

const ko: typeof en = {
  title: '신경망은 어떻게 보는가',
  skip: '본문으로 건너뛰기',
  chapters: '차례',
  otherLanguage: 'English',
  dark: '어둡게',
  light: '밝게',
  full: '전체 화면',
  print: '인쇄',
  previous: '이전',
  next: '다음',
  loading: '장을 불러오는 중',
  chapterOf: (number, count) => `${count}장 중 ${number}장`,
  cell: (of, row, column) => `${of} ${row}행 ${column}열`,
  foot: '모든 계산은 브라우저 안에서 Rust로 만든 WebAssembly 커널이 합니다. 사진은 어디에도 보내지 않습니다. 한 번 연 장은 인터넷 없이도 열립니다.',
};

export const text: Words<typeof en> = { en, ko };

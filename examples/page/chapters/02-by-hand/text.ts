import type { Words } from '../../app/words.js';

const en = {
  lead: 'Lay the kernel on the image. Multiply each weight by the pixel below it, and add up: one cell of the feature map. Then move one pixel on.',
  task: 'Press Play, or point at any cell of the feature map. Change numbers of the image or the kernel.',
  image: 'Image',
  kernel: 'Kernel',
  map: 'Feature map',
  way: 'What is computed',
  correlation: 'Cross-correlation, as networks do',
  convolution: 'Convolution, as in mathematics: the kernel is turned by half a circle first',
  reset: 'The lecture’s numbers again',
  cell: (row: number, column: number) => `Row ${row}, column ${column}`,
  question: 'Why is the map 3 by 3, not 5 by 5? And does turning the kernel change what a network can learn?',
  reveal: 'What is found',
  answer: 'The kernel fits in three places in each direction: 5 − 3 + 1 = 3. A network learns its kernel anyway, so it would merely learn the turned one.',
};

const ko: typeof en = {
  lead: '커널을 이미지 위에 놓습니다. 가중치마다 그 아래 픽셀과 곱하고 모두 더하면 특징 맵의 한 칸이 됩니다. 그다음 한 픽셀 옆으로 갑니다.',
  task: '재생을 누르거나 특징 맵의 아무 칸이나 가리켜 보십시오. 이미지와 커널의 숫자도 바꿀 수 있습니다.',
  image: '이미지',
  kernel: '커널(필터)',
  map: '특징 맵',
  way: '무엇을 계산하는가',
  correlation: '교차 상관: 신경망이 하는 방식',
  convolution: '수학의 합성곱: 커널을 먼저 반 바퀴 돌린다',
  reset: '강의의 숫자로 되돌리기',
  cell: (row, column) => `${row}행 ${column}열`,
  question: '특징 맵은 왜 5×5가 아니라 3×3일까요? 커널을 돌리면 신경망이 배울 수 있는 것이 달라질까요?',
  reveal: '답 보기',
  answer: '커널을 놓을 자리가 방향마다 5 − 3 + 1 = 3곳입니다. 커널은 학습되는 것이므로, 돌려서 계산하면 돌아간 커널을 배울 뿐입니다.',
};

export const text: Words<typeof en> = { en, ko };

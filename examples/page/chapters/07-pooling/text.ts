import type { Words } from '../../app/words.js';

const en = {
  lead: 'ReLU keeps what is above zero and drops the rest. Pooling makes a map smaller: of each window it keeps the largest number, or the average. Neither has weights.',
  task: 'Choose a pooling, and point at a cell of its output: its window lights up. Change numbers, and watch which of them get a gradient back.',
  relu: 'ReLU',
  pooling: 'Pooling',
  kind: 'Which pooling',
  kinds: { max: 'Max', average: 'Average', global: 'Global average' },
  before: 'Before',
  after: 'After',
  map: 'Map',
  pooled: 'Pooled map',
  back: 'Gradient that comes back',
  backNote: 'Each cell of the output is given a gradient of 1. These are the parts of it that reach each cell of the input.',
  again: 'The lecture’s numbers again',
  question: 'Which cells learn nothing through max pooling, and which through ReLU?',
  reveal: 'What is found',
  answer: 'Only the largest of each window gets the gradient, all others get 0. Below zero ReLU gives back 0. Averages share: a quarter each.',
};

const ko: typeof en = {
  lead: 'ReLU는 0보다 큰 수는 그대로 두고 나머지는 0으로 만듭니다. 풀링은 맵을 줄입니다. 창마다 가장 큰 수나 평균만 남깁니다. 둘 다 가중치가 없습니다.',
  task: '풀링을 고르고 출력의 칸을 가리켜 보십시오. 그 칸의 창이 켜집니다. 숫자를 바꾸면서 어느 칸이 기울기를 돌려받는지 보십시오.',
  relu: 'ReLU',
  pooling: '풀링',
  kind: '풀링의 종류',
  kinds: { max: '최대(Max)', average: '평균(Average)', global: '전역 평균(Global)' },
  before: '적용 전',
  after: '적용 후',
  map: '맵',
  pooled: '풀링한 맵',
  back: '되돌아오는 기울기',
  backNote: '출력의 모든 칸에 기울기 1을 줍니다. 그것이 입력의 칸마다 얼마씩 돌아오는지 보여 줍니다.',
  again: '강의의 숫자로 되돌리기',
  question: 'Max 풀링에서는 어느 칸이 아무것도 배우지 못할까요? ReLU에서는 어떨까요?',
  reveal: '답 보기',
  answer: '창에서 가장 큰 칸만 기울기를 받고 나머지는 0입니다. ReLU는 0보다 작은 곳에 0을 돌려줍니다. 평균은 똑같이 나누어 4분의 1씩 줍니다.',
};

export const text: Words<typeof en> = { en, ko };

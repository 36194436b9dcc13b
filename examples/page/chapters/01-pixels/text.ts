import type { Words } from '../../app/words.js';

const en = {
  lead: 'A picture is a matrix: a number for every pixel, 0 dark and 255 bright. A colour picture has three of them: red, green and blue.',
  task: 'Zoom into a photo until its numbers appear, and look at each channel. Then shuffle: all pixels move by one permutation, and the weights of the fully connected unit move with them.',
  picture: (width: number, height: number) => `The picture: ${width} by ${height} pixels on show`,
  heart: 'A heart',
  in: 'Zoom in',
  out: 'Zoom out',
  zoomKeys: 'Picture: plus and minus zoom, arrows move',
  further: 'Zoom in until 8 by 8 pixels are left: then their numbers appear.',
  shown: 'Numbers shown',
  channels: { grey: 'Grey', red: 'Red', green: 'Green', blue: 'Blue' },
  shuffle: 'Shuffle all pixels',
  edges: 'What a convolution for upright edges sees',
  unit: 'Fully connected unit:',
  trained: 'Chapter 12 trains both kinds of network on shuffled digits',
  question: 'Which of the two does not mind the shuffling, and why?',
  reveal: 'What is found',
  answer: 'The number of the fully connected unit stays: it never knew which pixels are neighbours. The map of the convolution falls to pieces: it lives on neighbours, and flattening throws them away.',
};

const ko: typeof en = {
  lead: '이미지는 행렬입니다. 픽셀마다 수가 하나씩 있고 0은 어둡고 255는 밝습니다. 컬러 이미지에는 빨강, 초록, 파랑 행렬이 하나씩, 모두 세 개 있습니다.',
  task: '사진을 확대해 숫자가 나타나는 것을 보고, 채널을 하나씩 보십시오. 그다음 픽셀을 섞어 보십시오. 모든 픽셀이 한 가지 순열로 옮겨지고, 완전 연결 유닛의 가중치도 함께 옮겨집니다.',
  picture: (width, height) => `이미지: ${width}×${height} 픽셀을 보는 중`,
  heart: '하트',
  in: '확대',
  out: '축소',
  zoomKeys: '이미지: 더하기와 빼기 키로 확대와 축소, 화살표 키로 이동',
  further: '8×8 픽셀이 남을 때까지 확대하면 픽셀의 숫자가 나타납니다.',
  shown: '보이는 숫자',
  channels: { grey: '회색조', red: '빨강', green: '초록', blue: '파랑' },
  shuffle: '모든 픽셀 섞기',
  edges: '세로 윤곽을 찾는 합성곱의 결과',
  unit: '완전 연결 유닛:',
  trained: '12장: 섞은 숫자로 두 가지 신경망을 학습시켜 보기',
  question: '둘 중 어느 쪽이 섞어도 달라지지 않을까요? 왜 그럴까요?',
  reveal: '답 보기',
  answer: '완전 연결 유닛의 값은 그대로입니다. 어느 픽셀이 이웃인지 처음부터 몰랐기 때문입니다. 합성곱의 맵은 무너집니다. 합성곱은 이웃을 보는데, 한 줄로 펼치면 이웃 관계가 사라집니다.',
};

export const text: Words<typeof en> = { en, ko };

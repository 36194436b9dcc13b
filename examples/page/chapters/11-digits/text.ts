import type { Words } from '../../app/words.js';

const en = {
  lead: 'LeNet read postal codes in the 1990s. It learned digits that were cropped, scaled into 20 by 20 pixels and centred by their mass. Your drawing is prepared in the same way: the small picture is all that the network sees.',
  task: 'Draw a digit, with mouse, finger, pen or keys. Draw it small, in a corner, slanted. Then write a code of five.',
  mode: 'What is drawn',
  one: 'One digit',
  code: 'A postal code',
  pad: 'Drawing. Arrow keys move the pen, space puts it down and lifts it, Delete clears.',
  keys: 'By keyboard: arrow keys move the pen, space puts it down and lifts it, Delete clears.',
  clear: 'Clear',
  undo: 'Take back a stroke',
  sample: 'An example',
  seen: 'What the network sees',
  seenAt: (place: number) => `Digit ${place} as the network sees it: 28 by 28 pixels`,
  chances: 'Probabilities',
  loading: 'Fetching LeNet, 124 kB',
  nothing: 'Nothing is drawn yet.',
  reads: 'Read as',
  gap: 'empty',
  question: 'Does it matter where, and how large, you draw? Is the network unsure about a scribble?',
  reveal: 'What is found',
  answer: 'Place and size do not matter: the preparation removes both. A scribble gets some digit, often with a high probability: the ten have to make up 100 %, and “none of these” was never learned.',
};

const ko: typeof en = {
  lead: 'LeNet은 1990년대에 우편번호를 읽었습니다. 학습에 쓴 숫자는 여백을 잘라 20×20 픽셀에 맞추고 무게 중심을 가운데에 놓은 것입니다. 여기서도 똑같이 준비하며, 신경망은 그 작은 그림만 봅니다.',
  task: '마우스나 손가락, 펜, 키보드로 숫자를 그려 보십시오. 구석에 작게, 기울여서도 그려 보십시오. 그다음 다섯 자리 우편번호를 써 보십시오.',
  mode: '무엇을 그리는가',
  one: '숫자 하나',
  code: '우편번호',
  pad: '그림판. 화살표 키로 펜을 옮기고, 스페이스로 펜을 내리고 올리고, Delete로 지웁니다.',
  keys: '키보드: 화살표 키로 펜을 옮기고, 스페이스로 펜을 내리고 올리고, Delete로 지웁니다.',
  clear: '지우기',
  undo: '한 획 되돌리기',
  sample: '예시',
  seen: '신경망이 보는 그림',
  seenAt: (place) => `신경망이 보는 ${place}번째 숫자: 28×28 픽셀`,
  chances: '확률',
  loading: 'LeNet(124 kB)을 받는 중',
  nothing: '아직 그린 것이 없습니다.',
  reads: '읽은 결과',
  gap: '빈칸',
  question: '어디에, 얼마나 크게 그리는지가 중요할까요? 낙서를 보면 신경망이 망설일까요?',
  reveal: '답 보기',
  answer: '위치와 크기는 준비 과정에서 없어지므로 중요하지 않습니다. 낙서에도 어떤 숫자를, 흔히 높은 확률로 답합니다. 열 개의 확률을 더하면 100 %여야 하고, “이 중에 없음”은 배운 적이 없기 때문입니다.',
};

export const text: Words<typeof en> = { en, ko };

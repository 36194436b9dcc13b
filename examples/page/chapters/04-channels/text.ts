import type { Words } from '../../app/words.js';

const en = {
  lead: 'A colour image has three channels, and so has its kernel: one slice for each. The three answers are added up to one map. More kernels give more maps.',
  task: 'Change a number in a slice, and see which answers change. Point at a number of the sum. Then choose more kernels: each draws a map of the photo, and adds its parameters.',
  channels: ['Red', 'Green', 'Blue'],
  image: (channel: string) => `${channel}: image`,
  slice: (channel: string) => `${channel}: slice of the kernel`,
  part: (channel: string) => `${channel}: its part`,
  sum: 'Sum: the feature map',
  inputs: 'Input channels C',
  kernels: 'Kernels K',
  side: 'Kernel side',
  parameters: 'Parameters with biases:',
  maps: (count: string, side: number) => `Maps of a colour photo (C = 3), by kernels of ${side} × ${side}: ${count}`,
  map: (at: number) => `Map of kernel ${at}`,
  question: 'Does a larger image need more parameters? What doubles them?',
  reveal: 'What is found',
  answer: 'No: the size of the image is nowhere in the count. Twice the kernels double everything; twice the input channels double all but the biases.',
};

const ko: typeof en = {
  lead: '컬러 이미지에는 채널이 셋 있고 커널에도 채널마다 한 장씩 세 장이 있습니다. 세 결과를 더하면 특징 맵 하나가 됩니다. 커널이 여럿이면 맵도 여럿입니다.',
  task: '커널의 숫자를 바꾸고 어느 결과가 달라지는지 보십시오. 합의 숫자를 가리키면 더하는 과정이 나옵니다. 그다음 커널 수를 늘리면서 사진의 맵과 매개변수 수를 보십시오.',
  channels: ['빨강', '초록', '파랑'],
  image: (channel) => `${channel}: 이미지`,
  slice: (channel) => `${channel}: 커널 한 장`,
  part: (channel) => `${channel}: 부분 결과`,
  sum: '합: 특징 맵',
  inputs: '입력 채널 수 C',
  kernels: '커널 수 K',
  side: '커널 한 변',
  parameters: '편향을 포함한 매개변수 수:',
  maps: (count, side) => `컬러 사진(C = 3)에 ${side}×${side} 커널을 적용한 맵: ${count}장`,
  map: (at) => `커널 ${at}의 맵`,
  question: '이미지가 커지면 매개변수도 늘어날까요? 무엇이 두 배로 만들까요?',
  reveal: '답 보기',
  answer: '늘어나지 않습니다. 이미지 크기는 계산에 들어가지 않습니다. 커널 수가 두 배면 전체가 두 배, 입력 채널이 두 배면 편향을 뺀 나머지가 두 배입니다.',
};

export const text: Words<typeof en> = { en, ko };

import type { Words } from '../../app/words.js';

const en = {
  lead: 'Nine numbers decide what a convolution does to a photo. Positive and negative weights that add up to 0 leave edges; weights that add up to 1 keep the brightness.',
  task: 'Choose a kernel, or write your own numbers. Take your photo or the camera: it never leaves this device. Move the slider between before and after.',
  kernel: 'Kernel',
  names: { sharpen: 'Sharpen', edge: 'Edge', blur: 'Blur', sobel: 'Sobel', emboss: 'Emboss', gaussian: 'Gaussian' },
  weights: 'Weights',
  split: 'From before to after',
  percent: (value: string) => `${value} %`,
  before: (width: number, height: number) => `The photo before, ${width} by ${height} pixels`,
  after: (width: number, height: number) => `The photo after the kernel, ${width} by ${height} pixels`,
  question: 'Why is the picture nearly black with the edge kernel, and not with blur?',
  reveal: 'What is found',
  answer: 'The weights of the edge kernel add up to 0: where all pixels are alike, the sum is 0, black. Those of blur add up to 1, and alike pixels stay as they are.',
};

const ko: typeof en = {
  lead: '합성곱이 사진을 어떻게 바꿀지는 아홉 개의 숫자가 정합니다. 가중치의 합이 0이면 윤곽이 남고, 합이 1이면 밝기가 그대로입니다.',
  task: '커널을 고르거나 숫자를 직접 써 보십시오. 사진이나 카메라를 써도 됩니다. 사진은 이 기기를 떠나지 않습니다. 슬라이더로 적용 전과 후를 견주어 보십시오.',
  kernel: '커널(필터)',
  names: { sharpen: '선명하게', edge: '윤곽', blur: '흐리게', sobel: '소벨', emboss: '엠보싱', gaussian: '가우시안' },
  weights: '가중치',
  split: '적용 전에서 적용 후로',
  percent: (value) => `${value}%`,
  before: (width, height) => `적용 전 사진, ${width}×${height} 픽셀`,
  after: (width, height) => `커널을 적용한 사진, ${width}×${height} 픽셀`,
  question: '윤곽 커널에서는 왜 사진이 거의 검을까요? 흐리게에서는 왜 그렇지 않을까요?',
  reveal: '답 보기',
  answer: '윤곽 커널은 가중치의 합이 0입니다. 픽셀이 모두 비슷한 곳에서는 결과가 0, 곧 검은색입니다. 흐리게는 합이 1이라 비슷한 픽셀이 그대로 남습니다.',
};

export const text: Words<typeof en> = { en, ko };

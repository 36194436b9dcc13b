import type { Words } from '../../app/words.js';

const en = {
  lead: 'Stride is how far the kernel moves. Padding is a rim of zeros around the image. Dilation leaves gaps between the weights, so that a small kernel spans more.',
  task: 'Drag over the image: the kernel goes along. Set the sliders, and watch the formula and the size of the map.',
  size: 'Image',
  kernel: 'Kernel',
  stride: 'Stride',
  padding: 'Padding',
  dilation: 'Dilation',
  padded: 'Image with its padding',
  weights: 'Kernel ',
  map: 'Feature map',
  uses: 'How many windows see each pixel',
  again: 'The lecture’s setting again',
  outside: (span: number, side: number) => `This kernel spans ${span} pixels, but the image with its padding has only ${side}. Make the kernel or the dilation smaller, or the image or the padding larger.`,
  place: (row: number, column: number, top: number, left: number) => `Row ${row}, column ${column} of the map: the kernel’s corner lies on row ${top}, column ${left} of the image with its padding.`,
  question: 'Which pixel is seen least, and what does padding 1 change for it? Which setting of a 3 × 3 kernel keeps the size?',
  reveal: 'What is found',
  answer: 'A corner is seen by one window, the centre by nine. With padding 1 the corner is seen by four, and 3 × 3 with stride 1 keeps the size.',
};

const ko: typeof en = {
  lead: 'Stride는 커널이 움직이는 간격이고, Padding은 이미지 둘레에 두르는 0입니다. Dilation은 가중치 사이를 띄워서 작은 커널로 더 넓게 봅니다.',
  task: '이미지 위를 끌어 보십시오. 커널이 따라옵니다. 슬라이더를 움직이면서 공식과 특징 맵의 크기를 보십시오.',
  size: '이미지',
  kernel: '커널',
  stride: '스트라이드(Stride)',
  padding: '패딩(Padding)',
  dilation: '간격(Dilation)',
  padded: '패딩을 두른 이미지',
  weights: '커널(필터)',
  map: '특징 맵',
  uses: '픽셀마다 몇 개의 창이 보는가',
  again: '강의의 설정으로 되돌리기',
  outside: (span, side) => `이 커널은 ${span}픽셀에 걸치는데 패딩을 두른 이미지는 ${side}픽셀뿐입니다. 커널이나 간격을 줄이거나 이미지나 패딩을 늘리십시오.`,
  place: (row, column, top, left) => `특징 맵의 ${row}행 ${column}열: 커널의 모서리가 패딩을 두른 이미지의 ${top}행 ${left}열에 놓입니다.`,
  question: '가장 적게 쓰이는 픽셀은 어디이고, 패딩이 1이면 어떻게 달라질까요? 3 × 3 커널로 크기를 그대로 두려면 어떻게 설정할까요?',
  reveal: '답 보기',
  answer: '모서리는 창 하나만 보고 가운데는 아홉 개가 봅니다. 패딩이 1이면 모서리도 네 개가 보고, 3 × 3에 스트라이드 1이면 크기가 그대로입니다.',
};

export const text: Words<typeof en> = { en, ko };

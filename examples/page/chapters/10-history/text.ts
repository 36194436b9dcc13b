import type { Words } from '../../app/words.js';

const en = {
  lead: 'Four networks, drawn to one scale: each bar is a layer, its height the side of its map, its width the root of its channels. LeNet read postal codes; AlexNet brought ReLU and photos; VGG only 3×3 kernels; ResNet the skip.',
  task: 'Choose a network. Measure it on this machine.',
  net: 'Network',
  year: 'Year',
  layers: 'Layers with weights',
  params: 'Parameters',
  macs: 'Multiply-adds',
  ms: 'Here, ms',
  measure: (title: string) => `Measure ${title}`,
  measuring: 'Measuring',
  heavy: 'VGG needs about 1 GB of memory to be measured.',
  picture: (title: string, layers: number, first: number, last: number) => `${title}: ${layers} layers, from maps of ${first}×${first} to ${last} numbers`,
  table: 'The four networks',
  detail: (title: string) => `Layers of ${title}`,
  layer: 'Layer',
  map: 'Map',
  question: 'Where are most parameters of AlexNet and VGG, and where are most multiply-adds? How does ResNet do with so few?',
  reveal: 'What is found',
  answer: 'Parameters: in the first linear layer. Multiply-adds: in convolutions. ResNet averages each map first, and so needs a single small linear layer.',
};

const ko: typeof en = {
  lead: '네 신경망을 같은 축척으로 그렸습니다. 막대 하나가 층이고, 높이는 특징 맵의 한 변, 너비는 채널 수의 제곱근입니다. LeNet은 우편 번호를 읽었고, AlexNet은 ReLU와 사진을, VGG는 3×3 커널만 쓰기를, ResNet은 Residual Connection을 가져왔습니다.',
  task: '신경망을 고르고, 이 컴퓨터에서 시간을 재어 보십시오.',
  net: '신경망',
  year: '연도',
  layers: '가중치가 있는 층',
  params: '파라미터',
  macs: '곱셈-덧셈',
  ms: '여기서, ms',
  measure: (title) => `${title} 시간 재기`,
  measuring: '재는 중',
  heavy: 'VGG를 재려면 메모리가 1 GB쯤 필요합니다.',
  picture: (title, layers, first, last) => `${title}: 층 ${layers}개, ${first}×${first} 특징 맵에서 숫자 ${last}개까지`,
  table: '네 신경망',
  detail: (title) => `${title}의 층`,
  layer: '층',
  map: '특징 맵',
  question: 'AlexNet과 VGG의 파라미터는 대부분 어디에 있을까요? 곱셈-덧셈은 어디에 있을까요? ResNet은 어떻게 그리 적을까요?',
  reveal: '답 보기',
  answer: '파라미터는 첫 완전 연결 층에, 곱셈-덧셈은 합성곱 층에 있습니다. ResNet은 먼저 특징 맵마다 평균을 내므로 작은 완전 연결 층 하나로 충분합니다.',
};

export const text: Words<typeof en> = { en, ko };

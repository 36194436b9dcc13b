import all from './rollup.config.mjs';
export default all({}).filter((c) => { const f = c.output.file ?? c.output.dir; const i = JSON.stringify(c.input); return ['dist/web','dist/types'].includes(f) || (f === 'dist/node' && /entries\/(index|inline)/.test(i)) || /dist\/web\/train-inline|dist\/node\/train-inline/.test(f); });

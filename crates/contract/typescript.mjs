export function typescriptFiles() { return {}; }

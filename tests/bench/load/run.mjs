export async function measureLoads() { throw new Error('later'); }

export async function measureInBrowser() { throw new Error('later'); }

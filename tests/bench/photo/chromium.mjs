export async function measureInChromium(){throw new Error('x')}

/** In which browser the tests run; where one differs, the test says so and why. */
import type { Variant } from 'receptive';

export type Browser = 'chromium' | 'firefox' | 'webkit';

export const BROWSER: Browser = /Firefox\//.test(navigator.userAgent) ? 'firefox' : /Chrome\//.test(navigator.userAgent) ? 'chromium' : 'webkit';

/** What it runs: WebKit's relaxed SIMD is behind a flag. */
export const VARIANTS: readonly Variant[] = BROWSER === 'webkit' ? ['scalar', 'simd'] : ['scalar', 'simd', 'relaxed'];

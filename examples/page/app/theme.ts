/** Light or dark: as the system has it until a visitor chooses. */
import { effect, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const KEY = 'receptive-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

/** A browser may refuse storage: then the choice lasts as long as the page. */
function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

const first = stored();
const chosen = signal<Theme | undefined>(first === 'light' || first === 'dark' ? first : undefined);
const system = signal<Theme>(dark.matches ? 'dark' : 'light');
dark.addEventListener('change', () => (system.value = dark.matches ? 'dark' : 'light'));

export const theme = (): Theme => chosen.value ?? system.value;

export function switchTheme(): void {
  chosen.value = theme() === 'dark' ? 'light' : 'dark';
  try {
    localStorage.setItem(KEY, chosen.value);
  } catch {
    // It lasts as long as the page.
  }
}

effect(() => {
  document.documentElement.dataset['theme'] = theme();
});

import { createHash } from 'node:crypto';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1f; background: #fff; }
form { display: grid; gap: .75rem; grid-template-columns: 8rem 1fr; align-items: center; }
pre { overflow: auto; max-height: 30rem; background: #f3f3f6; padding: 1rem; }
img { max-width: 100%; max-height: 20rem; }
button { grid-column: 2; justify-self: start; font: inherit; padding: .3rem 1rem; }
@media (prefers-color-scheme: dark) { body { color: #e6e6ea; background: #17171a; } pre { background: #232328; } }
`;

const SCRIPT = `
const [form, answer, photo] = ['form', 'pre', 'img'].map((name) => document.querySelector(name));
// Below a mount the page may be asked for without the last slash.
const base = location.pathname.replace(/\\/?$/, '/');
document.querySelector('a').href = base + 'openapi.json';
const said = (value) => { answer.textContent = value; };
form.photo.addEventListener('change', () => {
  URL.revokeObjectURL(photo.src);
  const [file] = form.photo.files;
  photo.hidden = !file;
  if (file) photo.src = URL.createObjectURL(file);
});
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { call, model, token } = form.elements;
  const named = model.value.trim() === '' ? '' : '?model=' + encodeURIComponent(model.value.trim());
  const headers = token.value === '' ? {} : { authorization: 'Bearer ' + token.value };
  said('...');
  try {
    const response = await fetch(base + call.value + named, { method: 'POST', headers, body: form.photo.files[0] });
    const text = JSON.stringify(await response.json(), null, 1);
    said(response.status + '\\n' + (text.length > 20000 ? text.slice(0, 20000) + '\\n...' : text));
  } catch (error) {
    said(String(error));
  }
});
`;

/** A form to try the service with. */
export const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>receptive</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><h1>receptive</h1>
<form>
<label for="photo">Photo</label><input id="photo" name="photo" type="file" accept="image/*" required>
<label for="call">Question</label><select id="call" name="call"><option>classify</option><option>detect</option><option>segment</option><option>embed</option></select>
<label for="model">Model</label><input id="model" name="model" placeholder="the first that fits">
<label for="token">Token</label><input id="token" name="token" type="password" autocomplete="off" placeholder="where one is needed">
<button>Ask</button>
</form>
<p><img hidden alt="The photo that was chosen"></p>
<pre aria-live="polite">No answer yet.</pre>
<p>The photo is sent to this service and not kept. <a href="openapi.json">openapi.json</a> lists what else there is.</p>
<script type="module">${SCRIPT}</script></body></html>
`;

const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing but this script and this style, photos of the page's own, and answers of this service. */
export const PAGE_POLICY = `default-src 'none'; script-src ${digest(SCRIPT)}; style-src ${digest(STYLE)}; img-src blob: data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`;

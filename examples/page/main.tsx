import { render } from 'preact';
import { Frame } from './app/frame.js';
import { keepOffline } from './engine/offline.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/parts.css';
import './styles/print.css';

keepOffline();
// A task of its own: on a phone the scripts that are read before take as long as the first picture.
setTimeout(() => render(<Frame />, document.getElementById('app')!));

// Starts the pages.

import { render } from 'preact';
import { App } from './app.tsx';
import { readSession } from './login.ts';
import { presence } from './presence.ts';
import { startRouter } from './router.ts';
import { applySettings } from './settings.ts';
import './styles/base.css';
import './styles/shell.css';
import './styles/stage.css';
import './styles/wall.css';
import './styles/view.css';
import './styles/why.css';
import './styles/admin.css';
import './styles/console.css';
import './styles/mix.css';
import './styles/embed.css';
import './styles/docs.css';

applySettings();
startRouter();
presence.start();
void readSession();
const root = document.getElementById('app');
if (root) render(<App />, root);

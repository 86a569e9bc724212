import { createRoot } from 'react-dom/client';
// Not beside the component: its style sheet asks for a font of Google's, and where that is blocked,
// a chunk that brings the sheet along would not load.
import '@amp-labs/react/styles';
import './page.css';

const root = createRoot(document.getElementById('root'));

try {
  const answer = await fetch('/backend/session');
  if (!answer.ok) {
    throw new Error(await answer.text());
  }
  const session = await answer.json();

  // Before the component is loaded, since it looks only then.
  globalThis.PINBRIDGE_SERVER = session.server;
  const { Settings } = await import('./Settings.jsx');
  root.render(<Settings session={session} />);
} catch (failure) {
  root.render(<p className="failure">{failure.message}</p>);
}

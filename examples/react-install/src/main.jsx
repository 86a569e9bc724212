import { createRoot } from 'react-dom/client';
import '@amp-labs/react/styles';
import './page.css';
import { Settings } from './Settings.jsx';

const root = createRoot(document.getElementById('root'));
const answer = await fetch('/backend/session');

root.render(
  answer.ok ? <Settings session={await answer.json()} /> : <p className="failure">{await answer.text()}</p>,
);

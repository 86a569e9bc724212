import { AmpersandProvider, InstallIntegration } from '@amp-labs/react';
import { Messages } from './Messages.jsx';

/** Asks this product's back end for a token; the component keeps it until it expires. */
async function getToken() {
  const answer = await fetch('/backend/token', { method: 'POST' });
  if (!answer.ok) {
    throw new Error(await answer.text());
  }
  return answer.text();
}

/** Stands for your product's own way to sign in. */
function signIn(event) {
  event.preventDefault();
  document.cookie = `user=${event.target.user.value}; SameSite=Strict`;
  sessionStorage.clear();
  location.reload();
}

export function Settings({ session }) {
  const { user, project, integration, frontendKey } = session;

  // A frontend key is simpler, but everyone who reads the page can use it for any group.
  const options = frontendKey ? { project, apiKey: frontendKey } : { project, getToken };

  return (
    <>
      <header>
        <strong>Blue Desk</strong>
        <span>{user.groupName}</span>
        <form onSubmit={signIn}>
          signed in as <input name="user" defaultValue={user.consumerRef} pattern="[a-z]{1,20}" aria-label="User" />{' '}
          <button>change</button>
        </form>
      </header>
      <main>
        <h1>Settings</h1>
        <AmpersandProvider options={options}>
          <InstallIntegration integration={integration} {...user} />
        </AmpersandProvider>
        <Messages />
      </main>
    </>
  );
}

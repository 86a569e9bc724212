import { useEffect, useState } from 'react';

const EVERY_MILLIS = 2000;

/** What has arrived at the back end's webhook, the newest first. */
export function Messages() {
  const [messages, setMessages] = useState([]);

  useEffect(() => {
    const load = async () => {
      const answer = await fetch('/backend/messages');
      if (answer.ok) {
        setMessages(await answer.json());
      }
    };
    load();
    const timer = setInterval(load, EVERY_MILLIS);
    return () => clearInterval(timer);
  }, []);

  return (
    <section aria-label="Messages">
      <h2>What has arrived</h2>
      {messages.length === 0 && <p>Nothing yet. Connect an account and save an object.</p>}
      {messages.map((message) => (
        <details key={message.id}>
          <summary>
            {message.objectName}: {message.records} {message.records === 1 ? 'record' : 'records'}, {message.readType}
            <time>{new Date(message.at).toLocaleTimeString()}</time>
          </summary>
          <p>The first of them:</p>
          <pre>{JSON.stringify(message.first, null, 2)}</pre>
        </details>
      ))}
    </section>
  );
}

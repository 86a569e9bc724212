// What @amp-labs/react has beside InstallIntegration: ConnectProvider, and the hooks with which a
// product makes a page of its own. A test serves this page beside the example.
import {
  AmpersandProvider,
  ConnectProvider,
  InstallationProvider,
  useConnection,
  useCreateInstallation,
  useDeleteInstallation,
  useInstallation,
  useIsIntegrationInstalled,
  useLocalConfig,
  useManifest,
  useUpdateInstallation,
} from '@amp-labs/react';
import '@amp-labs/react/styles';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';

const OBJECT = 'boards';
const { user, project, integration } = await (await fetch('/backend/session')).json();

async function getToken() {
  return (await fetch('/backend/token', { method: 'POST' })).text();
}

function Connect() {
  const [happened, setHappened] = useState('nothing');
  return (
    <>
      <p>Happened: {happened}</p>
      <ConnectProvider
        provider="pinterest"
        {...user}
        onConnectSuccess={(connection) => setHappened(`connected ${connection.id}`)}
      />
    </>
  );
}

function Headless() {
  const { connection, isPending } = useConnection();
  const { installation } = useInstallation();
  const { isLoaded, isIntegrationInstalled } = useIsIntegrationInstalled(integration, user.groupRef, user.consumerRef);
  const manifest = useManifest();
  const config = useLocalConfig();
  const creation = useCreateInstallation();
  const update = useUpdateInstallation();
  const deletion = useDeleteInstallation();
  const [happened, setHappened] = useState('nothing');

  if (isPending) {
    return <p>Loading</p>;
  }
  if (!connection) {
    return <p>No account is connected.</p>;
  }
  if (!manifest.isSuccess) {
    return <p>{manifest.isError ? `The fields are not known: ${manifest.error.message}` : 'Loading fields'}</p>;
  }
  const object = manifest.getReadObject(OBJECT);
  const fields = manifest.getCustomerFieldsForObject(OBJECT);
  const chosen = config.readObject(OBJECT);
  const names = (list) => list.map((field) => field.fieldName ?? field.mapToName).join(', ');
  const done = (what) => ({
    onSuccess: () => setHappened(what),
    onError: () => setHappened('refused'),
  });
  return (
    <>
      <p>Account: {connection.providerWorkspaceRef}, {connection.status}</p>
      <p>Installed: {isLoaded ? String(isIntegrationInstalled) : 'unknown'}</p>
      <p>Required: {names(object.getRequiredFields('no-mappings'))}</p>
      <p>Mappings: {names([...object.getRequiredMapFields(), ...object.getOptionalMapFields()])}</p>
      {object.getOptionalFields('no-mappings').map(({ fieldName, displayName }) => (
        <label key={fieldName}>
          <input
            type="checkbox"
            checked={chosen.getSelectedField(fieldName)}
            onChange={(event) => chosen.setSelectedField({ fieldName, selected: event.target.checked })}
          />
          {displayName}
        </label>
      ))}
      <label>
        Note
        <select
          value={chosen.getFieldMapping('note') ?? ''}
          onChange={(event) => chosen.setFieldMapping({ fieldName: event.target.value, mapToName: 'note' })}
        >
          <option value="">none</option>
          {Object.values(fields.allFields).map((field) => (
            <option key={field.fieldName} value={field.fieldName}>{field.displayName}</option>
          ))}
        </select>
      </label>
      <p>
        <button onClick={() => creation.createInstallation({ config: config.get(), ...done('created') })}>Create</button>
        <button onClick={() => update.updateInstallation({ config: config.get(), ...done('updated') })}>Update</button>
        <button onClick={() => deletion.deleteInstallation(done('deleted'))}>Delete</button>
      </p>
      <p>Happened: {happened}</p>
      <pre>{creation.errorMsg ?? update.errorMsg ?? deletion.errorMsg}</pre>
      <pre>{JSON.stringify(installation?.config.content.read.objects[OBJECT]?.selectedFields)}</pre>
    </>
  );
}

const part = new URLSearchParams(location.search).get('part');

createRoot(document.getElementById('root')).render(
  <AmpersandProvider options={{ project, getToken }}>
    {part === 'connect' ? (
      <Connect />
    ) : (
      <InstallationProvider integration={integration} {...user}>
        <Headless />
      </InstallationProvider>
    )}
  </AmpersandProvider>,
);

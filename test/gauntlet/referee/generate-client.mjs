// node generate-client.mjs <description> <folder>: a client of another project's making, for the description's service.
import { createClient } from '@hey-api/openapi-ts';

const [, , input = '', path = ''] = process.argv;
await createClient({
  input,
  output: { path, importFileExtension: '.ts', module: { extension: '.ts' } },
  plugins: ['@hey-api/client-fetch', '@hey-api/sdk'],
  logs: { level: 'silent' },
});

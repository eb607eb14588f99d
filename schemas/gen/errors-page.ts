import { errorCatalogue } from '@counterpart/schemas';

const INTRO = `# Errors

Every error the hub gives has a code. The code is the same in the CLI, in HTTP problems (\`code\`), in JSON-RPC errors
(\`error.data.code\`) and here. Texts may improve; codes, statuses and exit codes stay.

Generated from \`schemas/src/catalogue/\` by \`npm run gen\`.

| exit code of \`hub\` | meaning |
| --- | --- |
| 0 | done |
| 1 | something unexpected |
| 2 | the command was not understood |
| 3 | the thing named does not exist |
| 4 | the input does not fit |
| 5 | the machine does not allow it |
| 6 | a server failed, or its tool reported an error |
| 7 | no hub can be reached |
| 8 | refused |
`;

/** The page of \`docs/errors.md\`: one entry a code, in the catalogue's order. */
export function renderErrorsPage(): string {
  const sections = Object.entries(errorCatalogue).map(([code, { title, message, fix, status, rpc, exit }]) =>
    [
      `## ${code}`,
      '',
      `**${title}.** HTTP ${status}, JSON-RPC ${rpc}, exit code ${exit}.`,
      '',
      `- Says: ${message.replaceAll('\n', ' ')}`,
      `- Do: ${fix}`,
    ].join('\n'),
  );
  return `${INTRO}\n${sections.join('\n\n')}\n`;
}

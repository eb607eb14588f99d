import { createTestHome, type TestHome } from '../e2e/cli-runner.ts';
import { LIBRARY_KEY, startLibrary } from './library.ts';

/** What a person types and is shown, and a sentence before it. */
interface Step {
  readonly words: string;
  /** As the document shows it after `hub`; URL stands for the service's address. */
  readonly command: string;
  readonly args: readonly string[];
  readonly input?: string;
}

/** What stands in the document for what is different in each run. */
const SHOWN_URL = 'http://127.0.0.1:40123';
const SHOWN_HOME = '/home/you/hub';

const CALL = ['call', 'library__list_books', 'year_from=1965'];

const steps = (url: string): readonly Step[] => [
  {
    words:
      'A service runs on this machine, and its address is all we know. `hub discover` looks at the usual places and follows what its page says:',
    command: `discover ${url}`,
    args: ['discover', url],
  },
  {
    words: 'What would come of it, before anything is written, with what its tools cost a model to read:',
    command: `build --from ${url} --dry-run`,
    args: ['build', '--from', url, '--dry-run'],
  },
  {
    words:
      'Only a part of it is wanted. The hub builds the server and its mirror, and tries the one against the other:',
    command: `build --from ${url} --select "books and loans, without deleting"`,
    args: ['build', '--from', url, '--select', 'books and loans, without deleting'],
  },
  {
    words: 'A call without the key that the service wants says what to do about it:',
    command: CALL.join(' '),
    args: CALL,
  },
  {
    words:
      'The key goes into the vault. Without `--stdin` the command asks for it, and with `--page` a page on this machine does:',
    command: 'secret set LIBRARY_API_KEY --stdin < key.txt',
    args: ['secret', 'set', 'LIBRARY_API_KEY', '--stdin'],
    input: LIBRARY_KEY,
  },
  { words: 'And the first call:', command: CALL.join(' '), args: CALL },
];

const BEGIN = `# From an address to an answer

A screen recording as text: what a person types, and what the hub prints. The service is a small library of books
(\`test/walkthrough/library.ts\`); a test runs the same commands and compares (\`npm run walkthrough\` records it anew).`;

const END = `A running hub (\`hub start\`) has noticed the new server, and serves it at \`/mcp\` to every connected client; \`hub connect\`
sets a client up. [What else can be built from](sources.md), [how keys are kept](secrets.md), [what mirrors can do](mirrors.md).`;

async function shownBy(home: TestHome, { command, args, input }: Step, url: string): Promise<string> {
  const { stdout, stderr } = await home.run(args, input === undefined ? {} : { input });
  // What is shown while one waits is wiped off a screen.
  const lasting = stderr
    .split('\n')
    .filter((line) => !line.startsWith('…'))
    .join('\n');
  const lines = `$ hub ${command}\n${lasting}${stdout}`
    .replaceAll(url, SHOWN_URL)
    .replaceAll(home.home, SHOWN_HOME)
    .replaceAll('npx hub', 'hub')
    .replaceAll(/, in \d+(?:\.\d+)? m?s$/gm, '')
    .split('\n')
    .map((line) => line.trimEnd());
  return lines.join('\n').trimEnd();
}

/** The whole document, of a run made now; what a machine's speed and paths decide is left out. */
export async function recordWalkthrough(): Promise<string> {
  const service = await startLibrary();
  const home = createTestHome();
  try {
    const parts = [BEGIN];
    for (const step of steps(service.url))
      parts.push(
        step.words.replaceAll(service.url, SHOWN_URL),
        `\`\`\`console\n${await shownBy(home, step, service.url)}\n\`\`\``,
      );
    return `${[...parts, END].join('\n\n')}\n`;
  } finally {
    await home.dispose();
    service.close();
  }
}

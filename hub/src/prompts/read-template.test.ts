import { describe, expect, test } from 'vitest';
import { readTemplate } from './read-template.ts';
import { renderTemplate } from './render.ts';

const MARKDOWN = `---
description: Puts a text in short.
arguments:
  text: {}
  tone: { enum: [friendly, formal], default: friendly }
  words: { type: integer, required: false }
---
# system
Be {{tone}}. Write \\{{words}} as it is.

# user
{{ text }} {{words}}
`;

const template = (text: string, file = 'prompts/short.md') => readTemplate(file, 'short', text);
const places = (text: string, file?: string) =>
  template(text, file).issues.map(
    ({ line, path, severity, message }) => `${line} ${path} ${severity} ${message}`,
  );

describe('a template in Markdown', () => {
  const { template: read } = template(MARKDOWN);

  test('has a message for each heading with a role', () => {
    expect(read && renderTemplate('short', read, { text: 'Long {{tone}} story', tone: 'formal' })).toEqual([
      { role: 'system', content: 'Be formal. Write {{words}} as it is.' },
      // What was given is not read for variables again.
      { role: 'user', content: 'Long {{tone}} story ' },
    ]);
  });

  test('names every argument that does not fit, at once', () => {
    const given = { tone: 'rude', words: 'many', txet: 'x' };
    expect(() => read && renderTemplate('short', read, given)).toThrow(
      'The prompt short was not given what it needs: there is no argument txet. Did you mean text?; text is missing; tone has to be one of friendly, formal; words has to be of the type integer.',
    );
  });

  test('reads text that clients give as the type of the argument', () => {
    expect(read && renderTemplate('short', read, { text: 'x', words: '12' })[1]?.content).toBe('x 12');
  });

  test('without front matter is one message', () => {
    expect(template('Tell a joke.').template?.messages).toEqual([{ role: 'user', content: 'Tell a joke.' }]);
  });
});

describe('a template that cannot be used', () => {
  test('says where an unknown variable stands', () => {
    expect(places(MARKDOWN.replace('{{ text }}', '{{ texts }}'))).toEqual([
      '11 messages.1 error {{texts}} is no argument of the template. Did you mean text?',
      '4 arguments.text warning text is used nowhere',
    ]);
  });

  test.each([
    ['---\narguments: [a]\n---\nx', '2 arguments error expected record, received array'],
    [
      '---\ndescription: a\ndescribtion: b\n---\nx',
      '3 describtion error there is no member describtion here',
    ],
    ['---\ndescription: "a\n---\nx', '3  error Missing closing "quote'],
    ['---\ntitle: a\n---\n', '4 messages error the file says nothing'],
    ['---\nname: other\n---\nx', '2 name error the template is called short, as its file is'],
  ])('%j', (text, issue) => {
    expect(places(text)).toEqual([issue]);
  });

  test('in YAML as well', () => {
    const yaml = 'arguments: { a: { type: text } }\nmessages:\n  - role: user\n    content: "{{a}}"\n';
    expect(places(yaml, 'prompts/short.yaml')).toEqual([
      expect.stringMatching(/^1 arguments.a.type error Invalid option/),
    ]);
    expect(places(yaml.replace('text', 'string'), 'prompts/short.yaml')).toEqual([]);
  });
});

test('aliases of YAML that grow without bound are an issue, not an end of memory', () => {
  const levels = Array.from(
    { length: 12 },
    (_, at) => `l${at + 1}: &l${at + 1} [${Array(10).fill(`*l${at}`).join(', ')}]`,
  );
  const { issues } = template(`l0: &l0 [x]\n${levels.join('\n')}\n`, 'prompts/short.yaml');
  expect(issues[0]?.severity).toBe('error');
});

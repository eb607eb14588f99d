import { describe, expect, test } from 'vitest';
import { joinText } from '../wire/frame.ts';
import { cutsIn, editOf, renamedParams, type Naming } from './edits.ts';

const rename = (uri: string): string => (uri.startsWith('x:') ? `hub+s:///${uri}` : uri);
const edited = (frame: string, naming: Partial<Naming>): string => {
  const bytes = Buffer.from(frame);
  const cuts = cutsIn(bytes, { server: 's', ...naming });
  return Buffer.from(joinText(bytes.toString('latin1'), cuts), 'latin1').toString();
};

describe('an edit of a reply', () => {
  test('is none where a server’s names are the hub’s', () => {
    expect(editOf({ server: 's' })).toBeUndefined();
  });

  test('puts the server before the id of a task and leaves every other byte', () => {
    const task = '{ "result" : {"resultType":"task","taskId":"ä\\"1","big":10000000000000000001,"n":1.0}}';
    expect(edited(task, { tasks: 'maybe' })).toBe(task.replace('ä', 's.ä'));
    const legacy =
      '{"result":{"task":{"taskId":"1"},"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"1"}}}}';
    expect(edited(legacy, { tasks: 'certainly' })).toBe(legacy.replaceAll('"1"', '"s.1"'));
  });

  test('takes no other result for a task', () => {
    for (const result of [
      '{"resultType":"complete","taskId":"1","structuredContent":{"resultType":"task"}}',
      '{"content":["task"],"taskId":"1"}',
      '{"structuredContent":{"resultType":"task","taskId":"1"}}',
    ])
      expect(edited(`{"id":1,"result":${result}}`, { tasks: 'maybe' })).toContain('"taskId":"1"');
  });

  test('renames URIs in contents, links, embedded resources and interfaces, not in what a tool computed', () => {
    const uris = (uri: string, computed: string): string =>
      JSON.stringify({
        result: {
          contents: [{ uri, text: 'x:ü' }],
          content: [{ type: 'resource', resource: { uri } }, { uri: 'y:1' }],
          messages: [{ content: { type: 'resource_link', uri } }],
          _meta: { ui: { resourceUri: uri }, 'ui/resourceUri': uri },
          structuredContent: { uri: computed },
        },
      });
    expect(edited(uris('x:ü"1', 'x:2'), { rename })).toBe(uris('hub+s:///x:ü"1', 'x:2'));
  });

  test('renames in parameters, and gives the same object back where there is nothing to rename', () => {
    const params = { uri: 'y:1' };
    expect(renamedParams(params, { server: 's', rename })).toBe(params);
    expect(renamedParams({ uri: 'x:1' }, { server: 's', rename })).toEqual({ uri: 'hub+s:///x:1' });
  });
});

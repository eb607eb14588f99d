import { describe, expect, it } from 'vitest';
import { MemoryCatalog } from '../../../../test/fixtures/gateway/memory-catalog.ts';
import { MemoryUpstream } from '../../../../test/fixtures/gateway/memory-upstream.ts';
import { grant } from './listen.ts';

function view(capabilities?: object) {
  const found = new MemoryCatalog(new MemoryUpstream({ resources: [{ uri: 'a:1' }, { uri: 'a:2' }] })).view({
    kind: 'all',
  });
  if (!found) throw new Error('the view of all servers is always there');
  return capabilities === undefined ? found : { ...found, capabilities: { ...capabilities } };
}

describe('grant', () => {
  it('grants what is wanted and can be delivered, and says exactly that', () => {
    const wanted = {
      toolsListChanged: true,
      promptsListChanged: false,
      resourcesListChanged: 'yes',
      resourceSubscriptions: ['a:1', 'a:1', 'b:1', 7],
    };
    expect(grant(view(), wanted, 10)).toEqual({
      lists: new Set(['tools']),
      uris: ['a:1'],
      taskIds: new Set(),
      notifications: { toolsListChanged: true, resourceSubscriptions: ['a:1'] },
    });
  });

  it('grants nothing that the view does not declare', () => {
    const wanted = { toolsListChanged: true, resourceSubscriptions: ['a:1'] };
    expect(grant(view({ tools: {}, resources: { listChanged: true } }), wanted, 10).notifications).toEqual(
      {},
    );
  });

  it('follows no more resources than the limit', () => {
    expect(grant(view(), { resourceSubscriptions: ['a:1', 'a:2'] }, 1).uris).toEqual(['a:1']);
  });
});

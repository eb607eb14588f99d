import { ServerId, type Json, type JsonObject } from '@counterpart/schemas';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { readGrpc } from '../../readers/grpc/read.ts';
import { createMirror, type Mirror } from '../mirror.ts';

const PROTO = `syntax = "proto3";
package library.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
service Library {
  rpc CreateBook(CreateBookRequest) returns (Book);
  rpc GetBook(GetBookRequest) returns (Book);
  rpc ListBooks(ListBooksRequest) returns (ListBooksResponse);
  rpc UpdateBook(UpdateBookRequest) returns (Book);
  rpc DeleteBook(DeleteBookRequest) returns (google.protobuf.Empty);
}
message Book { string name = 1; string title = 2; int32 pages = 3; map<string, string> labels = 4; }
message CreateBookRequest { string parent = 1; string book_id = 2; Book book = 3; }
message GetBookRequest { string name = 1; }
message ListBooksRequest { string parent = 1; int32 page_size = 2; string page_token = 3; }
message ListBooksResponse { repeated Book books = 1; string next_page_token = 2; }
message UpdateBookRequest { Book book = 1; google.protobuf.FieldMask update_mask = 2; }
message DeleteBookRequest { string name = 1; }`;

let mirror: Mirror;
let blueprint: Awaited<ReturnType<typeof readGrpc>>['blueprint'];
beforeAll(async () => {
  const source = { text: PROTO, location: 'library.proto', sha256: `sha256-${'0'.repeat(64)}` };
  ({ blueprint } = await readGrpc(source, { id: ServerId.parse('library') }));
});
beforeEach(() => {
  mirror = createMirror(blueprint);
});

/** A call as the door of gRPC hands it on: every field that has no presence is there. */
async function call(method: string, body: JsonObject): Promise<{ status: number; body: Json }> {
  const response = await mirror.fetch(
    new Request(`http://mirror.test/library.v1.Library/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
  return { status: response.status, body: (await response.json()) as Json };
}

const TEA = { name: '', title: 'Tea', pages: 90, labels: { shelf: 'a' } };
const NAME = 'shelves/1/books/tea';
const create = (parent = 'shelves/1', bookId = 'tea') => call('CreateBook', { parent, bookId, book: TEA });

test('what is made is named below its parent, read back, listed there and gone when it is removed', async () => {
  expect((await create()).body).toMatchObject({ ...TEA, name: NAME });
  expect((await call('GetBook', { name: NAME })).body).toMatchObject({ title: 'Tea' });
  const unnamed = (await create('shelves/2', '')).body;
  expect(unnamed).toMatchObject({ name: expect.stringMatching(/^shelves\/2\/books\/[^/]+$/) as unknown });
  const listed = async (parent: string) =>
    (await call('ListBooks', { parent, pageSize: 0, pageToken: '' })).body;
  expect(await listed('shelves/1')).toMatchObject({ books: [{ name: NAME }] });
  expect(await listed('shelves/3')).toMatchObject({ books: [] });
  expect((await call('DeleteBook', { name: NAME })).status).toBe(200);
  expect((await call('GetBook', { name: NAME })).status).toBe(404);
});

test('a change sets the fields of its mask, also to nothing, and without a mask those that hold anything', async () => {
  await create();
  const change = (book: JsonObject, updateMask: string) =>
    call('UpdateBook', { book: { name: NAME, title: '', pages: 0, labels: {}, ...book }, updateMask });
  expect((await change({ labels: { shelf: 'b' }, title: 'Other' }, 'labels')).body).toMatchObject({
    title: 'Tea',
    pages: 90,
    labels: { shelf: 'b' },
  });
  expect((await change({ pages: 91 }, '')).body).toMatchObject({ title: 'Tea', pages: 91 });
  expect((await change({}, 'title')).body).toMatchObject({ title: '', pages: 91, name: NAME });
  expect((await call('GetBook', { name: NAME })).body).toMatchObject({ title: '', labels: { shelf: 'b' } });
});

import { testServer } from '@counterpart/kit/testing';

testServer(new URL('..', import.meta.url));

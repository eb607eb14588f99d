import { serve } from '@counterpart/kit';
import { findItems } from './tools/find-items.ts';

await serve(new URL('..', import.meta.url), { tools: [findItems] });

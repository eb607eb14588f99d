import { serve } from '@counterpart/kit';
import { countWords } from './tools/count-words.ts';

await serve(new URL('..', import.meta.url), { tools: [countWords] });

import { serve } from '@counterpart/kit';
import { askService } from './tools/ask-service.ts';

await serve(new URL('..', import.meta.url), { tools: [askService] });

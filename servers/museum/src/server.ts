// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-0fd15388805b7e0675a432b2cf2071b797075c2111237c16ba47b7ff9231fd06
// Build again: hub build --from <description> --name museum
import { serve } from '@counterpart/kit';
import { tools } from './tools.ts';

await serve(new URL('..', import.meta.url), { tools });

// Written by scaffold openapi@1; edits are lost, hand-written tools belong in src/tools/.
// Blueprint: sha256-dd8e5a3624cebd81d0dc53b9df4149895767fa2a268cfd2021f5383ac860c627
// Build again: hub build --from <description> --name notion
import { serve } from '@counterpart/kit';

await serve(new URL('..', import.meta.url));

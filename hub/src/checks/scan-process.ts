import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { scanCode } from './scan.ts';

/**
 * Scans the files that come as JSON on standard input and answers their diagnostics. A process of its own: what reads
 * types is compiled from another language, and code made for that can exhaust its stack or its memory for good.
 */
const Files = z.array(z.object({ file: z.string(), text: z.string() }));
const files = Files.parse(JSON.parse(await text(process.stdin)));
process.stdout.write(JSON.stringify(scanCode(files)));

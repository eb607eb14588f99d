import { z } from 'zod';

/** What a call does to the service: `destructive` may remove or overwrite what was there. */
export const Effect = z.enum(['read', 'write', 'destructive']);
export type Effect = z.infer<typeof Effect>;

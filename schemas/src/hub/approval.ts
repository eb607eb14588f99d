import { z } from 'zod';
import { ContentHash } from '../ids.ts';

/** Bodies of `/api/approvals`: tools that are not as they were approved. */

/** `changed`: its definition is another one than was approved; `new`: the server did not have it when it was first seen. */
export const ToolChange = z.enum(['changed', 'new']);
export type ToolChange = z.infer<typeof ToolChange>;

export const PendingTool = z.strictObject({
  server: z.string(),
  /** The server's own name of it. */
  tool: z.string(),
  change: ToolChange,
  /** `rejected`: somebody decided against this definition; it stays out until it changes again. */
  state: z.enum(['awaiting', 'rejected']),
  /** Of the definition as it is now; an approval names it, so that nothing else is approved with it. */
  hash: ContentHash,
  /** When the definition was first seen. */
  seenAt: z.iso.datetime(),
});
/** A tool that is left out of all lists until somebody decides. */
export type PendingTool = z.infer<typeof PendingTool>;

export const DefinitionNotice = z.strictObject({
  /** Where in the definition, such as `inputSchema.properties.path.description`. */
  where: z.string(),
  kind: z.enum(['hidden-characters', 'suspicious-words']),
  detail: z.string(),
});
/** Something in a definition that a person should read before a model does. Never a verdict. */
export type DefinitionNotice = z.infer<typeof DefinitionNotice>;

/** As the server listed it; whatever else is wrong with it, it can be shown. */
const ListedTool = z.looseObject({ name: z.string() });

export const Proposal = z.strictObject({
  ...PendingTool.shape,
  /** The definition that was approved last; absent for a tool that never was. */
  before: z
    .strictObject({ definition: ListedTool, approvedAt: z.iso.datetime(), approvedBy: z.string() })
    .optional(),
  after: ListedTool,
  notices: z.array(DefinitionNotice),
});
/** What there is to decide on, with everything that is needed to decide. */
export type Proposal = z.infer<typeof Proposal>;

export const ApprovalList = z.strictObject({ pending: z.array(PendingTool) });
export const ProposalList = z.strictObject({ server: z.string(), proposals: z.array(Proposal) });
export type ProposalList = z.infer<typeof ProposalList>;

export const DecideRequest = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  tools: z
    .array(
      z.strictObject({
        tool: z.string().min(1),
        /** What is approved is named exactly; what is rejected may be whatever the tool is now. */
        hash: ContentHash.optional(),
      }),
    )
    .min(1)
    .max(1_000),
  /** Where the owner decided; becomes part of the record. */
  via: z
    .string()
    .regex(/^[a-z][a-z -]{0,31}$/)
    .default('api'),
});
/** The owner's word on definitions, each named by its hash. */
export type DecideRequest = z.infer<typeof DecideRequest>;

export const DecideResponse = z.strictObject({ server: z.string(), decided: z.array(z.string()) });
export type DecideResponse = z.infer<typeof DecideResponse>;

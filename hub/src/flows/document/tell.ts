import type { FileIssue } from '@counterpart/schemas';
import type { Path } from '../../prompts/yaml-file.ts';

/** Adds an issue at a path of a flow's file. */
export type Tell = (path: Path, message: string, fix: string, severity?: FileIssue['severity']) => void;

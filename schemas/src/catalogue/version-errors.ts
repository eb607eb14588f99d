import { entry } from './entry.ts';

/** Versions of servers, their records, and what they need of each other. */
export const versionErrors = {
  VERSION_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such version',
    message: 'There is no version {version} of {server}: {detail}.',
    fix: '`hub versions {server}` lists those that are kept; a version, its whole name or the beginning of its hash names one.',
  }),
  PACKAGE_UNSOUND: entry({
    status: 422,
    rpc: -32603,
    exit: 4,
    title: 'Package holds more than files',
    message:
      '{file} in {directory} is neither a file nor a folder; what a link leads to is no part of a package.',
    fix: 'Put the file itself in its place, or take it out.',
  }),
  PACKAGE_CHANGED: entry({
    status: 409,
    rpc: -32603,
    exit: 8,
    title: 'Package is not what was approved',
    message: 'The package of {server} is not one that was approved, and is not started: {detail}.',
    fix: '`hub rollback {server}` puts back what was approved and keeps the change; `hub versions accept {server}` approves it; `hub build` makes the server anew.',
  }),
  PROVENANCE_INVALID: entry({
    status: 409,
    rpc: -32603,
    exit: 8,
    title: 'Record of a version cannot be believed',
    message: 'Version {version} of {server} is not started: {detail}.',
    fix: '`hub versions {server}` shows which versions are sound, `hub rollback {server} <version>` takes one; `hub versions accept {server}` signs what is in place, once you have looked at it.',
  }),
  SIGNING_KEY_INVALID: entry({
    status: 500,
    rpc: -32603,
    exit: 5,
    title: 'Signing key cannot be used',
    message: 'The key that versions are signed with, {file}, cannot be used: {detail}.',
    fix: 'Make it readable by its owner only (`chmod 600`), or put it back from a backup. Without the file a new key is made, and `hub versions accept <server>` signs anew.',
  }),
  DEPENDENCY_MISSING: entry({
    status: 422,
    rpc: -32603,
    exit: 4,
    title: 'A server that is needed is missing',
    message: '{server} needs {needed} {range}, and there is no such server.',
    fix: 'Build or add {needed}, or take it out of `dependsOn` in the manifest of {server}.',
  }),
  DEPENDENCY_VERSION: entry({
    status: 422,
    rpc: -32603,
    exit: 4,
    title: 'A server that is needed has another version',
    message: '{server} needs {needed} {range}, and {version} is in place.',
    fix: '`hub versions {needed}` shows which versions are kept, `hub rollback {needed} <version>` takes one that fits.',
  }),
  DEPENDENCY_NEEDED: entry({
    status: 409,
    rpc: -32602,
    exit: 4,
    title: 'Other servers need this one',
    message: '{server} {detail}.',
    fix: 'Change or remove the servers that need it first; what they need stands in `dependsOn` of their manifests.',
  }),
} as const;

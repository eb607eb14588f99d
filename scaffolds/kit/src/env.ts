import process from 'node:process';

/** Looks a variable up; blank counts as not set. */
export type Env = (name: string) => string | undefined;

/** The process's environment. The only place of the kit that reads it. */
export const processEnv: Env = (name) => {
  const value = process.env[name];
  return value === undefined || value.trim() === '' ? undefined : value;
};
